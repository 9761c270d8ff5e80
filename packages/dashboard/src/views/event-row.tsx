// Something that the load-shedder did, as a line of a list.
import { format, house, now, t } from '../app/store.ts';
import type { JournalEntry } from '../core/shed-time.ts';
import '../i18n/history.ts';
import '../styles/events.css';

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

/** One entry: when, what, whom, and why. */
export function EventRow({ entry }: { readonly entry: JournalEntry }) {
	const { atMs, kind, circuit, phase, count } = entry;
	const name = house.value.circuits.get(circuit)?.value.name ?? circuit;
	const where = name === '' && phase !== '' ? t.value('gauge.phase', { phase }) : name;
	const key = Object.hasOwn(kinds, kind) ? kinds[kind as keyof typeof kinds] : 'event.other';
	return (
		<li class="event" data-kind={kind}>
			<time class="quiet" dateTime={new Date(atMs).toISOString()}>
				{format.value.moment(atMs, now.value)}
			</time>
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
