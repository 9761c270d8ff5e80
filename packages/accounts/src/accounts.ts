import { dirname } from 'node:path';
import type { Clock, Logger, PilotwireError } from '@pilotwire/runtime';
import { AccountChanges } from './account-changes.ts';
import { checkHouses, checkName, checkPassword } from './account-checks.ts';
import { ApiTokens } from './api-tokens.ts';
import { accountUnknown, lastAdmin, nameTaken } from './errors.ts';
import { PasswordHasher } from './io/argon2.ts';
import { forgetFirstAccount } from './io/first-account-file.ts';
import { hashSecret, newMachineSecret } from './machine-secret.ts';
import { type AccountsOptions, openStore } from './open-store.ts';
import { isPasswordHash } from './password-hash.ts';
import type { Home, Integrator, Person, Principal, Role } from './principal.ts';
import { type AuthenticateResult, type SignInResult, SignIns } from './sign-ins.ts';
import type { AccountKeeper, ApiToken } from './store.ts';

/** An account as people see it in a list. */
export interface AccountSummary {
	readonly principal: Principal;
	/** What a device is, such as `box`. */
	readonly type: string | undefined;
	/** Wall clock, ms. */
	readonly createdMs: number;
}

/** An account as another system had it. */
export interface ImportedAccount {
	readonly principal: Principal;
	/** What its password was hashed to there, or the password itself. */
	readonly secret: { readonly bcrypt: string } | { readonly password: string };
	/** What a device is. */
	readonly type?: string;
}

/**
 * People, devices and programs with an account, over accounts.db, which several processes open, or over the Redis of a
 * cluster. What is asked rejects with `DATABASE_*` or `LOCK_HELD` where the file can't be read or written, with
 * `ACCOUNTS_AWAY` where Redis does not answer, besides what each method names.
 */
export class Accounts {
	/** The folder of accounts.db. */
	readonly dataDir: string;
	readonly #store: AccountKeeper;
	readonly #log: Logger;
	readonly #clock: Clock;
	readonly #hasher: PasswordHasher;
	readonly #changes: AccountChanges;
	readonly #signIns: SignIns;
	readonly #apiTokens: ApiTokens;

	private constructor({ path, log, clock }: AccountsOptions, { store, changes, tokenKey }: Opened) {
		this.dataDir = dirname(path);
		this.#log = log;
		this.#clock = clock;
		this.#hasher = new PasswordHasher(clock);
		this.#store = store;
		this.#changes = changes;
		this.#signIns = new SignIns({ store, changes, hasher: this.#hasher, clock, tokenKey });
		this.#apiTokens = new ApiTokens({ store, log, clock });
	}

	/** Opens or creates accounts.db. Rejects with `DATABASE_*` or `LOCK_HELD`; of a cluster with `ACCOUNTS_AWAY`. */
	static async open(options: AccountsOptions): Promise<Accounts> {
		const { log, clock } = options;
		const store = await openStore(options);
		try {
			const tokenKey = await store.tokenKey();
			return new Accounts(options, { store, tokenKey, changes: await AccountChanges.begin({ store, log, clock }) });
		} catch (error) {
			await store.close();
			throw error;
		}
	}

