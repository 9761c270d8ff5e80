/** Status words that the gateway published itself and that the broker will bring back: not to be taken for a device's. */
export class Echoes {
	readonly #expected = new Map<string, string[]>();

	/** To be said before the word is published. */
	expect(device: string, word: string): void {
		const words = this.#expected.get(device) ?? [];
		words.push(word);
		this.#expected.set(device, words);
	}

	/** Whether a word that arrives is one of them. */
	isOwn(device: string, word: string): boolean {
		const words = this.#expected.get(device);
		if (words?.[0] !== word) return false;
		words.shift();
		if (words.length === 0) this.#expected.delete(device);
		return true;
	}

	/** The broker is gone: what was on its way won't come back. */
	forget(): void {
		this.#expected.clear();
	}
}
