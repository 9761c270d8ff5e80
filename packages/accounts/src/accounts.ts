import { dirname } from 'node:path';
import { type Clock, type Logger, messageOf, openDatabase, type PilotwireError, type Timer } from '@pilotwire/runtime';
import {
	accountUnknown,
	HashQueueFull,
	lastAdmin,
	longestPassword,
	nameRefused,
	nameTaken,
	noTokenFor,
	passwordRefused,
	shortestPassword,
} from './errors.ts';
import { decoyHash, PasswordHasher } from './io/argon2.ts';
import { forgetFirstAccount } from './io/first-account-file.ts';
import { hashSecret, isSecretOf, newMachineSecret } from './machine-secret.ts';
import { isAccountName, type Person, type Principal, type Role } from './principal.ts';
import { serviceNames } from './rules.ts';
import { SignInThrottle } from './sign-in-throttle.ts';
import { AccountStore, migrations, type StoredAccount } from './store.ts';
import { isToken, readToken, signToken } from './tokens.ts';

/** Between two looks at whether another process has changed accounts.db. Milliseconds. */
const pollMs = 500;
/** Wait given to those for whom there is no room in the queue of passwords to check. Milliseconds. */
const busyWaitMs = 5000;

/** How accounts.db is opened. */
export interface AccountsOptions {
	/** The file, `<dataDir>/accounts.db`. */
	readonly path: string;
	readonly log: Logger;
	readonly clock: Clock;
	/** Told when the database's thread ended by itself; everything asked since fails. */
	readonly onCrash?: (error: PilotwireError) => void;
}

/** An account as people see it in a list. */
export interface AccountSummary {
	readonly principal: Principal;
	/** Wall clock, ms. */
	readonly createdMs: number;
}

/** A sign-in that failed. */
type NotSignedIn =
	/** The name or the secret is wrong; it isn't said which. */
	| { readonly kind: 'refused' }
	/** It was not looked at: too many wrong ones came from there, or too many at once. Seconds until it may be tried again. */
	| { readonly kind: 'too_many'; readonly retryAfterS: number };

/** How a person's sign-in ended. */
export type SignInResult = { readonly kind: 'signed_in'; readonly person: Person } | NotSignedIn;

/** How anybody's sign-in at the broker ended. */
export type AuthenticateResult = { readonly kind: 'signed_in'; readonly principal: Principal } | NotSignedIn;

const refused: NotSignedIn = { kind: 'refused' };

/**
 * People, devices and programs with an account, over accounts.db, which several processes open. What is asked rejects
 * with `DATABASE_*` or `LOCK_HELD` where the file can't be read or written, besides what each method names.
 */
export class Accounts {
	/** The folder of accounts.db. */
	readonly dataDir: string;
	readonly #store: AccountStore;
	readonly #tokenKey: Uint8Array;
	readonly #log: Logger;
	readonly #clock: Clock;
	readonly #hasher: PasswordHasher;
	readonly #decoy = decoyHash();
	readonly #throttle = new SignInThrottle();
	readonly #listeners: ((names: readonly string[]) => void)[] = [];
	/** The accounts as this process last saw them: who has something open here is among them. */
	#stamps: Map<string, string>;
	#version: number;
	#polling = false;
	#troubled = false;
	readonly #poll: Timer;

	private constructor(options: AccountsOptions, store: AccountStore, start: Snapshot) {
		this.dataDir = dirname(options.path);
		this.#log = options.log;
		this.#clock = options.clock;
		this.#hasher = new PasswordHasher(options.clock);
		this.#store = store;
		this.#tokenKey = start.tokenKey;
		this.#stamps = start.stamps;
		this.#version = start.version;
		this.#poll = this.#clock.every(pollMs, () => void this.#look());
	}

	/** Opens or creates accounts.db. Rejects with `DATABASE_*` or `LOCK_HELD`. */
	static async open(options: AccountsOptions): Promise<Accounts> {
		const { path, log, clock, onCrash } = options;
		const database = await openDatabase({
			path,
			migrations,
			// Small, and seldom written, like the broker's own file.
			thread: 'state',
			shared: true,
			synchronous: 'full',
			integrityCheck: true,
			log,
			clock,
			...(onCrash === undefined ? {} : { onCrash }),
		});
		const store = new AccountStore(database);
		try {
			const version = await store.version();
			return new Accounts(options, store, {
				version,
				stamps: stampsOf(await store.all()),
				tokenKey: await store.tokenKey(),
			});
		} catch (error) {
			await store.close();
			throw error;
		}
	}

