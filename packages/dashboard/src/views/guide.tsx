// The first steps of a new owner: each says itself whether it is done, and where to do it.
import { useEffect } from 'preact/hooks';
import { accounts, loadAccounts } from '../app/accounts.ts';
import { followRun, run } from '../app/commissioning.ts';
import { prefer } from '../app/controller.ts';
import { house, t } from '../app/store.ts';
import { doneSteps, guideSteps } from '../core/guide.ts';
import '../i18n/guide.ts';
import { Icon } from './icons.tsx';

/** Where each step is done; the last one is the browser's own affair. */
const ways = {
	meter: '#/health',
	boards: '#/health',
	names: '#/settings/house',
	commissioning: '#/settings/commissioning',
	people: '#/settings/accounts',
} as const;

/** The part. */
export function GuidePart() {
	useEffect(followRun, []);
	useEffect(() => {
		void loadAccounts();
		// Whoever has found the way here needs no invitation any more.
		prefer({ guide: 'seen' });
	}, []);
	const people = accounts.value?.filter(({ kind }) => kind === 'person').length;
	const isInstalled = matchMedia('(display-mode: standalone)').matches;
	const done = doneSteps({ house: house.value, run: run.value, people, isInstalled });
	const isAll = done.size === guideSteps.length;
	const next = guideSteps.find((step) => !done.has(step));
	return (
		<section class="card" aria-labelledby="guide-count">
			<h2 id="guide-count">
				{isAll ? t.value('guide.all') : t.value('guide.count', { done: done.size, total: guideSteps.length })}
			</h2>
			<progress class="run-progress" value={done.size} max={guideSteps.length} aria-labelledby="guide-count" />
			<ol class="guide">
				{guideSteps.map((step) => (
					<li key={step} data-done={done.has(step)} data-next={step === next}>
						<Icon name={done.has(step) ? 'check' : 'wait'} />
						<div>
							<p class="row-name">
								{t.value(`guide.${step}`)}
								<span class="unseen"> ({t.value(done.has(step) ? 'guide.done' : 'guide.todo')})</span>
							</p>
							{!done.has(step) && <p class="quiet">{t.value(GUIDE_HINTS[step])}</p>}
							{!done.has(step) && step !== 'install' && (
								<a class={step === next ? 'way way-next' : 'way'} href={ways[step]}>
									{t.value(`guide.go.${step}`)}
									<Icon name="chevron" />
								</a>
							)}
						</div>
					</li>
				))}
			</ol>
			<a class="way" href="#/settings">
				{t.value('guide.leave')}
			</a>
			<p class="quiet">{t.value('guide.leave.hint')}</p>
		</section>
	);
}

const GUIDE_HINTS = {
	meter: 'guide.meter.hint',
	boards: 'guide.boards.hint',
	names: 'guide.names.hint',
	commissioning: 'guide.commissioning.hint',
	people: 'guide.people.hint',
	install: 'guide.install.hint',
} as const;
