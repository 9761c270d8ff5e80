import type { AuthenticateResult, Person, Role, SignInResult } from '@pilotwire/accounts';
import type { HouseAccounts } from '../../src/index.ts';

interface Account {
	password: string;
	role: Role;
	stamp: number;
}

/** Accounts in memory, that tests change under the service. */
export class FakeAccounts implements HouseAccounts {
	/** Tokens given out, with whom they are for. */
	readonly tokens = new Map<string, string>();
	/** Addresses from which people tried to sign in. */
	readonly addresses: string[] = [];
	/** Where set, every attempt is put off by so many seconds. */
	retryAfterS: number | undefined;
	closed = 0;
	readonly #accounts = new Map<string, Account>();
	#listeners: ((names: readonly string[]) => void)[] = [];

	constructor() {
		this.set('alice', 'admin');
		this.set('robin', 'resident');
		this.set('victor', 'viewer');
	}

	/** Adds or changes an account; its password is `NAME's password`. */
	set(name: string, role: Role): void {
		const stamp = (this.#accounts.get(name)?.stamp ?? 0) + 1;
		this.#accounts.set(name, { password: `${name}'s password`, role, stamp });
		this.#tell(name);
	}

	remove(name: string): void {
		this.#accounts.delete(name);
		this.#tell(name);
	}

	async signIn(name: string, password: string, address: string): Promise<SignInResult> {
		this.addresses.push(address);
		const { retryAfterS } = this;
		if (retryAfterS !== undefined) return { kind: 'too_many', retryAfterS };
		const account = this.#accounts.get(name);
		if (account === undefined || account.password !== password) return { kind: 'refused' };
		return { kind: 'signed_in', person: { kind: 'person', name, role: account.role } };
	}

	async issueToken({ name }: Pick<Person, 'name' | 'role'>): Promise<string> {
		const token = `token-${this.tokens.size}`;
		this.tokens.set(token, name);
		return token;
	}

	/** What a broker asks: only tokens are known to it. */
	async authenticate(name: string, secret: string): Promise<AuthenticateResult> {
		const role = this.#accounts.get(name)?.role;
		if (role === undefined || this.tokens.get(secret) !== name) return { kind: 'refused' };
		return { kind: 'signed_in', principal: { kind: 'person', name, role } };
	}

	async stampOf(name: string): Promise<string | undefined> {
		return this.#accounts.get(name)?.stamp.toString();
	}

	onChange(listener: (names: readonly string[]) => void): void {
		this.#listeners.push(listener);
	}

	async close(): Promise<void> {
		this.closed += 1;
		this.#listeners = [];
	}

	#tell(name: string): void {
		for (const listener of this.#listeners) listener([name]);
	}
}
