import { WATCH_LEASE_S } from '@pilotwire/contract';

/** Beyond these, somebody makes up names. */
const MOST_WATCHERS = 100;

interface Watcher {
	readonly everyS: number;
	readonly untilMs: number;
}

/** Who watches, each under a lease. Times: monotonic clock, milliseconds. */
export class Watchers {
	readonly #watchers = new Map<string, Watcher>();

	/** Takes a watcher on, or renews its lease, perhaps at another rhythm. False: there are too many. */
	watch(by: string, everyS: number, nowMs: number): boolean {
		if (!this.#watchers.has(by) && this.#watchers.size >= MOST_WATCHERS) return false;
		this.#watchers.set(by, { everyS, untilMs: nowMs + WATCH_LEASE_S * 1_000 });
		return true;
	}

	unwatch(by: string): void {
		this.#watchers.delete(by);
	}

	/** Lets those go whose lease is over. */
	expire(nowMs: number): void {
		for (const [by, { untilMs }] of this.#watchers) {
			if (nowMs >= untilMs) this.#watchers.delete(by);
		}
	}

	get count(): number {
		return this.#watchers.size;
	}

	/** The rhythm of the most impatient, seconds; undefined while nobody watches. */
	get everyS(): number | undefined {
		const rhythms = [...this.#watchers.values()].map(({ everyS }) => everyS);
		return rhythms.length === 0 ? undefined : Math.min(...rhythms);
	}
}
