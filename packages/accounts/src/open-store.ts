import { type Clock, type Logger, openDatabase, type PilotwireError } from '@pilotwire/runtime';
import type { RedisAddress } from './io/redis-store.ts';
import { type AccountKeeper, AccountStore, migrations } from './store.ts';

/** How accounts.db is opened. */
export interface AccountsOptions {
	/** The file, `<dataDir>/accounts.db`. */
	readonly path: string;
	/** The Redis of a cluster of brokers: the accounts are there, and not in the file. */
	readonly redis?: RedisAddress | undefined;
	readonly log: Logger;
	readonly clock: Clock;
	/** Told when the database's thread ended by itself; everything asked since fails. */
	readonly onCrash?: (error: PilotwireError) => void;
}

/** Opens what accounts are kept in. Rejects with `DATABASE_*` or `LOCK_HELD`; of a cluster with `ACCOUNTS_AWAY`. */
export async function openStore({ path, redis, log, clock, onCrash }: AccountsOptions): Promise<AccountKeeper> {
	if (redis !== undefined) {
		const { RedisAccounts } = await import('./io/redis-store.ts');
		return RedisAccounts.open(redis);
	}
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
	return new AccountStore(database);
}
