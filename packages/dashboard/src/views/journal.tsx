// What the shedder did in the stretch of time that the chart shows.
import { useState } from 'preact/hooks';
import * as past from '../app/history.ts';
import { t } from '../app/store.ts';
import { EventRow } from './event-row.tsx';

const FIRST = 12;
const MOST = 200;

/** An entry's sign on the chart: less, more, or neither. */
const signs: Readonly<Record<string, 'down' | 'up'>> = { shed: 'down', withdraw: 'down', restore: 'up', admit: 'up' };
/** Marks nearer to each other are one; share of the chart's width. */
const APART = 0.004;

/** The journal on the chart's axis of time, each kind by its shape; the list says the same in words. */
export function JournalMarks() {
	const { fromMs, toMs } = past.timeWindow.value;
	const marks = new Map<string, { readonly sign: string; readonly share: number }>();
	for (const { atMs, kind } of past.journal.value) {
		const share = (atMs - fromMs) / (toMs - fromMs);
		const sign = signs[kind] ?? 'other';
		if (share >= 0 && share <= 1) marks.set(`${sign} ${Math.round(share / APART)}`, { sign, share });
	}
	return (
		<div class="marks" aria-hidden="true">
			{[...marks].map(([key, { sign, share }]) => (
				<i key={key} class="sign" data-sign={sign} style={{ left: `${(share * 100).toFixed(2)}%` }} />
			))}
		</div>
	);
}

/** What the shapes mean. */
export function JournalSigns() {
	const has = (sign: string): boolean => past.journal.value.some(({ kind }) => signs[kind] === sign);
	return (['down', 'up'] as const).filter(has).map((sign) => (
		<li key={sign}>
			<span class="sign" data-sign={sign} />
			{t.value(sign === 'down' ? 'event.shed' : 'event.restore')}
		</li>
	));
}

/** The list, newest first. */
export function Journal() {
	const [all, setAll] = useState(false);
	const entries = past.journal.value;
	const shown = entries.slice(0, all ? MOST : FIRST);
	return (
		<section class="card" aria-labelledby="journal-title">
			<h2 id="journal-title">
				{t.value('history.journal')} {entries.length > 0 && <span class="count">{entries.length}</span>}
			</h2>
			{entries.length === 0 && (
				<p class="quiet">{t.value(past.journalFits.value ? 'history.journal.none' : 'history.journal.long')}</p>
			)}
			<ul class="rows">
				{shown.map((entry) => (
					<EventRow key={`${entry.atMs} ${entry.kind} ${entry.circuit} ${entry.phase}`} entry={entry} />
				))}
			</ul>
			{!all && entries.length > FIRST && (
				<button type="button" class="secondary" onClick={() => setAll(true)}>
					{t.value('history.journal.more', { count: Math.min(MOST, entries.length) })}
				</button>
			)}
		</section>
	);
}
