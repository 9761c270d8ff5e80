/** So many urgent appends in a row, and how often one more is granted: an SD card has to last. Milliseconds. */
const MOST_IN_HAND = 240;
const REFILL_MS = 15_000;

/**
 * While a phase is over its limit the breaker may open any moment: what is known goes to the disk every second. A house
 * that is over its limit all day gets no more than its share of that.
 */
export class Urgency {
	#raised = false;
	#inHand = MOST_IN_HAND;
	#refilledMs = 0;

	raise(): void {
		this.#raised = true;
	}

	/** Whether to write now although it is not time; counts it. */
	take(nowMs: number): boolean {
		const refills = Math.floor((nowMs - this.#refilledMs) / REFILL_MS);
		this.#inHand = Math.min(MOST_IN_HAND, this.#inHand + refills);
		this.#refilledMs += refills * REFILL_MS;
		if (!this.#raised || this.#inHand < 1) return false;
		this.#raised = false;
		this.#inHand -= 1;
		return true;
	}
}