	/** All accounts, by name. */
	async list(): Promise<AccountSummary[]> {
		return (await this.#store.all()).map(({ principal, createdMs }) => ({ principal, createdMs }));
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
		await this.#compare(name);
		if (added) this.#added({ kind: 'person', name, role: 'admin' });
		return added;
	}

	/**
	 * Adds a device, or a service that runs on another machine; its secret is shown once and kept as a hash. Rejects with
	 * `ACCOUNT_NAME_REFUSED` or `ACCOUNT_EXISTS`.
	 */
	async addMachine(kind: 'service' | 'device', name: string): Promise<{ secret: string }> {
		checkName(name);
		const secret = newMachineSecret();
		await this.#add({ kind, name }, hashSecret(secret).toString('hex'));
		return { secret };
	}

	/** Ends the person's sessions everywhere. Rejects with `ACCOUNT_UNKNOWN` or `PASSWORD_REFUSED`. */
	async setPassword(name: string, password: string): Promise<void> {
		checkPassword(password);
		if (!(await this.#store.setSecret(name, await this.#hasher.hash(password)))) throw accountUnknown(name, 'person');
		forgetFirstAccount(this.dataDir, name);
		await this.#compare(name);
		this.#log.info({ audit: 'account_password', account: name }, `${name} has another password`);
	}

	/** Ends the person's sessions everywhere. Rejects with `ACCOUNT_UNKNOWN` or `LAST_ADMIN`. */
	async setRole(name: string, role: Role): Promise<void> {
		if (!(await this.#store.setRole(name, role))) throw await this.#whyNot(name, 'person');
		await this.#compare(name);
		this.#log.info({ audit: 'account_role', account: name, role }, `${name} is ${role} now`);
	}

	/** Ends its sessions everywhere. Rejects with `ACCOUNT_UNKNOWN` or `LAST_ADMIN`. */
	async remove(name: string): Promise<void> {
		if (!(await this.#store.remove(name))) throw await this.#whyNot(name, 'account');
		forgetFirstAccount(this.dataDir, name);
		await this.#compare(name);
		this.#log.info({ audit: 'account_removed', account: name }, `${name} was removed`);
	}

	/**
	 * Checks a person's password. `address` is the IP address it comes from, as far as it can be trusted. A name that
	 * doesn't exist takes as long as one that does.
	 */
	async signIn(name: string, password: string, address: string): Promise<SignInResult> {
		const known = isAccountName(name) ? name : '';
		const waitMs = this.#throttle.begin(known, address, this.#clock.monotonicMs());
		if (waitMs > 0) return tooMany(waitMs);
		let right: boolean | undefined;
		try {
			const person = await this.#personWith(known, password, address);
			right = person !== undefined;
			return person === undefined ? refused : { kind: 'signed_in', person };
		} catch (error) {
			if (!(error instanceof HashQueueFull)) throw error;
			return tooMany(busyWaitMs);
		} finally {
			this.#throttle.end(known, address, right, this.#clock.monotonicMs());
		}
	}

	/** The device or service with this name and secret. */
	async authenticateMachine(name: string, secret: string): Promise<Principal | undefined> {
		const account = await this.#store.get(name);
		const machine = account === undefined || account.principal.kind === 'person' ? undefined : account;
		const hash = machine === undefined ? undefined : Buffer.from(machine.secret, 'hex');
		return isSecretOf(hash, secret) ? this.#seen(machine) : undefined;
	}

	/**
	 * Whoever signs in at the broker: with a token, a machine's secret or a person's password. Which of them a name has
	 * is not told by the time it takes.
	 */
	async authenticate(name: string, secret: string, address: string): Promise<AuthenticateResult> {
		if (isToken(secret)) {
			const principal = await this.verifyToken(secret);
			return principal?.name === name ? { kind: 'signed_in', principal } : refused;
		}
		const machine = await this.authenticateMachine(name, secret);
		if (machine !== undefined) return { kind: 'signed_in', principal: machine };
		const result = await this.signIn(name, secret, address);
		return result.kind === 'signed_in' ? { kind: result.kind, principal: result.person } : result;
	}

	/**
	 * A secret for a person's connection to the bus in place of the password, good for minutes, in any process that opened
	 * the same accounts.db. Rejects with `ACCOUNT_GONE`.
	 */
	async issueToken({ name, role }: Pick<Person, 'name' | 'role'>): Promise<string> {
		const account = await this.#store.get(name);
		if (account?.principal.kind !== 'person' || account.principal.role !== role) throw noTokenFor(name);
		return signToken({ name, stamp: account.stamp, issuedMs: this.#clock.wallMs() }, this.#tokenKey);
	}

	/** Whose token it is; undefined where it is forged, too old, or its account has changed since. */
	async verifyToken(token: string): Promise<Principal | undefined> {
		const claims = readToken(token, this.#tokenKey, this.#clock.wallMs());
		if (claims === undefined) return undefined;
		const account = await this.#store.get(claims.name);
		return account?.stamp === claims.stamp ? this.#seen(account) : undefined;
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
		this.#listeners.push(listener);
	}

	async close(): Promise<void> {
		this.#poll.cancel();
		await this.#hasher.close();
		await this.#store.close();
	}

	async #add(principal: Principal, secret: string): Promise<void> {
		if (!(await this.#store.add(principal, secret, this.#clock.wallMs()))) throw nameTaken(principal.name);
		await this.#compare(principal.name);
		this.#added(principal);
	}

	#added(principal: Principal): void {
		const { kind, name } = principal;
		const role = kind === 'person' ? { role: principal.role } : {};
		this.#log.info({ audit: 'account_added', account: name, kind, ...role }, `${name} was added`);
	}

	async #personWith(name: string, password: string, address: string): Promise<Person | undefined> {
		const before = await this.#store.get(name);
		const hash = before?.principal.kind === 'person' ? before.secret : this.#decoy;
		const right = await this.#hasher.verify(hash, password.slice(0, longestPassword + 1), address);
		// Checking takes time: the account may have been removed or changed meanwhile.
		const after = await this.#store.get(name);
		if (!right || after === undefined || after.stamp !== before?.stamp) return undefined;
		const principal = await this.#seen(after);
		return principal?.kind === 'person' ? principal : undefined;
	}

	/**
	 * Remembers who has something open here from now on. An account made and removed between two looks is missed
	 * otherwise; and where it is another one than at the last look, what was open before is closed first.
	 */
	async #seen(account: StoredAccount | undefined): Promise<Principal | undefined> {
		if (account === undefined) return undefined;
		const { principal, stamp } = account;
		if ((this.#stamps.get(principal.name) ?? stamp) !== stamp) await this.#compare();
		else this.#stamps.set(principal.name, stamp);
		return principal;
	}

	async #whyNot(name: string, kind: 'account' | 'person'): Promise<PilotwireError> {
		const account = await this.#store.get(name);
		if (account === undefined || (kind === 'person' && account.principal.kind !== 'person')) {
			return accountUnknown(name, kind);
		}
		return lastAdmin(name);
	}

	async #look(): Promise<void> {
		if (this.#polling) return;
		this.#polling = true;
		try {
			const version = await this.#store.version();
			if (version !== this.#version) {
				await this.#compare();
				this.#version = version;
			}
			this.#troubled = false;
		} catch (error) {
			if (!this.#troubled) this.#log.error({ err: error }, `Accounts can't be read: ${messageOf(error)}`);
			this.#troubled = true;
		} finally {
			this.#polling = false;
		}
	}

	/** Tells who is no longer as it was; `own`: whose change is on record already. New accounts have nothing open. */
	async #compare(own?: string): Promise<void> {
		const stamps = stampsOf(await this.#store.all());
		const before = this.#stamps;
		const changed = [...before].filter(([name, stamp]) => stamps.get(name) !== stamp).map(([name]) => name);
		this.#stamps = stamps;
		const added = [...stamps.keys()].filter((name) => !before.has(name));
		for (const name of [...changed, ...added].filter((name) => name !== own)) {
			const what = !stamps.has(name) ? 'removed' : before.has(name) ? 'changed' : 'added';
			this.#log.info({ audit: `account_${what}`, account: name }, `${name} was ${what} by another process`);
		}
		if (changed.length > 0) for (const tell of this.#listeners) tell(changed);
	}
}

interface Snapshot {
	readonly version: number;
	readonly stamps: Map<string, string>;
	readonly tokenKey: Uint8Array;
}

function stampsOf(accounts: readonly StoredAccount[]): Map<string, string> {
	return new Map(accounts.map(({ principal, stamp }) => [principal.name, stamp]));
}

function tooMany(waitMs: number): NotSignedIn {
	return { kind: 'too_many', retryAfterS: Math.ceil(waitMs / 1000) };
}

/** The house's own services have their accounts without this database; nothing here may pass for one of them. */
function checkName(name: string): void {
	if (!isAccountName(name) || serviceNames.includes(name)) throw nameRefused(name);
}

function checkPassword(password: string): void {
	const { length } = password;
	if (length < shortestPassword || length > longestPassword) throw passwordRefused(length);
}
