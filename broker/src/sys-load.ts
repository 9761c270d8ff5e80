/** Averages over 1, 5 and 15 minutes of how often something happens, per minute, as Mosquitto reckons them. */
export class LoadAverage {
	readonly #minutes = [1, 5, 15] as const;
	#averages: readonly number[] = [0, 0, 0];
	#last = 0;

	/** Takes a count since the start, `elapsedMs` after the one before; gives the three averages. */
	update(count: number, elapsedMs: number): readonly number[] {
		if (elapsedMs <= 0) return this.#averages;
		const perMinute = ((count - this.#last) * 60_000) / elapsedMs;
		this.#last = count;
		this.#averages = this.#averages.map((average, index) => {
			const weight = Math.exp(-elapsedMs / ((this.#minutes[index] ?? 1) * 60_000));
			return perMinute + weight * (average - perMinute);
		});
		return this.#averages;
	}
}
