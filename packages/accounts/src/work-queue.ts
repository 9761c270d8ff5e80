import { HashQueueFull } from './errors.ts';

interface Waiting {
	readonly who: string;
	readonly start: () => void;
}

/** Runs a few jobs at once, in the order they came, and lets only so many wait: in all, and for each who asks. */
export class WorkQueue {
	readonly #atOnce: number;
	readonly #most: number;
	readonly #mostOfOne: number;
	readonly #waiting: Waiting[] = [];
	#running = 0;

	constructor(atOnce: number, most: number, mostOfOne: number) {
		this.#atOnce = atOnce;
		this.#most = most;
		this.#mostOfOne = mostOfOne;
	}

	/** Rejects with `HashQueueFull` where too many wait, and with what the job rejects with. */
	async run<Result>(who: string, job: () => Promise<Result>): Promise<Result> {
		if (this.#running >= this.#atOnce) await this.#turn(who);
		else this.#running += 1;
		try {
			return await job();
		} finally {
			// The place goes to the next in the queue, if there is one, without being given up in between.
			const next = this.#waiting.shift();
			if (next === undefined) this.#running -= 1;
			else next.start();
		}
	}

	#turn(who: string): Promise<void> {
		const ofOne = this.#waiting.filter((waiting) => waiting.who === who).length;
		if (this.#waiting.length >= this.#most || ofOne >= this.#mostOfOne) {
			return Promise.reject(new HashQueueFull(`${this.#waiting.length} passwords wait to be checked`));
		}
		return new Promise((start) => this.#waiting.push({ who, start }));
	}
}
