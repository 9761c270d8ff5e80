import { join } from 'node:path';
import type { Accounts, AccountsOptions } from '@pilotwire/accounts';
import { configuredCluster } from '@pilotwire/broker/config';
import { type Clock, type Logger, type PilotwireError, silentLog, systemClock } from '@pilotwire/runtime';
import type { House } from './config.ts';

/** What administrators change from a page. */
type Changing = 'list' | 'addPerson' | 'addMachine' | 'rotateSecret' | 'setPassword' | 'setRole' | 'remove';

/** What services ask of the accounts that they share. */
type LentAccounts = Pick<
	Accounts,
	'signIn' | 'authenticate' | 'issueToken' | 'apiTokenOf' | 'stampOf' | 'onChange' | 'onAdded' | 'close' | Changing
>;

interface Loan {
	readonly fail: (error: PilotwireError) => void;
	readonly listeners: ((names: readonly string[]) => void)[];
	readonly addedListeners: ((names: readonly string[]) => void)[];
}

/** One opening of the file, and the services that have it. */
interface Opening {
	readonly accounts: Promise<Accounts>;
	readonly loans: Set<Loan>;
}

/**
 * The house's accounts, open once for all the services of a process: each opening is a connection of its own and a
 * look at the file twice a second.
 */
export class HouseAccounts {
	readonly #where: Pick<AccountsOptions, 'path' | 'redis'>;
	readonly #log: Logger;
	readonly #clock: Clock;
	#opening: Opening | undefined;

	/** `log` and `clock` outlive each of the services. */
	constructor(house: Pick<House, 'dataDir' | 'broker'>, log: Logger, clock: Clock) {
		this.#where = whereAccountsAre(house);
		this.#log = log;
		this.#clock = clock;
	}

	/** The accounts until they are closed; `fail` is told where the file fails meanwhile. Rejects like `Accounts.open`. */
	async lend(fail: (error: PilotwireError) => void): Promise<LentAccounts> {
		const opening = this.#opening ?? this.#open();
		const loan: Loan = { fail, listeners: [], addedListeners: [] };
		opening.loans.add(loan);
		try {
			return lent(await opening.accounts, loan, () => this.#return(opening, loan));
		} catch (error) {
			this.#forget(opening);
			throw error;
		}
	}

	#open(): Opening {
		const loans = new Set<Loan>();
		const onCrash = (error: PilotwireError): void => {
			this.#forget(opening);
			for (const { fail } of loans) fail(error);
		};
		const options = { ...this.#where, log: this.#log, clock: this.#clock, onCrash };
		// Most processes open none.
		const accounts = import('@pilotwire/accounts').then(async (loaded) => {
			const open = await loaded.Accounts.open(options);
			open.onChange((names) => {
				for (const { listeners } of loans) for (const tell of listeners) tell(names);
			});
			open.onAdded((names) => {
				for (const { addedListeners } of loans) for (const tell of addedListeners) tell(names);
			});
			return open;
		});
		const opening: Opening = { accounts, loans };
		this.#opening = opening;
		return opening;
	}

	/** The last who has it closes the file. */
	async #return(opening: Opening, loan: Loan): Promise<void> {
		if (!opening.loans.delete(loan) || opening.loans.size > 0) return;
		this.#forget(opening);
		await (await opening.accounts).close();
	}

	/** Whoever comes next opens the file anew. */
	#forget(opening: Opening): void {
		if (this.#opening === opening) this.#opening = undefined;
	}
}

function lent(accounts: Accounts, loan: Loan, close: () => Promise<void>): LentAccounts {
	return {
		signIn: (name, password, address) => accounts.signIn(name, password, address),
		authenticate: (name, secret, address) => accounts.authenticate(name, secret, address),
		issueToken: (person) => accounts.issueToken(person),
		apiTokenOf: (secret) => accounts.apiTokenOf(secret),
		stampOf: (name) => accounts.stampOf(name),
		list: () => accounts.list(),
		addPerson: (name, role, password) => accounts.addPerson(name, role, password),
		addMachine: (kind, name, type) => accounts.addMachine(kind, name, type),
		rotateSecret: (name) => accounts.rotateSecret(name),
		setPassword: (name, password) => accounts.setPassword(name, password),
		setRole: (name, role) => accounts.setRole(name, role),
		remove: (name) => accounts.remove(name),
		onChange: (listener) => loan.listeners.push(listener),
		onAdded: (listener) => loan.addedListeners.push(listener),
		close,
	};
}

/** Where the accounts of a house are: in its file, or where the brokers of a cluster have theirs. Throws `SECRET_UNREADABLE`. */
export function whereAccountsAre(house: Pick<House, 'dataDir' | 'broker'>): Pick<AccountsOptions, 'path' | 'redis'> {
	return { path: join(house.dataDir, 'accounts.db'), redis: configuredCluster(house.broker) };
}

/**
 * Makes the first administrator of a house that has none, before anything starts; a hub has nobody, and a cluster whom
 * `pilotwire account add` gives it.
 */
export async function prepareAccounts({ dataDir, broker }: Pick<House, 'dataDir' | 'broker'>): Promise<void> {
	if (broker.hub || broker.cluster !== undefined) return;
	const { Accounts, ensureFirstAdmin } = await import('@pilotwire/accounts');
	const accounts = await Accounts.open({ path: join(dataDir, 'accounts.db'), log: silentLog, clock: systemClock });
	try {
		await ensureFirstAdmin(accounts);
	} finally {
		await accounts.close();
	}
}
