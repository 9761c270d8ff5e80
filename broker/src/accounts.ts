import { createHash, timingSafeEqual } from 'node:crypto';
import type { Account } from './options.ts';

/** SHA-256 of a secret. Enough for machine secrets, which are 256 random bits: no list of guesses reaches them. */
export function hashSecret(secret: string | Buffer): Buffer {
	return createHash('sha256').update(secret).digest();
}

/** The accounts a broker knows by itself, compared in a time that doesn't depend on the secret. */
export class AccountBook {
	readonly #hashes: ReadonlyMap<string, Buffer>;

	constructor(accounts: readonly Account[]) {
		this.#hashes = new Map(accounts.map(({ name, secretHash }) => [name, secretHash]));
	}

	has(name: string): boolean {
		return this.#hashes.has(name);
	}

	/** Whether the account exists and this is its secret. */
	accepts(name: string, secret: Buffer): boolean {
		const known = this.#hashes.get(name);
		const given = hashSecret(secret);
		return timingSafeEqual(known ?? Buffer.alloc(given.length), given) && known !== undefined;
	}
}
