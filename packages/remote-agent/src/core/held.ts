/** Bytes of all clients that an agent may hold in memory at once: sounds and pictures that wait, and what came ahead. */
const MOST_HELD_BYTES = 64 * 1024 * 1024;

/** What is held in memory for clients, within a bound for all of them together. */
export class Held {
	readonly most: number;
	#bytes = 0;

	constructor(most = MOST_HELD_BYTES) {
		this.most = most;
	}

	get bytes(): number {
		return this.#bytes;
	}

	/** Counts bytes in; false where there is no room for them. */
	take(bytes: number): boolean {
		if (this.#bytes + bytes > this.most) return false;
		this.#bytes += bytes;
		return true;
	}

	/** Counts them out. */
	give(bytes: number): void {
		this.#bytes -= bytes;
	}
}
