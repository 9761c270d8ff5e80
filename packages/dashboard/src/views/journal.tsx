// What the shedder did in the stretch of time that the chart shows.
import { useState } from 'preact/hooks';
import * as past from '../app/history.ts';
import { format, house, now, t } from '../app/store.ts';
import type { JournalEntry } from '../core/shed-time.ts';
import type { Mark } from './plot.tsx';

const FIRST = 12;
const MOST = 200;

const kinds = {
	shed: 'event.shed',
	restore: 'event.restore',
	admit: 'event.admit',
	rotate: 'event.rotate',
	withdraw: 'event.withdraw',
	release: 'event.release',
	paused: 'event.paused',
	resumed: 'event.resumed',
} as const;

/** An entry on the axis of the chart. */
export function markOf({ atMs, kind }: JournalEntry): Mark {
	const colour = kind === 'shed' || kind === 'withdraw' ? '--over' : kind === 'restore' ? '--calm' : '--edge';
	return { atMs, colour };
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
					<Row key={`${entry.atMs} ${entry.kind} ${entry.circuit} ${entry.phase}`} entry={entry} />
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

function Row({ entry }: { readonly entry: JournalEntry }) {
	const { atMs, kind, circuit, phase, count } = entry;
	const name = house.value.circuits.get(circuit)?.value.name ?? circuit;
	const where = name === '' && phase !== '' ? t.value('gauge.phase', { phase }) : name;
	const key = Object.hasOwn(kinds, kind) ? kinds[kind as keyof typeof kinds] : 'event.other';
	return (
		<li class="event" data-kind={kind}>
			<p class="event-time quiet">{format.value.moment(atMs, now.value)}</p>
			<div>
				<p>
					<span class="event-kind">{t.value(key)}</span> <b>{where}</b>{' '}
					{count > 1 && <span class="quiet">{t.value('history.journal.times', { count })}</span>}
				</p>
				<Because entry={entry} />
			</div>
		</li>
	);
}

/** Why, in the screen's language; where an earlier version wrote it down, its own sentence, which is English. */
function Because({ entry: { reason: said, text, phase } }: { readonly entry: JournalEntry }) {
	if (said === undefined) {
		return (
			<p class="quiet" lang="en">
				{text}
			</p>
		);
	}
	const who = house.value.circuits.get(said.who)?.value.name ?? said.who;
	const figures = Object.entries(said.figures).map(([name, value]) => [name, figureText(name, value)] as const);
	return <p class="quiet">{t.value(`because.${said.reason}`, { phase, who, ...Object.fromEntries(figures) })}</p>;
}

/** A figure by the unit that ends its name. */
function figureText(name: string, value: number): string {
	const { kva, duration, celsius, upTo1 } = format.value;
	if (name.endsWith('VA')) return kva(value);
	if (name.endsWith('S')) return duration(value * 1_000);
	return name.endsWith('K') ? celsius(value) : upTo1(value);
}
