import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/**
 * A channel's password, as far as the broker keeps it: its hash under a random key that lives in memory alone, as long as
 * the channel. Not a slow hash: nothing of it is ever written down, and who can read this memory reads the messages too.
 */
export class Lock {
	readonly #key = randomBytes(32);
	readonly #hash: Buffer | undefined;

	/** Without a password it is open. */
	constructor(password: string | undefined) {
		this.#hash = password === undefined ? undefined : this.#hashOf(password);
	}

	get isOpen(): boolean {
		return this.#hash === undefined;
	}

	/** Whether this is the password; the time it takes doesn't depend on how much of it is right. */
	fits(password: string | undefined): boolean {
		if (this.#hash === undefined) return password === undefined;
		return timingSafeEqual(this.#hash, this.#hashOf(password ?? '')) && password !== undefined;
	}

	#hashOf(password: string): Buffer {
		return createHmac('sha256', this.#key).update(password, 'utf8').digest();
	}
}
