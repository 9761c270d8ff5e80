import type { AlertSeverity } from '@pilotwire/contract';
import { byGravity, type Moment, type Notice } from './alert.ts';
import type { QuietHours } from './quiet-hours.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** So many messages an hour are sent as they come; after that what waits is told together, this far apart. */
const FREE_AN_HOUR = 6;
const GAP_MS = 15 * MINUTE_MS;
/** An alarm waits for no gap, up to so many messages an hour. */
const MOST_AN_HOUR = 20;
/** A failed delivery is tried again after the first of these, then after twice as long, up to the last. Milliseconds. */
const FIRST_RETRY_MS = 30_000;
const LAST_RETRY_MS = 15 * MINUTE_MS;
/** What could not be told in this time is news no more. Milliseconds. */
const OLD_MS = 7 * 24 * HOUR_MS;
/** So many notices wait; beyond it the least grave, oldest ones are only counted. */
const MOST_WAITING = 100;

/** A notice that waits, and whether it came while it had to be quiet. */
interface Waiting {
	readonly notice: Notice;
	readonly quiet: boolean;
}

/** One that came in this life, with the monotonic clock's time, ms: its wall clock may have been set since. */
interface Held extends Waiting {
	readonly addedMs?: number;
}

/** What must survive a restart. */
export interface KeptOutbox {
	readonly waiting: readonly Waiting[];
	/** Notices that were given up for want of room, and nobody has been told so. */
	readonly lost: number;
}

/** What goes out as one message. */
export interface Batch {
	readonly notices: readonly Notice[];
	/** Notices that were given up before. */
	readonly lost: number;
	/** It has to be told without a sound. */
	readonly quiet: boolean;
}

/** How the delivery of a channel does. */
export interface OutboxHealth {
	readonly waiting: number;
	readonly sent: number;
	readonly sentMs: number | undefined;
	readonly failingMs: number | undefined;
	readonly problem: string | undefined;
}

/**
 * What one channel has still to tell, in order: put off in the quiet hours, tried again with growing patience where it
 * fails, and told together where it is much. What began and ended before anybody could be told is one notice.
 */
export class Outbox {
	readonly #severities: ReadonlySet<AlertSeverity>;
	readonly #hours: QuietHours;
	#waiting: Held[];
	#lost: number;
	#underWay: { readonly batch: Batch; readonly waiting: ReadonlySet<Held> } | undefined;
	#sentAtMs: number[] = [];
	#sent = 0;
	#sentMs: number | undefined;
	#failures = 0;
	#failingMs: number | undefined;
	#retryAtMs = 0;
	#problem: string | undefined;

	/** @param severities what the channel tells */
	constructor(severities: readonly AlertSeverity[], hours: QuietHours, kept: KeptOutbox = { waiting: [], lost: 0 }) {
		this.#severities = new Set(severities);
		this.#hours = hours;
		this.#waiting = [...kept.waiting];
		this.#lost = kept.lost;
	}

