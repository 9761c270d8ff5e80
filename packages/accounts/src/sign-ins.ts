import type { Clock } from '@pilotwire/runtime';
import type { AccountChanges } from './account-changes.ts';
import { HashQueueFull, longestPassword, noTokenFor } from './errors.ts';
import { decoyHash, type PasswordHasher } from './io/argon2.ts';
import { isSecretOf } from './machine-secret.ts';
import { isBcrypt, isPasswordHash } from './password-hash.ts';
import { isAccountName, type Person, type Principal } from './principal.ts';
import { SignInThrottle } from './sign-in-throttle.ts';
import type { AccountKeeper, StoredAccount } from './store.ts';
import { isToken, readToken, signToken } from './tokens.ts';

/** Wait given to those for whom there is no room in the queue of passwords to check. Milliseconds. */
const busyWaitMs = 5000;

/** A sign-in that failed. */
type NotSignedIn =
	/** The name or the secret is wrong; it isn't said which. */
	| { readonly kind: 'refused' }
	/** It was not looked at: too many wrong ones came from there, or too many at once. Seconds until it may be tried again. */
	| { readonly kind: 'too_many'; readonly retryAfterS: number };

/** How a person's sign-in ended. */
export type SignInResult = { readonly kind: 'signed_in'; readonly person: Person } | NotSignedIn;

/** How anybody's sign-in at the broker ended. */
export type AuthenticateResult =
	| {
			readonly kind: 'signed_in';
			readonly principal: Principal;
			/** Of its account as it is now, see `Accounts.stampOf`. */
			readonly stamp: string;
	  }
	| NotSignedIn;

const refused: NotSignedIn = { kind: 'refused' };

/** What sign-ins are checked with. */
interface Surroundings {
	readonly store: AccountKeeper;
	readonly changes: AccountChanges;
	readonly hasher: PasswordHasher;
	readonly clock: Clock;
	/** Signs tokens. */
	readonly tokenKey: Uint8Array;
}

/** Who comes in: with a password, a machine's secret, or a token in place of the password. */
export class SignIns {
	readonly #around: Surroundings;
	readonly #decoy = decoyHash();
	readonly #throttle = new SignInThrottle();

	constructor(around: Surroundings) {
		this.#around = around;
	}

	/** See `Accounts.signIn`. */
	async signIn(name: string, password: string, address: string): Promise<SignInResult> {
		const result = await this.#withPassword(name, password, address);
		if (result.kind !== 'signed_in') return result;
		const { principal } = result;
		return principal.kind === 'person' ? { kind: 'signed_in', person: principal } : refused;
	}

	/** See `Accounts.authenticate`. */
	async authenticate(name: string, secret: string, address: string): Promise<AuthenticateResult> {
		if (isToken(secret)) {
			const account = await this.#withToken(secret);
			return account?.principal.name === name ? signedIn(account) : refused;
		}
		const machine = await this.machineWith(name, secret);
		return machine === undefined ? this.#withPassword(name, secret, address) : signedIn(machine);
	}

	/** The device or service with this name and secret. */
	async machineWith(name: string, secret: string): Promise<StoredAccount | undefined> {
		const account = await this.#around.store.get(name);
		const machine = account === undefined || account.principal.kind === 'person' ? undefined : account;
		const chosen = machine === undefined || isPasswordHash(machine.secret);
		const hash = chosen ? undefined : Buffer.from(machine.secret, 'hex');
		return isSecretOf(hash, secret) ? this.#seen(machine) : undefined;
	}

	/** See `Accounts.issueToken`. */
	async issueToken({ name, role }: Pick<Person, 'name' | 'role'>): Promise<string> {
		const { store, clock, tokenKey } = this.#around;
		const account = await store.get(name);
		if (account?.principal.kind !== 'person' || account.principal.role !== role) throw noTokenFor(name);
		return signToken({ name, stamp: account.stamp, issuedMs: clock.wallMs() }, tokenKey);
	}

	/** See `Accounts.verifyToken`. */
	async verifyToken(token: string): Promise<Principal | undefined> {
		return (await this.#withToken(token))?.principal;
	}

	async #withToken(token: string): Promise<StoredAccount | undefined> {
		const { store, clock, tokenKey } = this.#around;
		const claims = readToken(token, tokenKey, clock.wallMs());
		if (claims === undefined) return undefined;
		const account = await store.get(claims.name);
		return account?.stamp === claims.stamp ? this.#seen(account) : undefined;
	}

	async #withPassword(name: string, password: string, address: string): Promise<AuthenticateResult> {
		const { clock } = this.#around;
		const known = isAccountName(name) ? name : '';
		const waitMs = this.#throttle.begin(known, address, clock.monotonicMs());
		if (waitMs > 0) return tooMany(waitMs);
		let right: boolean | undefined;
		try {
			const account = await this.#accountWith(known, password, address);
			right = account !== undefined;
			return account === undefined ? refused : signedIn(account);
		} catch (error) {
			if (!(error instanceof HashQueueFull)) throw error;
			return tooMany(busyWaitMs);
		} finally {
			this.#throttle.end(known, address, right, clock.monotonicMs());
		}
	}

	/** A person; or a device that came with a password from elsewhere. */
	async #accountWith(name: string, password: string, address: string): Promise<StoredAccount | undefined> {
		const { store, hasher } = this.#around;
		const before = await store.get(name);
		const hash = before !== undefined && isPasswordHash(before.secret) ? before.secret : this.#decoy;
		const right = await hasher.verify(hash, password.slice(0, longestPassword + 1), address);
		// Checking takes time: the account may have been removed or changed meanwhile.
		const after = await store.get(name);
		if (!right || hash === this.#decoy || after === undefined || after.stamp !== before?.stamp) return undefined;
		if (isBcrypt(hash)) await this.#rehash(name, hash, password);
		return this.#seen(after);
	}

	/** Keeps the password as everybody's is kept. */
	async #rehash(name: string, before: string, password: string): Promise<void> {
		try {
			await this.#around.store.rehash(name, before, await this.#around.hasher.hash(password));
		} catch (error) {
			// The next sign-in does it.
			if (!(error instanceof HashQueueFull)) throw error;
		}
	}

	async #seen(account: StoredAccount | undefined): Promise<StoredAccount | undefined> {
		await this.#around.changes.seen(account);
		return account;
	}
}

function signedIn({ principal, stamp }: StoredAccount): AuthenticateResult {
	return { kind: 'signed_in', principal, stamp };
}

function tooMany(waitMs: number): NotSignedIn {
	return { kind: 'too_many', retryAfterS: Math.ceil(waitMs / 1000) };
}
