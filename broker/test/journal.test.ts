import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
	type Database,
	openDatabase,
	PilotwireError,
	type SqlStatement,
	silentLog,
	systemClock,
} from '@pilotwire/runtime';
import { VirtualClock } from '@pilotwire/runtime/testing';
import { expect } from 'chai';
import fc from 'fast-check';
import { defaultLimits } from '../src/options.ts';
import { BrokerStore } from '../src/persistence/store.ts';
import { stateMigrations } from '../src/persistence/tables.ts';

type Step = readonly [topic: string, payload: string, qos: 0 | 1 | 2, ms: number];

/** `stateOf` looks by `#`, which leaves out what begins with `$`. */
const isSeen = (topic: string): boolean => !topic.startsWith('$');

const step: fc.Arbitrary<Step> = fc.tuple(
	fc.oneof(
		fc.constantFrom('a', 'a/b', '', 'é/\0/x', '__proto__', '#'),
		fc.string({ maxLength: 6, unit: 'grapheme' }).filter(isSeen),
	),
	fc.oneof(fc.constant(''), fc.string({ maxLength: 20 })),
	fc.constantFrom(0, 1, 2),
	fc.constantFrom(0, 50, 250, 6000),
);

/** A database that holds its retained messages in a map, and fails when told to. */
class FakeDatabase implements Database {
	readonly file: Map<string, string>;
	readonly commits: number[] = [];
	failure: PilotwireError | undefined;
	closed = false;
	/** Where set, commits wait for it. */
	slow: Promise<void> | undefined;

	constructor(file = new Map<string, string>()) {
		this.file = file;
	}

	async run(): Promise<{ changes: number; lastInsertRowid: number }> {
		return { changes: 0, lastInsertRowid: 0 };
	}

	async all<Row>(sql: string): Promise<Row[]> {
		if (!sql.includes('FROM retained')) return [];
		return [...this.file].map(([topic, text]) => ({
			topic: Buffer.from(topic),
			payload: Buffer.from(text),
			qos: 1,
			more: null,
		})) as Row[];
	}

	async batch(statements: readonly SqlStatement[]): Promise<void> {
		await this.slow;
		if (this.failure !== undefined) throw this.failure;
		if (statements.length > 0) this.commits.push(statements.length);
		for (const { sql, params: [topic, payload] = [] } of statements) {
			if (sql === 'DELETE FROM retained') this.file.clear();
			else if (!sql.includes('retained')) continue;
			else if (payload === undefined) this.file.delete(String(topic));
			else this.file.set(String(topic), String(payload));
		}
	}

	async close(): Promise<void> {
		this.closed = true;
	}
}

