/** Connections that have not signed in yet, in all and from one address. */
const MOST_WAITING = 512;
const MOST_WAITING_OF_ONE = 128;

/** Who stands at the door: nobody fills it alone, and the house's own work doesn't wait for it. */
export class Doorway {
	readonly #waiting = new Map<string, number>();
	#all = 0;

	/** False where there is no room. */
	enter(address: string): boolean {
		const ofOne = this.#waiting.get(address) ?? 0;
		if (this.#all >= MOST_WAITING || ofOne >= MOST_WAITING_OF_ONE) return false;
		this.#waiting.set(address, ofOne + 1);
		this.#all += 1;
		return true;
	}

	/** One that entered has signed in or gone. */
	leave(address: string): void {
		const left = (this.#waiting.get(address) ?? 1) - 1;
		if (left <= 0) this.#waiting.delete(address);
		else this.#waiting.set(address, left);
		this.#all -= 1;
	}
}
