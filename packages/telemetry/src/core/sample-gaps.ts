/** Meters followed at once; more than any house has. */
const MOST_METERS = 100;

/** Follows the numbers of each meter's samples: counts those that never came. */
export class SampleGaps {
	readonly #next = new Map<string, number>();
	#missed = 0;

	/** Samples that never came. */
	get missed(): number {
		return this.#missed;
	}

	/**
	 * A message with so many samples from number `first` on. Returns how many are missing before it: none where the
	 * numbers start again at 0 (the reader was restarted) or the message came twice.
	 */
	hear(meter: string, first: number, samples: number): number {
		const expected = this.#next.get(meter) ?? first;
		const gap = first > expected ? first - expected : 0;
		if (first >= expected || first === 0) this.#next.set(meter, first + samples);
		if (this.#next.size > MOST_METERS) this.#next.delete(meter);
		this.#missed += gap;
		return gap;
	}
}
