// The contract of aedes-persistence, by its own tests, over memory alone and over a file.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Database, openDatabase, silentLog, systemClock } from '@pilotwire/runtime';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import { defaultLimits } from '../src/options.ts';
import { BrokerPersistence } from '../src/persistence/persistence.ts';
import { BrokerStore } from '../src/persistence/store.ts';
import { emptyTables, stateMigrations } from '../src/persistence/tables.ts';

type Assert = Record<'equal' | 'notEqual' | 'deepEqual' | 'ok', (...values: unknown[]) => void>;

interface Context {
	plan(count: number): void;
	diagnostic(): void;
	readonly assert: Assert;
}

type Contract = (options: {
	test: (name: string, run: (context: Context) => Promise<void>) => void;
	persistence: () => Promise<BrokerPersistence>;
	testAsync: true;
}) => void;

const require = createRequire(import.meta.url);
const contract = require('aedes-persistence/abstract.js') as Contract;
const nodeAssert = require('node:assert') as Assert;

/** What the tests use of node:test, on mocha; the planned number of assertions is checked. */
async function planned(run: (context: Context) => Promise<void>): Promise<void> {
	let plan: number | undefined;
	let made = 0;
	const counted =
		(name: keyof Assert) =>
		(...values: unknown[]): void => {
			made += 1;
			nodeAssert[name](...values);
		};
	const assert = {
		equal: counted('equal'),
		notEqual: counted('notEqual'),
		deepEqual: counted('deepEqual'),
		ok: counted('ok'),
	};
	const setPlan = (count: number): void => {
		plan = count;
	};
	await run({ plan: setPlan, diagnostic: () => undefined, assert });
	if (plan !== undefined) expect(made).to.equal(plan);
}

for (const kind of ['memory', 'a file'] as const) {
	describe(`the contract of aedes-persistence over ${kind}`, () => {
		const folder = temporaryDirectory('suite');
		let database: Database | undefined;

		/** One thread serves all tests: closing empties the file. */
		async function open(): Promise<Database> {
			const path = join(folder.path, 'broker.db');
			const options = { path, migrations: stateMigrations, log: silentLog, clock: systemClock };
			const file = database ?? (await openDatabase(options));
			database = file;
			return {
				run: (sql, params) => file.run(sql, params),
				all: (sql, params) => file.all(sql, params),
				batch: (statements) => file.batch(statements),
				close: () => file.batch(emptyTables.map((sql) => ({ sql }))),
			};
		}

		after(() => database?.close());

		contract({
			testAsync: true,
			test: (name, run) => {
				it(name, () => planned(run));
			},
			persistence: async () => {
				const onFile = kind === 'memory' ? {} : { open };
				const store = new BrokerStore({ ...onFile, limits: defaultLimits, clock: systemClock, log: silentLog });
				await store.load();
				return new BrokerPersistence(store);
			},
		});
	});
}
