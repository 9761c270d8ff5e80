import type { Clock } from '../clock.ts';
import type { Logger } from '../log.ts';

/** At most one line a topic in this time, however much comes. Milliseconds. */
const QUIET_MS = 10_000;
const MAX_TOPICS = 200;

/** Says what was refused, without letting one noisy client fill the log. */
export class RefusalLog {
	readonly #log: Logger;
	readonly #clock: Clock;
	readonly #topics = new Map<string, { saidMs: number; silent: number }>();

	constructor(log: Logger, clock: Clock) {
		this.#log = log;
		this.#clock = clock;
	}

	refused(topic: string, expected: string, received: string): void {
		const nowMs = this.#clock.monotonicMs();
		const known = this.#topics.get(topic);
		if (known !== undefined && nowMs - known.saidMs < QUIET_MS) {
			known.silent += 1;
			return;
		}
		const more = known === undefined || known.silent === 0 ? '' : ` (and ${known.silent} more since the last line)`;
		this.#log.warn({ topic }, `refused on ${topic}: expected ${expected}, got ${received}${more}`);
		this.#topics.delete(topic);
		this.#topics.set(topic, { saidMs: nowMs, silent: 0 });
		const [oldest] = this.#topics.keys();
		if (this.#topics.size > MAX_TOPICS && oldest !== undefined) this.#topics.delete(oldest);
	}
}
