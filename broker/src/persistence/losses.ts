import type { Logger } from '@pilotwire/runtime';

/** What fell out of the bounds so far. */
export interface Dropped {
	/** Messages: the queue of a client was full, or all queues together. */
	readonly queueFull: number;
	/** Messages that waited longer than they were worth, by their expiry or the bound of the broker. */
	readonly expired: number;
	/** Messages: there were too many retained ones. */
	readonly retainedFull: number;
	/** Sessions that were not kept: there were too many. */
	readonly notKept: number;
	/** Subscriptions beyond the bound of a session, or of all together. */
	readonly subscriptionsRefused: number;
}

/** What the log says of each; nothing where it is usual. */
const words: Readonly<Record<keyof Dropped, string | undefined>> = {
	queueFull: 'Message dropped: too much waits for this client, or for all of them',
	expired: undefined,
	retainedFull: 'Not retained: there are too many retained messages',
	notKept: 'Session not kept: there are too many',
	subscriptionsRefused: 'Subscription refused: this client, or all of them, have too many',
};

/** Counts what falls out of the bounds. */
export class Losses {
	readonly #log: Logger;
	readonly #counts: Record<keyof Dropped, number> = {
		queueFull: 0,
		expired: 0,
		retainedFull: 0,
		notKept: 0,
		subscriptionsRefused: 0,
	};

	constructor(log: Logger) {
		this.#log = log;
	}

	/** Counts since the start. */
	get counts(): Dropped {
		return this.#counts;
	}

	/** Bounds are reached by floods: the log has the first of each kind, then the tenth, the hundredth and so on. */
	count(what: keyof Dropped, facts: object = {}): void {
		this.#counts[what] += 1;
		const count = this.#counts[what];
		const said = words[what];
		if (said !== undefined && Number.isInteger(Math.log10(count))) this.#log.warn({ ...facts, count }, said);
	}
}