	get kept(): KeptOutbox {
		return { waiting: this.#waiting.map(({ notice, quiet }) => ({ notice, quiet })), lost: this.#lost };
	}

	get health(): OutboxHealth {
		return {
			waiting: this.#waiting.length,
			sent: this.#sent,
			sentMs: this.#sentMs,
			failingMs: this.#failingMs,
			problem: this.#problem,
		};
	}

	/** Puts a notice in, where the channel tells such things. `nowMs`: monotonic. */
	add(notice: Notice, nowMs: number): void {
		if (!this.#severities.has(notice.alert.severity)) return;
		const quiet = this.#hours.until(notice.atMs) !== undefined && !this.#hours.passes(notice.alert.severity);
		this.#waiting.push({ notice, quiet, addedMs: nowMs });
		this.#bound();
	}

	/** What is to be sent now, if anything; until `delivered` or `failed` is said, there is no other. */
	take(now: Moment): Batch | undefined {
		if (this.#underWay !== undefined || now.monotonicMs < this.#retryAtMs) return undefined;
		this.#settle(now);
		const quiet = this.#hours.until(now.wallMs) !== undefined;
		const due = this.#waiting.filter(({ notice }) => !quiet || this.#hours.passes(notice.alert.severity));
		if (due.length === 0 || !this.#mayNow(due, now)) return undefined;
		const notices = due.map(({ notice }) => notice).sort(inOrder);
		const batch = { notices, lost: this.#lost, quiet: quiet && !notices.some(isNews) };
		this.#underWay = { batch, waiting: new Set(due) };
		return batch;
	}

	/** The batch that was taken has arrived. */
	delivered(now: Moment): void {
		const done = this.#underWay;
		if (done === undefined) return;
		this.#underWay = undefined;
		this.#waiting = this.#waiting.filter((one) => !done.waiting.has(one));
		this.#lost -= done.batch.lost;
		this.worked(now);
		this.#sentAtMs.push(now.monotonicMs);
	}

	/** A message was taken: of a batch, or one that somebody asked for. */
	worked({ wallMs }: Moment): void {
		this.#sent += 1;
		this.#sentMs = wallMs;
		this.#failures = 0;
		this.#retryAtMs = 0;
		this.#failingMs = undefined;
		this.#problem = undefined;
	}

	/** It has not; it will be tried again. */
	failed(problem: string, now: Moment): void {
		this.#underWay = undefined;
		const waitMs = Math.min(FIRST_RETRY_MS * 2 ** this.#failures, LAST_RETRY_MS);
		this.#failures = Math.min(this.#failures + 1, 16);
		this.#retryAtMs = now.monotonicMs + waitMs;
		this.#failingMs ??= now.wallMs;
		this.#problem = problem;
	}

	/** Puts together what belongs together, and gives up what is too old. */
	#settle(now: Moment): void {
		const settled: Held[] = [];
		for (const one of this.#waiting) {
			if (ageOf(one, now) > OLD_MS) continue;
			const begun = settled.findIndex(
				({ notice }) => notice.phase === 'begin' && notice.alert.id === one.notice.alert.id,
			);
			const before = settled[begun];
			if (before === undefined) settled.push(one);
			else if (!matters(before, one)) settled.splice(begun, 1);
			else settled.splice(begun, 1, { ...one, notice: { ...one.notice, phase: 'past' } });
		}
		this.#waiting = settled;
	}

	/** Whether a message may go now, so that nothing that flaps sends hundreds. */
	#mayNow(due: readonly Held[], { monotonicMs }: Moment): boolean {
		this.#sentAtMs = this.#sentAtMs.filter((atMs) => monotonicMs - atMs < HOUR_MS);
		const sent = this.#sentAtMs.length;
		if (sent < FREE_AN_HOUR) return true;
		const isUrgent = due.some(({ notice }) => notice.alert.severity === 'alarm' && isNews(notice));
		if (isUrgent && sent < MOST_AN_HOUR) return true;
		return monotonicMs - (this.#sentAtMs.at(-1) ?? 0) >= GAP_MS;
	}

	#bound(): void {
		while (this.#waiting.length > MOST_WAITING) {
			const kept = this.#underWay?.waiting;
			const least = [...this.#waiting.keys()]
				.filter((index) => kept?.has(this.#waiting[index] as Waiting) !== true)
				.sort((a, b) => leastGrave(this.#waiting[a], this.#waiting[b]) || a - b)[0];
			if (least === undefined) return;
			this.#waiting.splice(least, 1);
			this.#lost += 1;
		}
	}
}

/** Not the end of something, which wakes nobody. */
const isNews = ({ phase }: Notice): boolean => phase === 'begin';

/** For how long it has waited, ms. A machine without a clock starts at the time of its end, and may be set weeks ahead. */
function ageOf({ notice, addedMs }: Held, { monotonicMs, wallMs }: Moment): number {
	return addedMs === undefined ? wallMs - notice.atMs : monotonicMs - addedMs;
}

/** What came and went while it had to be quiet is of no use in the morning, unless it was an alarm. */
function matters(begin: Waiting, end: Waiting): boolean {
	return begin.notice.alert.severity === 'alarm' || !(begin.quiet && end.quiet);
}

function leastGrave(a: Waiting | undefined, b: Waiting | undefined): number {
	const graveness = ({ notice: { alert } }: Waiting): number => ({ alarm: 2, warning: 1, info: 0 })[alert.severity];
	return a === undefined || b === undefined ? 0 : graveness(a) - graveness(b);
}

/** The gravest first; what is over comes last. */
function inOrder(a: Notice, b: Notice): number {
	const rank = (notice: Notice): number => (isNews(notice) ? 0 : 1);
	return rank(a) - rank(b) || byGravity(a.alert, b.alert);
}
