import type { Clock } from '@pilotwire/runtime';

/** What two clocks may differ by within a life of the service. Milliseconds. */
const STEP_MS = 60_000;
/** So long they must have gone together where the system doesn't say whether its clock is right. Milliseconds. */
const TOGETHER_MS = 3_600_000;

/**
 * Whether the wall clock may be believed when something is to be deleted by age. The system's word counts; where it has
 * none, a clock that has stepped in this life of the service is believed no more.
 */
export class ClockTrust {
	readonly #clock: Clock;
	readonly #synchronised: () => Promise<boolean | undefined>;
	readonly #startMs: number;
	#offsetMs: number;
	#hasStepped = false;

	/** @param synchronised what the system says; undefined where it says nothing */
	constructor(clock: Clock, synchronised: () => Promise<boolean | undefined>) {
		this.#clock = clock;
		this.#synchronised = synchronised;
		this.#startMs = clock.monotonicMs();
		this.#offsetMs = clock.wallMs() - this.#startMs;
	}

	async isSure(): Promise<boolean> {
		const nowMs = this.#clock.monotonicMs();
		const offsetMs = this.#clock.wallMs() - nowMs;
		if (Math.abs(offsetMs - this.#offsetMs) > STEP_MS) this.#hasStepped = true;
		this.#offsetMs = offsetMs;
		const said = await this.#synchronised();
		return said ?? (!this.#hasStepped && nowMs - this.#startMs >= TOGETHER_MS);
	}
}
