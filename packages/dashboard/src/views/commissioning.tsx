// Commissioning: begin a run, see circuit by circuit what they turn out to be, stop it, and take over what was learned.
import type { CommissioningState } from '@pilotwire/contract';
import { useEffect, useState } from 'preact/hooks';
import { asking, beginRun, followRun, refused, run, stopRun } from '../app/commissioning.ts';
import { format, house, link, now, t } from '../app/store.ts';
import { boardAddress, findingText, triedText } from '../core/commissioning.ts';
import { trueAtMs } from '../core/house.ts';
import '../i18n/commissioning.ts';
import { Corrections } from './corrections.tsx';
import { Fault, Faults } from './forms.tsx';
import { Icon } from './icons.tsx';

/** The part. */
export function CommissioningPart() {
	useEffect(followRun, []);
	const state = run.value;
	return (
		<>
			{state?.state === 'running' ? <Running state={state} /> : <Beginning again={state !== undefined} />}
			{state !== undefined && state.state !== 'running' && <Ended state={state} />}
			{state !== undefined && state.circuits.length > 0 && <CircuitList state={state} />}
		</>
	);
}

const moment = (instant: string): string => format.value.moment(trueAtMs(house.value, instant), now.value);

function Beginning({ again }: { readonly again: boolean }) {
	const circuits = [...house.value.circuits].sort(([, a], [, b]) => a.value.name.localeCompare(b.value.name));
	const [left, setLeft] = useState<readonly string[]>([]);
	const chosen = circuits.map(([id]) => id).filter((id) => !left.includes(id));
	const canBegin = link.value.kind === 'up' && chosen.length > 0 && !asking.value;
	return (
		<section class="card" aria-labelledby="begin-title">
			<h2 id="begin-title">{t.value(again ? 'commissioning.again' : 'commissioning.start')}</h2>
			<p>{t.value('commissioning.about')}</p>
			<p class="quiet">{t.value('commissioning.long')}</p>
			{circuits.length === 0 ? (
				<p class="notice">{t.value('commissioning.nocircuits')}</p>
			) : (
				<details>
					<summary>{t.value('commissioning.only')}</summary>
					{circuits.map(([id, { value }]) => (
						<label key={id} class="check">
							<input
								type="checkbox"
								checked={!left.includes(id)}
								onChange={() => setLeft(left.includes(id) ? left.filter((one) => one !== id) : [...left, id])}
							/>
							{value.name}
						</label>
					))}
				</details>
			)}
			<Refused />
			<button
				type="button"
				class="primary"
				disabled={!canBegin}
				onClick={() => void beginRun(left.length === 0 ? undefined : chosen)}
			>
				{t.value(asking.value ? 'commissioning.starting' : 'commissioning.start')}
			</button>
		</section>
	);
}

function Refused() {
	return (
		<Faults>
			{refused.value !== undefined && (
				<>
					<Fault text={t.value('commissioning.refused')} />
					<details>
						<summary>{t.value('commissioning.refused.said')}</summary>
						<p class="quiet" lang="en">
							{refused.value}
						</p>
					</details>
				</>
			)}
		</Faults>
	);
}

function Running({ state }: { readonly state: CommissioningState }) {
	const { current, settled, total, expectedEnd, latestEnd } = state;
	return (
		<section class="card" aria-labelledby="running-title">
			<h2 id="running-title">{t.value('commissioning.running', { settled, total })}</h2>
			<progress class="run-progress" value={settled} max={Math.max(1, total)} aria-labelledby="running-title" />
			<p role="status" class="with-icon">
				<span class="spin" aria-hidden="true" />
				{current !== undefined && t.value(`commissioning.step.${current.step}`, { name: current.name })}
			</p>
			{current !== undefined && current.round > 1 && <p class="quiet">{t.value('commissioning.round')}</p>}
			<p class="quiet">{t.value('commissioning.expected', { when: moment(expectedEnd), latest: moment(latestEnd) })}</p>
			<button type="button" class="secondary danger" disabled={asking.value} onClick={() => void stopRun(state.run)}>
				{t.value('commissioning.stop')}
			</button>
		</section>
	);
}

function Ended({ state }: { readonly state: CommissioningState }) {
	const fine = state.circuits.filter(({ outcome, settled }) => outcome === 'fine' && settled).length;
	const isFine = state.state === 'done' && state.findings.length === 0;
	// What a person did is no trouble; everything else that ends a run is.
	const stopped = state.why === 'it was stopped' ? 'commissioning.stopped' : 'commissioning.stopped.lost';
	const title = state.state === 'stopped' ? stopped : isFine ? 'commissioning.done.fine' : 'commissioning.done';
	return (
		<section class="card" aria-labelledby="ended-title">
			<h2 id="ended-title" class="with-icon">
				<Icon name={isFine ? 'check' : 'alert'} />
				{t.value(title)}
			</h2>
			<p class="quiet">
				{t.value('commissioning.ended', { when: moment(state.endedAt ?? state.at), fine, total: state.total })}
			</p>
			{state.findings.length > 0 && (
				<>
					<h3>{t.value('commissioning.findings')}</h3>
					<ol class="findings">
						{state.findings.map((finding) => {
							const { text, action } = findingText(finding, state, t.value);
							return (
								<li key={`${finding.kind} ${finding.circuits.join(' ')}`}>
									<b>{text}</b>
									<p class="quiet">{action}</p>
								</li>
							);
						})}
					</ol>
				</>
			)}
			<Corrections key={state.run} state={state} />
		</section>
	);
}

function CircuitList({ state }: { readonly state: CommissioningState }) {
	return (
		<section class="card" aria-labelledby="tried-title">
			<h2 id="tried-title">{t.value('commissioning.circuits')}</h2>
			<ul class="rows">
				{state.circuits.map((tried) => {
					const { circuit, name, board, wire, outcome, settled } = tried;
					const address = boardAddress(board);
					const place =
						wire === undefined || address === undefined
							? ''
							: t.value('commissioning.wire', { wire, board: `0x${address.toString(16)}` });
					return (
						<li key={circuit} class="row">
							<span class="row-text">
								<span class="row-name">{name}</span>
								{place !== '' && <span class="quiet">{place}</span>}
								<span>{triedText(tried, t.value)}</span>
							</span>
							<span class="tried" data-outcome={!settled ? 'unsure' : outcome === 'fine' ? 'fine' : 'other'}>
								<Icon name={!settled ? 'wait' : outcome === 'fine' ? 'check' : 'alert'} />
								{!settled && t.value('commissioning.unsure')}
							</span>
						</li>
					);
				})}
			</ul>
		</section>
	);
}
