import type { AccountSummary, ApiToken, AuthenticateResult, Person, Role, SignInResult } from '@pilotwire/accounts';
import { PilotwireError } from '@pilotwire/runtime';
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
	/** Devices and services, by name. */
	readonly machines = new Map<string, 'device' | 'service'>();
	/** API tokens: the role of each, by its secret. */
	readonly apiTokens = new Map<string, Role>();
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

	async remove(name: string): Promise<void> {
		if (!this.#accounts.has(name) && !this.machines.delete(name)) throw refusedWith('ACCOUNT_UNKNOWN');
		const { role } = this.#accounts.get(name) ?? {};
		if (role === 'admin' && this.#admins() === 1) throw refusedWith('LAST_ADMIN');
		this.#accounts.delete(name);
		this.#tell(name);
	}

	async list(): Promise<AccountSummary[]> {
		const people = [...this.#accounts].map(([name, { role }]) => ({ kind: 'person' as const, name, role }));
		return [...people, ...[...this.machines].map(([name, kind]) => ({ kind, name }))].map((principal) => ({
			principal,
			type: undefined,
			createdMs: 0,
		}));
	}

	async addPerson(name: string, role: Role, password: string): Promise<void> {
		if (!/^[a-z-]+$/.test(name)) throw refusedWith('ACCOUNT_NAME_REFUSED');
		if (this.#accounts.has(name) || this.machines.has(name)) throw refusedWith('ACCOUNT_EXISTS');
		if (password.length < 8) throw refusedWith('PASSWORD_REFUSED');
		this.#accounts.set(name, { password, role, stamp: 1 });
	}

	async addMachine(kind: 'device' | 'service', name: string): Promise<{ secret: string }> {
		if (this.#accounts.has(name) || this.machines.has(name)) throw refusedWith('ACCOUNT_EXISTS');
		this.machines.set(name, kind);
		return { secret: `secret of ${name}` };
	}

	async rotateSecret(name: string): Promise<{ secret: string }> {
		if (!this.machines.has(name)) throw refusedWith('ACCOUNT_UNKNOWN');
		return { secret: `another secret of ${name}` };
	}

	async apiTokenOf(secret: string): Promise<ApiToken | undefined> {
		const role = this.apiTokens.get(secret);
		return role === undefined ? undefined : { name: 'controller', role };
	}

	async setPassword(name: string, password: string): Promise<void> {
		const account = this.#accounts.get(name);
		if (password.length < 8) throw refusedWith('PASSWORD_REFUSED');
		if (account === undefined) throw refusedWith('ACCOUNT_UNKNOWN');
		this.#accounts.set(name, { ...account, password, stamp: account.stamp + 1 });
		this.#tell(name);
	}

	async setRole(name: string, role: Role): Promise<void> {
		const account = this.#accounts.get(name);
		if (account === undefined) throw refusedWith('ACCOUNT_UNKNOWN');
		if (account.role === 'admin' && role !== 'admin' && this.#admins() === 1) throw refusedWith('LAST_ADMIN');
		this.#accounts.set(name, { ...account, role, stamp: account.stamp + 1 });
		this.#tell(name);
	}

	#admins(): number {
		return [...this.#accounts.values()].filter(({ role }) => role === 'admin').length;
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
		const account = this.#accounts.get(name);
		if (account === undefined || this.tokens.get(secret) !== name) return { kind: 'refused' };
		const { role, stamp } = account;
		return { kind: 'signed_in', principal: { kind: 'person', name, role }, stamp: stamp.toString() };
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

/** What the accounts throw, as far as the service reads it. */
function refusedWith(code: string): PilotwireError {
	return new PilotwireError({ code, expected: 'something else', received: 'this', action: 'Try another.' });
}
