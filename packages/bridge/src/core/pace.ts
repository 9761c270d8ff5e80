/** Messages a second that come in over time, and at once. */
const PER_S = 20;
const AT_ONCE = 60;

/** How much is let in: whoever floods the house from outside is heard no faster than this. */
export class Pace {
	#left = AT_ONCE;
	#lookedMs = Number.NEGATIVE_INFINITY;

	/** Whether one more may come in. `nowMs`: monotonic. */
	takes(nowMs: number): boolean {
		const passedS = Math.min(AT_ONCE, (nowMs - this.#lookedMs) / 1_000);
		this.#lookedMs = nowMs;
		this.#left = Math.min(AT_ONCE, this.#left + passedS * PER_S);
		if (this.#left < 1) return false;
		this.#left -= 1;
		return true;
	}
}