/** Lets all that is ready happen; a commit takes several turns. */
async function settle(): Promise<void> {
	for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
const failing = (code: string, exitCode?: number): PilotwireError =>
	new PilotwireError({ code, expected: '', received: '', action: '', ...(exitCode === undefined ? {} : { exitCode }) });

function stateOf({ retained }: BrokerStore): Map<string, string> {
	const all = [...retained.matching('#'), ...retained.matching('$SYS/#')];
	return new Map(all.map(({ topic, payload }) => [topic, payload.toString()]));
}

describe('the state of the broker on disk', () => {
	let clock: VirtualClock;
	beforeEach(() => {
		clock = new VirtualClock();
	});

	function storeOf(open: () => Promise<Database>) {
		const store = new BrokerStore({ open, limits: defaultLimits, clock, log: silentLog });
		const put = (topic: string, payload: string, qos: 0 | 1 | 2): void =>
			store.retain({ topic, payload: Buffer.from(payload), qos, retain: true });
		return { store, put };
	}

	it('equals a map of the last payloads after any changes, in memory and read back from the file', async () => {
		const folder = mkdtempSync(join(tmpdir(), 'pilotwire-state-'));
		const path = join(folder, 'state.db');
		const open = () => openDatabase({ path, migrations: stateMigrations, log: silentLog, clock: systemClock });
		const model = new Map<string, string>();
		try {
			await fc.assert(
				fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
					const { store, put } = storeOf(open);
					await store.load();
					expect(stateOf(store)).to.deep.equal(model);
					for (const [topic, payload, qos, ms] of steps) {
						put(topic, payload, qos);
						if (payload === '') model.delete(topic);
						else model.set(topic, payload);
						clock.advance(ms);
						if (ms === 50) await settle();
					}
					await store.close();
					expect(stateOf(store)).to.deep.equal(model);
				}),
				{ numRuns: 4 },
			);
			const last = storeOf(open);
			await last.store.load();
			expect(stateOf(last.store)).to.deep.equal(model);
			await last.store.close();
		} finally {
			rmSync(folder, { recursive: true, force: true });
		}
	}).timeout(30_000);

	it('ends with the file equal to memory whatever fails on the way', async () => {
		const codes = ['', '', 'DATABASE_DISK_FULL', 'DATABASE_WORKER_ENDED', 'DATABASE_CORRUPT'] as const;
		await fc.assert(
			fc.asyncProperty(fc.array(fc.tuple(step, fc.constantFrom(...codes)), { maxLength: 60 }), async (steps) => {
				const file = new Map([['old', 'x']]);
				let database = new FakeDatabase(file);
				const { store, put } = storeOf(async () => {
					database = new FakeDatabase(file);
					return database;
				});
				await store.load();
				for (const [[topic, payload, qos, ms], code] of steps) {
					database.failure = code === '' ? undefined : failing(code);
					put(topic, payload, qos);
					clock.advance(ms);
					await settle();
				}
				database.failure = undefined;
				clock.advance(60_000);
				await settle();
				await store.close();
				expect(file).to.deep.equal(stateOf(store));
				expect(clock.pending).to.equal(0);
			}),
			{ numRuns: 200 },
		);
	});

	it('writes QoS 1 and 2 within 5 ms in one commit, QoS 0 after 5 s', async () => {
		const database = new FakeDatabase();
		const { store, put } = storeOf(async () => database);
		await store.load();
		for (let round = 0; round < 10; round += 1) put('fast', `${round}`, 0);
		put('one', '1', 1);
		put('two', '2', 2);
		clock.advance(4);
		await settle();
		expect(database.commits).to.deep.equal([]);
		clock.advance(1);
		await settle();
		expect(database.commits).to.deep.equal([2]);
		clock.advance(4994);
		await settle();
		expect(database.file.has('fast')).to.equal(false);
		clock.advance(1);
		await settle();
		expect(database.commits).to.deep.equal([2, 1]);
		expect(database.file.get('fast')).to.equal('9');
		await store.close();
		expect(database.closed).to.equal(true);
	});

	it('tells who waits when what they changed is on the disk, and not before', async () => {
		const database = new FakeDatabase();
		const { store, put } = storeOf(async () => database);
		await store.load();
		const told: string[] = [];
		const tell = (name: string): void => {
			void store.committed()?.then(() => told.push(name));
		};
		put('lazy', 'x', 0);
		expect(store.committed()).to.equal(undefined);
		let go = (): void => {};
		database.slow = new Promise((resolve) => {
			go = resolve;
		});
		put('a', '1', 1);
		tell('a');
		clock.advance(5);
		await settle();
		// Comes while the first commit is under way: is not part of it.
		put('b', '2', 1);
		tell('b');
		clock.advance(5);
		await settle();
		expect(told).to.deep.equal([]);
		go();
		database.slow = undefined;
		await settle();
		clock.advance(5);
		await settle();
		expect(told).to.deep.equal(['a', 'b']);
		expect(store.committed()).to.equal(undefined);
		await store.close();
	});

	it('keeps who waits waiting while the disk fails, and tells all once it works', async () => {
		const database = new FakeDatabase();
		const { store, put } = storeOf(async () => database);
		await store.load();
		const told: string[] = [];
		database.failure = failing('DATABASE_DISK_FULL');
		for (const name of ['a', 'b']) {
			put(name, 'x', 1);
			void store.committed()?.then(() => told.push(name));
			clock.advance(5);
			await settle();
		}
		expect(told).to.deep.equal([]);
		database.failure = undefined;
		clock.advance(5000);
		await settle();
		expect(told).to.deep.equal(['a', 'b']);
		expect(database.file).to.deep.equal(stateOf(store));
		await store.close();
	});

	it('says that the disk fails or hangs, how much is not saved, and reminds of it', async () => {
		const database = new FakeDatabase();
		const lines: string[] = [];
		const note = (_: object, line: string): void => void lines.push(line);
		const log = { ...silentLog, error: note, info: note } as unknown as typeof silentLog;
		const store = new BrokerStore({ open: async () => database, limits: defaultLimits, clock, log });
		await store.load();
		const disk = (): object => {
			const { isFailing, isStuck, unsaved } = store.disk;
			return { isFailing, isStuck, unsaved };
		};
		const put = (name: string): void => store.retain({ topic: name, payload: Buffer.from('x'), qos: 1, retain: true });
		let work = (): void => {};
		database.slow = new Promise((resolve) => {
			work = resolve;
		});
		put('a');
		expect(disk()).to.deep.equal({ isFailing: false, isStuck: false, unsaved: 1 });
		clock.advance(5);
		await settle();
		clock.advance(1001);
		expect(disk()).to.deep.equal({ isFailing: false, isStuck: true, unsaved: 0 });
		database.failure = failing('DATABASE_DISK_FULL');
		work();
		await settle();
		expect(disk()).to.deep.equal({ isFailing: true, isStuck: true, unsaved: 1 });
		put('b');
		await clock.advanceAsync(900_000, 5000);
		expect(disk()).to.deep.equal({ isFailing: true, isStuck: true, unsaved: 2 });
		expect(lines).to.have.length(2);
		for (const line of lines) expect(line).to.contain('QoS 1 and 2 are not acknowledged');
		database.failure = undefined;
		await clock.advanceAsync(60_000, 5000);
		expect(disk()).to.deep.equal({ isFailing: false, isStuck: false, unsaved: 0 });
		expect(lines.at(-1)).to.contain('is saved again');
		await store.close();
	});

	it('writes nothing for a topic that came and went between two commits', async () => {
		const database = new FakeDatabase();
		const { store, put } = storeOf(async () => database);
		await store.load();
		put('short', 'x', 1);
		put('short', '', 1);
		clock.advance(10_000);
		await store.close();
		expect(database.commits).to.deep.equal([]);
	});

	it('writes a large state in several transactions', async () => {
		const database = new FakeDatabase();
		const { store, put } = storeOf(async () => database);
		await store.load();
		for (let index = 0; index < 1200; index += 1) put(`t/${index}`, 'x', 1);
		await store.close();
		expect(database.commits).to.deep.equal([500, 500, 200]);
	});

	it('runs in memory where the disk fails at the start, and saves all once it works', async () => {
		let works = false;
		const database = new FakeDatabase(new Map([['forgotten', 'x']]));
		const { store, put } = storeOf(async () => {
			if (!works) throw failing('DATABASE_IO_FAILED');
			return database;
		});
		await store.load();
		put('a', '1', 1);
		works = true;
		clock.advance(5000);
		await settle();
		expect(database.file).to.deep.equal(new Map([['a', '1']]));
		await store.close();
	});

	it('puts a file aside, whole, that it could not read at the start, and writes what came since into a new one', async () => {
		const sound = new Map([['old', 'x']]);
		let file = sound;
		let broken = true;
		const store = new BrokerStore({
			open: async () => {
				const database = new FakeDatabase(file);
				if (broken) database.all = () => Promise.reject(failing('DATABASE_IO_FAILED'));
				return database;
			},
			setAside: async () => {
				file = new Map();
			},
			limits: defaultLimits,
			clock,
			log: silentLog,
		});
		await store.load();
		broken = false;
		store.retain({ topic: 'new', payload: Buffer.from('y'), qos: 1, retain: true });
		clock.advance(5000);
		await settle();
		expect(sound).to.deep.equal(new Map([['old', 'x']]));
		expect(file).to.deep.equal(new Map([['new', 'y']]));
		await store.close();
	});

	it('writes all anew where the file could be opened again but not be emptied', async () => {
		const file = new Map([['old', 'x']]);
		let full = true;
		let opened = 0;
		const { store, put } = storeOf(async () => {
			opened += 1;
			if (opened === 1) throw failing('DATABASE_IO_FAILED');
			const database = new FakeDatabase(file);
			database.failure = full ? failing('DATABASE_DISK_FULL') : undefined;
			return database;
		});
		await store.load();
		put('a', '1', 1);
		clock.advance(5000);
		await settle();
		full = false;
		clock.advance(10_000);
		await settle();
		expect(file).to.deep.equal(new Map([['a', '1']]));
		await store.close();
	});

	it('tells who waits for what came and went while the retry that succeeds was under way', async () => {
		const database = new FakeDatabase();
		const { store, put } = storeOf(async () => database);
		await store.load();
		database.failure = failing('DATABASE_DISK_FULL');
		put('a', '1', 1);
		clock.advance(5);
		await settle();
		database.failure = undefined;
		let go = (): void => {};
		database.slow = new Promise((resolve) => {
			go = resolve;
		});
		clock.advance(5000);
		await settle();
		put('b', '1', 1);
		let told = false;
		void store.committed()?.then(() => {
			told = true;
		});
		put('b', '', 1);
		go();
		await settle();
		clock.advance(5);
		await settle();
		expect(told).to.equal(true);
		await store.close();
	});

	it('does not start on what only a person can put right', async () => {
		const { store } = storeOf(async () => {
			throw failing('DATABASE_NOT_WRITABLE', 77);
		});
		const error = await store.load().then(
			() => expect.fail('it started'),
			(thrown: PilotwireError) => thrown,
		);
		expect(error.code).to.equal('DATABASE_NOT_WRITABLE');
		expect(clock.pending).to.equal(0);
	});
});
