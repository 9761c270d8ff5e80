// Health: what is wrong in words and what to do, then what works, then the figures behind it.
import { useState } from 'preact/hooks';
import { ask } from '../app/bus.ts';
import { format, fresh, house, link, mayCommand, t } from '../app/store.ts';
import { type Check, checks, type Level, worst } from '../core/health.ts';
import { firstMeter } from '../core/house.ts';
import '../i18n/circuits.ts';
import '../i18n/health.ts';
import '../styles/health.css';
import { Story } from './box-story.tsx';
import { Icon, type IconName } from './icons.tsx';

const icons: Readonly<Record<Level, IconName>> = { good: 'check', care: 'alert', bad: 'alert', unknown: 'wait' };
const tones = { good: 'calm', care: 'near', bad: 'over', unknown: 'old' } as const;

/** The screen. */
export function HealthScreen() {
	const all = checks(house.value, fresh.value, link.value);
	const level = worst(all);
	const well = all.filter((check) => check.level === 'good');
	const wrong = all.filter((check) => check.level !== 'good');
	return (
		<>
			<div class="headline" data-tone={tones[level]}>
				<span class="headline-icon">
					<Icon name={icons[level]} />
				</span>
				<div>
					<h1>{t.value(`health.${level}`)}</h1>
					<p class="quiet">{t.value('health.lead')}</p>
				</div>
			</div>
			{wrong.length > 0 && <List title={t.value('health.wrong')} id="wrong-title" list={wrong} />}
			{well.length > 0 && <List title={t.value('health.well')} id="well-title" list={well} />}
			<div class="pair">
				<Box />
				<Figures />
			</div>
		</>
	);
}

interface ListProps {
	readonly title: string;
	readonly id: string;
	readonly list: readonly Check[];
}

function List({ title, id, list }: ListProps) {
	return (
		<section class="card" aria-labelledby={id}>
			<h2 id={id}>{title}</h2>
			<ul class="rows checks">
				{list.map((check) => (
					<li key={check.id} class="check-row" data-level={check.level}>
						<span class="check-sign">
							<Icon name={icons[check.level]} />
							<span class="unseen">{t.value(`health.level.${check.level}`)}</span>
						</span>
						<div>
							<p class="row-name">{t.value(check.title, { name: check.name ?? '' })}</p>
							<p>{t.value(check.state, spoken(check))}</p>
							{check.advice !== undefined && <p class="advice">{t.value(check.advice)}</p>}
							{check.sentence !== undefined && (
								<details>
									<summary>{t.value('health.said')}</summary>
									<p lang="en" class="quiet">
										{check.sentence}
									</p>
								</details>
							)}
						</div>
					</li>
				))}
			</ul>
		</section>
	);
}

/** The figures of a sentence, as the language writes them. */
function spoken({ figures = {} }: Check): Readonly<Record<string, string>> {
	return Object.fromEntries(
		Object.entries(figures).map(([name, value]) => [
			name,
			typeof value === 'number' ? format.value.whole(value) : value,
		]),
	);
}

/** The black box: what it holds, and putting it aside. */
function Box() {
	const [saving, setSaving] = useState<'saving' | 'failed' | { readonly name: string }>();
	const box = house.value.telemetry?.value.blackBox;
	if (box === undefined) return null;
	const save = async (): Promise<void> => {
		setSaving('saving');
		try {
			const answer = (await ask('telemetry', 'blackBox.save', {})) as { readonly saved?: unknown };
			setSaving({ name: String(answer.saved) });
		} catch {
			setSaving('failed');
		}
	};
	const text =
		saving === undefined
			? undefined
			: saving === 'saving'
				? t.value('health.box.saving')
				: saving === 'failed'
					? t.value('health.box.failed')
					: t.value('health.box.done', { name: saving.name });
	return (
		<section class="card" aria-labelledby="box-title">
			<h2 id="box-title">{t.value('health.box')}</h2>
			<p class="quiet">{t.value('health.box.save.hint')}</p>
			<Story />
			{box.saved !== undefined && (
				<dl class="facts">
					<div>
						<dt>{t.value('health.box.saved')}</dt>
						<dd class="file-name">{box.saved}</dd>
					</div>
				</dl>
			)}
			{mayCommand.value && (
				<button
					type="button"
					class="secondary"
					disabled={saving === 'saving' || link.value.kind !== 'up'}
					onClick={() => void save()}
				>
					{t.value('health.box.save')}
				</button>
			)}
			<p role="status" class="file-name">
				{text}
			</p>
		</section>
	);
}

function Figures() {
	const { whole, bytes } = format.value;
	const line = firstMeter(house.value.links)?.value;
	const telemetry = house.value.telemetry?.value;
	const sum = (name: 'written' | 'waiting'): number =>
		(telemetry?.stores ?? []).reduce((total, store) => total + store[name], 0);
	const rows: (readonly [string, string | undefined])[] = [
		[t.value('health.fact.port'), line?.source],
		[t.value('health.fact.groups'), line && whole(line.groupsGood)],
		[t.value('health.fact.bad'), line && whole(line.groupsBad)],
		[t.value('health.fact.implausible'), line && whole(line.implausible)],
		[t.value('health.fact.written'), telemetry && whole(sum('written'))],
		[t.value('health.fact.waiting'), telemetry && whole(sum('waiting'))],
		[t.value('health.fact.missed'), telemetry && whole(telemetry.missedSamples)],
		[t.value('health.fact.box'), telemetry?.blackBox && bytes(telemetry.blackBox.bytes)],
	];
	return (
		<section class="card" aria-labelledby="figures-title">
			<h2 id="figures-title">{t.value('health.figures')}</h2>
			<dl class="facts">
				{rows
					.filter(([, value]) => value !== undefined)
					.map(([name, value]) => (
						<div key={name}>
							<dt>{name}</dt>
							<dd class="file-name">{value}</dd>
						</div>
					))}
			</dl>
		</section>
	);
}
