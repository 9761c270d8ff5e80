/** Notices that a clock was set: what was said by it counts from another time then. Instants are ms since 1970. */
import type { Clock } from '@pilotwire/runtime';

/** A clock was set where it differs by more from what it should show. Milliseconds. */
const STEP_MS = 5_000;

/** This machine's clock and that of programmes, against the monotonic one. */
export class ClockSteps {
	readonly #clock: Pick<Clock, 'wallMs' | 'monotonicMs'>;
	/** How far they are ahead of the monotonic one. Milliseconds. */
	#wallMs: number;
	#programmesMs = Number.NaN;

	constructor(clock: Pick<Clock, 'wallMs' | 'monotonicMs'>) {
		this.#clock = clock;
		this.#wallMs = clock.wallMs() - clock.monotonicMs();
	}

	/** Whether this machine's clock was set since it was asked last. */
	wallWasSet(): boolean {
		const aheadMs = this.#clock.wallMs() - this.#clock.monotonicMs();
		const isSet = Math.abs(aheadMs - this.#wallMs) >= STEP_MS;
		this.#wallMs = aheadMs;
		return isSet;
	}

	/** A plan was made at this instant of the programmes' clock. */
	planned(atMs: number): void {
		this.#programmesMs = atMs - this.#clock.monotonicMs();
	}

	/** Whether the programmes' clock, which shows this instant, was set since the last plan; true where there was none. */
	programmesWereSet(nowMs: number): boolean {
		return !(Math.abs(nowMs - this.#clock.monotonicMs() - this.#programmesMs) < STEP_MS);
	}
}
