import { type Clock, type Logger, messageOf, type Timer } from '@pilotwire/runtime';
import type { Principal } from './principal.ts';
import type { AccountKeeper, StoredAccount } from './store.ts';

/** Between two looks at whether another process has changed accounts.db. Milliseconds. */
const pollMs = 500;

/** Told the names of accounts. */
type NamesListener = (names: readonly string[]) => void;

/** What the changes of accounts are seen with. */
interface Surroundings {
	readonly store: AccountKeeper;
	readonly log: Logger;
	readonly clock: Clock;
}

/** The accounts as they were at one moment. */
interface Snapshot {
	readonly version: number;
	/** By name, see `StoredAccount`. */
	readonly stamps: Map<string, string>;
}

/** Tells whose account is no longer as it was, whichever process changed it. */
export class AccountChanges {
	readonly #store: AccountKeeper;
	readonly #log: Logger;
	readonly #listeners: NamesListener[] = [];
	readonly #addedListeners: NamesListener[] = [];
	/** The accounts as this process last saw them: who has something open here is among them. */
	#stamps: Map<string, string>;
	#version: number;
	#polling = false;
	#troubled = false;
	readonly #poll: Timer;

	private constructor({ store, log, clock }: Surroundings, { version, stamps }: Snapshot) {
		this.#store = store;
		this.#log = log;
		this.#stamps = stamps;
		this.#version = version;
		this.#poll = clock.every(pollMs, () => void this.#look());
	}

	/** Looks from now on. Rejects with `DATABASE_*`. */
	static async begin(around: Surroundings): Promise<AccountChanges> {
		const version = await around.store.version();
		return new AccountChanges(around, { version, stamps: stampsOf(await around.store.all()) });
	}

	/** Told the names of accounts that were removed or got another password or role, within a second. */
	onChange(listener: NamesListener): void {
		this.#listeners.push(listener);
	}

	/** Told the names of accounts that are new, within a second. */
	onAdded(listener: NamesListener): void {
		this.#addedListeners.push(listener);
	}

	stop(): void {
		this.#poll.cancel();
	}

	/**
	 * Remembers who has something open here from now on; undefined where there is no such account. One made and removed
	 * between two looks is missed otherwise; and where it is another one than at the last look, what was open before is
	 * closed first.
	 */
	async seen(account: StoredAccount | undefined): Promise<Principal | undefined> {
		if (account === undefined) return undefined;
		const { principal, stamp } = account;
		if ((this.#stamps.get(principal.name) ?? stamp) !== stamp) await this.compare();
		else this.#stamps.set(principal.name, stamp);
		return principal;
	}

	/** Remembers an account that was made here: it has nothing open, and all others are as they were at the last look. */
	async made(name: string): Promise<void> {
		const account = await this.#store.get(name);
		if (account !== undefined) this.#stamps.set(name, account.stamp);
		for (const tell of this.#addedListeners) tell([name]);
	}

	/** Tells who is no longer as it was; `own`: whose change is on record already. New accounts have nothing open. */
	async compare(own?: string): Promise<void> {
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
		if (added.length > 0) for (const tell of this.#addedListeners) tell(added);
	}

	async #look(): Promise<void> {
		if (this.#polling) return;
		this.#polling = true;
		try {
			const version = await this.#store.version();
			if (version !== this.#version) {
				await this.compare();
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
}

function stampsOf(accounts: readonly StoredAccount[]): Map<string, string> {
	return new Map(accounts.map(({ principal, stamp }) => [principal.name, stamp]));
}
