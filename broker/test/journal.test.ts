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
import { RetainedJournal, stateMigrations } from '../src/persistence/journal.ts';
import { RetainedMessages } from '../src/persistence/retained.ts';

type Step = readonly [topic: string, payload: string, qos: 0 | 1 | 2, ms: number];

const step: fc.Arbitrary<Step> = fc.tuple(
	fc.oneof(fc.constantFrom('a', 'a/b', '', 'é/\0/x', '__proto__', '#'), fc.string({ maxLength: 6, unit: 'grapheme' })),
	fc.oneof(fc.constant(''), fc.string({ maxLength: 20 })),
	fc.constantFrom(0, 1, 2),
	fc.constantFrom(0, 50, 250, 6000),
);

/** A database that holds its statements in a list, and fails when told to. */
class FakeDatabase implements Database {
	readonly file: Map<string, string>;
	readonly commits: number[] = [];
	failure: PilotwireError | undefined;
	closed = false;

	constructor(file = new Map<string, string>()) {
		this.file = file;
	}

	async run(): Promise<{ changes: number; lastInsertRowid: number }> {
		this.file.clear();
		return { changes: 0, lastInsertRowid: 0 };
	}

	async all<Row>(): Promise<Row[]> {
		return [...this.file].map(([topic, text]) => ({
			topic: Buffer.from(topic),
			payload: Buffer.from(text),
			qos: 1,
		})) as Row[];
	}

	async batch(statements: readonly SqlStatement[]): Promise<void> {
		if (this.failure !== undefined) throw this.failure;
		this.commits.push(statements.length);
		for (const { params: [topic, payload] = [] } of statements) {
			if (payload === undefined) this.file.delete(String(topic));
			else this.file.set(String(topic), String(payload));
		}
	}

	async close(): Promise<void> {
		this.closed = true;
	}
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const failing = (code: string, exitCode?: number): PilotwireError =>
	new PilotwireError({ code, expected: '', received: '', action: '', ...(exitCode === undefined ? {} : { exitCode }) });

function stateOf(retained: RetainedMessages): Map<string, string> {
	return new Map([...retained.all()].map(({ topic, payload }) => [topic, payload.toString()]));
}

describe('retained state on disk', () => {
	let clock: VirtualClock;
	beforeEach(() => {
		clock = new VirtualClock();
	});

	function journalOf(open: () => Promise<Database>) {
		const retained = new RetainedMessages(defaultLimits);
		const journal = new RetainedJournal(retained, open, clock, silentLog);
		const put = (topic: string, payload: string, qos: 0 | 1 | 2): void => {
			if (retained.keep(topic, Buffer.from(payload), qos) !== 'unchanged') journal.note(topic, qos);
		};
		return { retained, journal, put };
	}

	it('equals a map of the last payloads after any changes, in memory and read back from the file', async () => {
		const folder = mkdtempSync(join(tmpdir(), 'pilotwire-journal-'));
		const path = join(folder, 'state.db');
		const open = () => openDatabase({ path, migrations: stateMigrations, log: silentLog, clock: systemClock });
		const model = new Map<string, string>();
		try {
			await fc.assert(
				fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
					const { retained, journal, put } = journalOf(open);
					await journal.load();
					expect(stateOf(retained)).to.deep.equal(model);
					for (const [topic, payload, qos, ms] of steps) {
						put(topic, payload, qos);
						if (payload === '') model.delete(topic);
						else model.set(topic, payload);
						clock.advance(ms);
						if (ms === 50) await settle();
					}
					await journal.close();
					expect(stateOf(retained)).to.deep.equal(model);
				}),
				{ numRuns: 12 },
			);
			const last = journalOf(open);
			await last.journal.load();
			expect(stateOf(last.retained)).to.deep.equal(model);
			await last.journal.close();
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
				const { retained, journal, put } = journalOf(async () => {
					database = new FakeDatabase(file);
					return database;
				});
				await journal.load();
				for (const [[topic, payload, qos, ms], code] of steps) {
					database.failure = code === '' ? undefined : failing(code);
					put(topic, payload, qos);
					clock.advance(ms);
					await settle();
				}
				database.failure = undefined;
				clock.advance(60_000);
				await settle();
				await journal.close();
				expect(file).to.deep.equal(stateOf(retained));
				expect(clock.pending).to.equal(0);
			}),
			{ numRuns: 200 },
		);
	});

	it('writes QoS 1 and 2 within 200 ms in one commit, QoS 0 after 5 s', async () => {
		const database = new FakeDatabase();
		const { journal, put } = journalOf(async () => database);
		await journal.load();
		for (let round = 0; round < 10; round += 1) put('fast', `${round}`, 0);
		put('one', '1', 1);
		put('two', '2', 2);
		clock.advance(199);
		await settle();
		expect(database.commits).to.deep.equal([]);
		clock.advance(1);
		await settle();
		expect(database.commits).to.deep.equal([2]);
		clock.advance(4799);
		await settle();
		expect(database.file.has('fast')).to.equal(false);
		clock.advance(1);
		await settle();
		expect(database.commits).to.deep.equal([2, 1]);
		expect(database.file.get('fast')).to.equal('9');
		await journal.close();
		expect(database.closed).to.equal(true);
	});

	it('writes nothing for a topic that came and went between two commits', async () => {
		const database = new FakeDatabase();
		const { journal, put } = journalOf(async () => database);
		await journal.load();
		put('short', 'x', 1);
		put('short', '', 1);
		clock.advance(10_000);
		await journal.close();
		expect(database.commits).to.deep.equal([]);
	});

	it('writes a large state in several transactions', async () => {
		const database = new FakeDatabase();
		const { journal, put } = journalOf(async () => database);
		await journal.load();
		for (let index = 0; index < 1200; index += 1) put(`t/${index}`, 'x', 1);
		await journal.close();
		expect(database.commits).to.deep.equal([500, 500, 200]);
	});

	it('runs in memory where the disk fails at the start, and saves all once it works', async () => {
		let works = false;
		const database = new FakeDatabase(new Map([['forgotten', 'x']]));
		const { journal, put } = journalOf(async () => {
			if (!works) throw failing('DATABASE_IO_FAILED');
			return database;
		});
		await journal.load();
		put('a', '1', 1);
		works = true;
		clock.advance(5000);
		await settle();
		expect(database.file).to.deep.equal(new Map([['a', '1']]));
		await journal.close();
	});

	it('does not start on what only a person can put right', async () => {
		const { journal } = journalOf(async () => {
			throw failing('DATABASE_NOT_WRITABLE', 77);
		});
		const error = await journal.load().then(
			() => expect.fail('it started'),
			(thrown: PilotwireError) => thrown,
		);
		expect(error.code).to.equal('DATABASE_NOT_WRITABLE');
		expect(clock.pending).to.equal(0);
	});
});
