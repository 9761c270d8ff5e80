import { isDeepStrictEqual } from 'node:util';
import { isSecretOf, type KnownAccount, type Principal, SignInThrottle } from '@pilotwire/accounts';
import type { Clock } from '@pilotwire/runtime';

/** How an attempt with a name of this book ended; `unknown` where the book doesn't have the name or not this secret. */
type Found =
	| { readonly kind: 'known'; readonly principal: Principal }
	| { readonly kind: 'unknown' }
	| { readonly kind: 'too_many' };

const unknown: Found = { kind: 'unknown' };

/** The accounts a broker knows by itself. Passwords that people chose are guarded against guessing; secrets of machines need no guard. */
export class AccountBook {
	readonly #accounts: ReadonlyMap<string, KnownAccount>;
	readonly #throttle = new SignInThrottle();
	readonly #clock: Clock;

	constructor(accounts: readonly KnownAccount[], clock: Clock) {
		this.#accounts = new Map(accounts.map((account) => [account.principal.name, account]));
		this.#clock = clock;
	}

	/** Whether there is an account of this very principal. */
	has(principal: Principal): boolean {
		return isDeepStrictEqual(this.#accounts.get(principal.name)?.principal, principal);
	}

	/** Looks a name and its secret up; compared in a time that doesn't depend on the secret. */
	find(name: string, secret: Buffer, address: string): Found {
		const account = this.#accounts.get(name);
		if (account === undefined) return unknown;
		const { principal, secretHash } = account;
		const found: Found = { kind: 'known', principal };
		if (principal.kind !== 'person') return isSecretOf(secretHash, secret) ? found : unknown;
		if (this.#throttle.begin(name, address, this.#clock.monotonicMs()) > 0) return { kind: 'too_many' };
		const right = isSecretOf(secretHash, secret);
		this.#throttle.end(name, address, right, this.#clock.monotonicMs());
		return right ? found : unknown;
	}
}
