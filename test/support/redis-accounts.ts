import { join } from 'node:path';
import { Accounts } from '@pilotwire/accounts';
import { silentLog, systemClock } from '@pilotwire/runtime';
import { need, redis } from './parts.ts';
import { type RedisProcess, startRedis } from './redis.ts';
import { temporaryDirectory } from './temporary.ts';

/** A Redis with the accounts of a cluster, new for each test. */
export interface RedisOfTest {
	readonly server: RedisProcess;
	/** Opens its accounts for the rest of the test. */
	open(): Promise<Accounts>;
	/** Opens its accounts for whoever closes them. */
	lend(): Promise<Accounts>;
}

/**
 * Gives the tests of a suite a Redis each; call it in the body of `describe`, after the hooks that close what is connected
 * to it.
 */
export function accountsInRedis(): RedisOfTest {
	const folder = temporaryDirectory();
	const opened: Accounts[] = [];
	let server: RedisProcess | undefined;
	const running = (): RedisProcess => {
		if (server === undefined) throw new Error('Redis runs only while a test or its hooks do');
		return server;
	};
	const lend = (): Promise<Accounts> =>
		Accounts.open({
			path: join(folder.path, 'accounts.db'),
			redis: { url: running().url },
			log: silentLog,
			clock: systemClock,
		});

	before(function () {
		need(this, redis);
	});
	beforeEach(async () => {
		server = await startRedis();
	});
	afterEach(async () => {
		await Promise.all(opened.splice(0).map((accounts) => accounts.close()));
		await server?.remove();
		server = undefined;
	});

	return {
		get server() {
			return running();
		},
		lend,
		async open() {
			const accounts = await lend();
			opened.push(accounts);
			return accounts;
		},
	};
}