	/** All accounts, by name. */
	async list(): Promise<AccountSummary[]> {
		return (await this.#store.all()).map(({ principal, type, createdMs }) => ({ principal, type, createdMs }));
	}

	/** Rejects with `ACCOUNT_NAME_REFUSED`, `ACCOUNT_EXISTS` or `PASSWORD_REFUSED`. */
	async addPerson(name: string, role: Role, password: string): Promise<void> {
		checkName(name);
		checkPassword(password);
		await this.#add({ kind: 'person', name, role }, await this.#hasher.hash(password));
	}

	/** Adds an administrator where there is none; false where there is one. Rejects like `addPerson`. */
	async addFirstAdmin(name: string, password: string): Promise<boolean> {
		checkName(name);
		checkPassword(password);
		if ((await this.#store.all()).some(({ principal }) => principal.kind === 'person' && principal.role === 'admin')) {
			return false;
		}
		const hash = await this.#hasher.hash(password);
		const added = await this.#store.addFirstAdmin({ kind: 'person', name, role: 'admin' }, hash, this.#clock.wallMs());
		await this.#changes.compare(name);
		if (added) this.#added({ kind: 'person', name, role: 'admin' });
		return added;
	}

	/**
	 * Adds a device, or a service that runs on another machine; its secret is shown once and kept as a hash. `type`: what
	 * the device is. Rejects with `ACCOUNT_NAME_REFUSED` or `ACCOUNT_EXISTS`.
	 */
	async addMachine(kind: 'service' | 'device', name: string, type?: string): Promise<{ secret: string }> {
		checkName(name);
		const secret = newMachineSecret();
		await this.#add({ kind, name }, hashSecret(secret).toString('hex'), kind === 'device' ? type : undefined);
		return { secret };
	}

	/**
	 * Adds a whole house, or an integrator, of a broker that several houses share; its secret is shown once and kept as a
	 * hash. Rejects with `ACCOUNT_NAME_REFUSED`, `HOUSE_NAME_REFUSED` or `ACCOUNT_EXISTS`.
	 */
	async addHouseAccount(principal: Home | Integrator): Promise<{ secret: string }> {
		checkName(principal.name);
		checkHouses(principal.kind === 'home' ? [principal.house] : principal.houses);
		const secret = newMachineSecret();
		await this.#add(principal, hashSecret(secret).toString('hex'));
		return { secret };
	}

	/** Gives an integrator other houses and ends what it has open. Rejects with `HOUSE_NAME_REFUSED` or `ACCOUNT_UNKNOWN`. */
	async setHouses(name: string, houses: readonly string[]): Promise<void> {
		checkHouses(houses);
		if (!(await this.#store.setHouses(name, houses))) throw accountUnknown(name, 'integrator');
		await this.#changes.compare(name);
		this.#log.info(
			{ audit: 'account_houses', account: name, houses },
			`${name} is given ${houses.join(', ') || 'no house'}`,
		);
	}

	/** SHA-256 (hex) of the secret of each machine that has one, by name: a broker that takes it need not be told the secret. */
	async secretHashes(): Promise<ReadonlyMap<string, string>> {
		const machines = (await this.#store.all()).filter(
			({ principal, secret }) => principal.kind !== 'person' && !isPasswordHash(secret),
		);
		return new Map(machines.map(({ principal, secret }) => [principal.name, secret]));
	}

	/** Gives a device or service another secret and ends what it has open. Rejects with `ACCOUNT_UNKNOWN`. */
	async rotateSecret(name: string): Promise<{ secret: string }> {
		const secret = newMachineSecret();
		if (!(await this.#store.setMachineSecret(name, hashSecret(secret).toString('hex')))) {
			throw accountUnknown(name, 'machine');
		}
		await this.#changes.compare(name);
		this.#log.info({ audit: 'account_password', account: name }, `${name} has another secret`);
		return { secret };
	}

	/**
	 * Adds accounts from elsewhere with the passwords they have there. Those whose names are taken stay as they are; their
	 * names are given back. Rejects with `ACCOUNT_NAME_REFUSED`.
	 */
	async import(all: readonly ImportedAccount[]): Promise<{ added: string[]; taken: string[] }> {
		for (const { principal } of all) checkName(principal.name);
		const [added, taken]: [string[], string[]] = [[], []];
		for (const { principal, secret, type } of all) {
			const hash = 'bcrypt' in secret ? secret.bcrypt : await this.#hasher.hash(secret.password);
			if (await this.#store.add(principal, hash, this.#clock.wallMs(), type)) {
				await this.#changes.made(principal.name);
				this.#added(principal);
				added.push(principal.name);
			} else taken.push(principal.name);
		}
		return { added, taken };
	}

	/** Lets a program use the HTTP interface; its secret is shown once. Rejects with `ACCOUNT_NAME_REFUSED` or `API_TOKEN_EXISTS`. */
	addApiToken(name: string, role: Role): Promise<{ secret: string }> {
		return this.#apiTokens.add(name, role);
	}

	/** All API tokens, by name. */
	apiTokens(): Promise<(ApiToken & { readonly createdMs: number })[]> {
		return this.#store.apiTokens();
	}

	/** It opens nothing any more. Rejects with `API_TOKEN_UNKNOWN`. */
	removeApiToken(name: string): Promise<void> {
		return this.#apiTokens.remove(name);
	}

	/** The token with this secret. */
	apiTokenOf(secret: string): Promise<ApiToken | undefined> {
		return this.#apiTokens.withSecret(secret);
	}

	/** Ends the person's sessions everywhere. Rejects with `ACCOUNT_UNKNOWN` or `PASSWORD_REFUSED`. */
	async setPassword(name: string, password: string): Promise<void> {
		checkPassword(password);
		if (!(await this.#store.setSecret(name, await this.#hasher.hash(password)))) throw accountUnknown(name, 'person');
		forgetFirstAccount(this.dataDir, name);
		await this.#changes.compare(name);
		this.#log.info({ audit: 'account_password', account: name }, `${name} has another password`);
	}

	/** Ends the person's sessions everywhere. Rejects with `ACCOUNT_UNKNOWN` or `LAST_ADMIN`. */
	async setRole(name: string, role: Role): Promise<void> {
		if (!(await this.#store.setRole(name, role))) throw await this.#whyNot(name, 'person');
		await this.#changes.compare(name);
		this.#log.info({ audit: 'account_role', account: name, role }, `${name} is ${role} now`);
	}

	/** Ends its sessions everywhere. Rejects with `ACCOUNT_UNKNOWN` or `LAST_ADMIN`. */
	async remove(name: string): Promise<void> {
		if (!(await this.#store.remove(name))) throw await this.#whyNot(name, 'account');
		forgetFirstAccount(this.dataDir, name);
		await this.#changes.compare(name);
		this.#log.info({ audit: 'account_removed', account: name }, `${name} was removed`);
	}

	/**
	 * Checks a person's password. `address` is the IP address it comes from, as far as it can be trusted. A name that
	 * doesn't exist takes as long as one that does.
	 */
	signIn(name: string, password: string, address: string): Promise<SignInResult> {
		return this.#signIns.signIn(name, password, address);
	}

	/** The device or service with this name and secret. */
	async authenticateMachine(name: string, secret: string): Promise<Principal | undefined> {
		return (await this.#signIns.machineWith(name, secret))?.principal;
	}

	/**
	 * Whoever signs in at the broker: with a token, a machine's secret or a person's password. Which of them a name has
	 * is not told by the time it takes.
	 */
	authenticate(name: string, secret: string, address: string): Promise<AuthenticateResult> {
		return this.#signIns.authenticate(name, secret, address);
	}

	/**
	 * A secret for a person's connection to the bus in place of the password, good for minutes, in any process that opened
	 * the same accounts.db. Rejects with `ACCOUNT_GONE`.
	 */
	issueToken(person: Pick<Person, 'name' | 'role'>): Promise<string> {
		return this.#signIns.issueToken(person);
	}

	/** Whose token it is; undefined where it is forged, too old, or its account has changed since. */
	verifyToken(token: string): Promise<Principal | undefined> {
		return this.#signIns.verifyToken(token);
	}

	/**
	 * A mark that changes with the account's password or role, and never comes back: whoever keeps it across a restart
	 * knows afterwards whether the account is still the same. Undefined where there is no such account.
	 */
	async stampOf(name: string): Promise<string | undefined> {
		return (await this.#store.get(name))?.stamp;
	}

	/**
	 * Told the names of accounts that were removed or got another password or role, by this process or another one, within
	 * a second: what they have open must be closed.
	 */
	onChange(listener: (names: readonly string[]) => void): void {
		this.#changes.onChange(listener);
	}

	/** Told the names of new accounts, whichever process added them, within a second. */
	onAdded(listener: (names: readonly string[]) => void): void {
		this.#changes.onAdded(listener);
	}

	async close(): Promise<void> {
		this.#changes.stop();
		await this.#hasher.close();
		await this.#store.close();
	}

	async #add(principal: Principal, secret: string, type?: string): Promise<void> {
		if (!(await this.#store.add(principal, secret, this.#clock.wallMs(), type))) throw nameTaken(principal.name);
		await this.#changes.made(principal.name);
		this.#added(principal);
	}

	#added(principal: Principal): void {
		const { kind, name } = principal;
		const role = kind === 'person' ? { role: principal.role } : {};
		this.#log.info({ audit: 'account_added', account: name, kind, ...role }, `${name} was added`);
	}

	async #whyNot(name: string, kind: 'account' | 'person'): Promise<PilotwireError> {
		const account = await this.#store.get(name);
		if (account === undefined || (kind === 'person' && account.principal.kind !== 'person')) {
			return accountUnknown(name, kind);
		}
		return lastAdmin(name);
	}
}

/** What accounts.db comes to once it is open. */
interface Opened {
	readonly store: AccountKeeper;
	readonly changes: AccountChanges;
	readonly tokenKey: Uint8Array;
}
