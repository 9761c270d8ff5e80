import {
	chmodSync,
	existsSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect } from 'chai';
import fc from 'fast-check';
import { systemClock } from '../../src/clock.ts';
import type { PilotwireError } from '../../src/errors.ts';
import { type Database, type DatabaseOptions, openDatabase } from '../../src/io/sqlite/database.ts';
import { DatabaseThread } from '../../src/io/sqlite/thread.ts';
import { type Logger, silentLog } from '../../src/log.ts';

const migrations = ['CREATE TABLE things (name TEXT PRIMARY KEY, amount INTEGER, body BLOB) STRICT'];
const insert = 'INSERT INTO things (name, amount, body) VALUES (?, ?, ?)';

describe('SQLite driver', () => {
	let folder: string;
	let path: string;
	const open: Database[] = [];

	const opened = async (options: Partial<DatabaseOptions> = {}): Promise<Database> => {
		const database = await openDatabase({
			path,
			migrations,
			log: silentLog,
			clock: systemClock,
			busyTimeoutMs: 50,
			...options,
		});
		open.push(database);
		return database;
	};

	const request = (of: string) => ({
		...({
			path: of,
			migrations,
			synchronous: 'normal',
			integrityCheck: false,
			shared: false,
			busyTimeoutMs: 50,
		} as const),
	});

	const failure = async (promise: Promise<unknown>): Promise<PilotwireError> =>
		promise.then(
			() => expect.fail('it did not fail'),
			(error: PilotwireError) => error,
		);

	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), 'pilotwire-sqlite-'));
		path = join(folder, 'data', 'test.db');
	});

	afterEach(async () => {
		await Promise.allSettled(open.splice(0).map((database) => database.close()));
		rmSync(folder, { recursive: true, force: true });
	});

	it('gives back what was written, of each type, after a reopening too', async () => {
		const first = await opened();
		const body = Buffer.from('a long buffer, of which a part').subarray(2, 6);
		expect(await first.run(insert, ['one', 42, body])).to.deep.equal({ changes: 1, lastInsertRowid: 1 });
		await first.run(insert, ['two', null, new Uint8Array(0)]);
		expect(await first.all('SELECT typeof(?) AS whole, typeof(?) AS part', [42, 0.5])).to.deep.equal([
			{ whole: 'integer', part: 'real' },
		]);
		await first.close();
		const second = await opened();
		expect(
			await second.all('SELECT name, amount, body, typeof(amount) AS kind FROM things ORDER BY name'),
		).to.deep.equal([
			{ name: 'one', amount: 42, body: new Uint8Array(Buffer.from('long')), kind: 'integer' },
			{ name: 'two', amount: null, body: new Uint8Array(0), kind: 'null' },
		]);
	});

	it('keeps any bytes and any whole number exactly', async () => {
		const database = await opened();
		await fc.assert(
			fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.maxSafeInteger(), async (body, amount) => {
				await database.run('INSERT OR REPLACE INTO things VALUES (?, ?, ?)', ['x', amount, body]);
				expect(await database.all('SELECT amount, body FROM things')).to.deep.equal([{ amount, body }]);
			}),
			{ numRuns: 50 },
		);
	});

	it('runs a batch whole or not at all', async () => {
		const database = await opened();
		const row = (name: string) => ({ sql: insert, params: [name, 1, null] });
		const error = await failure(database.batch([row('a'), row('b'), row('a')]));
		expect(error.code).to.equal('DATABASE_STATEMENT_FAILED');
		expect(await database.all('SELECT * FROM things')).to.deep.equal([]);
		await database.batch([row('a'), row('b')]);
		expect(await database.all('SELECT count(*) AS n FROM things')).to.deep.equal([{ n: 2 }]);
	});

	it('does what was asked before closing, then refuses', async () => {
		const database = await opened();
		const writes = Array.from({ length: 100 }, (_, index) => database.run(insert, [`n${index}`, index, null]));
		await database.close();
		await Promise.all(writes);
		expect((await failure(database.run(insert, ['late', 1, null]))).code).to.equal('DATABASE_CLOSED');
		expect(readdirSync(join(folder, 'data'))).to.deep.equal(['test.db']);
		expect(await (await opened()).all('SELECT count(*) AS n FROM things')).to.deep.equal([{ n: 100 }]);
	});

	it('applies new migrations once and refuses a file of a later version', async () => {
		await (await opened()).close();
		const more = [...migrations, 'ALTER TABLE things ADD COLUMN colour TEXT'];
		await (await opened({ migrations: more })).close();
		await (await opened({ migrations: more })).close();
		expect((await failure(opened())).code).to.equal('DATABASE_TOO_NEW');
	});

	it('leaves the file as it was when a migration fails', async () => {
		const wrong = [...migrations, 'CREATE TABLE other (x)', 'CREATE TABLE things (x)'];
		expect((await failure(opened({ migrations: wrong }))).code).to.equal('DATABASE_STATEMENT_FAILED');
		expect(await (await opened({ migrations: [] })).all('SELECT name FROM sqlite_schema')).to.deep.equal([]);
	});

	it('keeps a second opener out with a sentence until the first closes', async () => {
		const first = await opened();
		const error = await failure(opened());
		expect(error.code).to.equal('LOCK_HELD');
		expect(error.message).to.contain(path).and.to.contain('Stop the other process');
		await first.close();
		await opened();
	});

	it('is readable by its owner alone', async () => {
		await (await opened()).close();
		expect(statSync(path).mode & 0o777).to.equal(0o600);
	});

	for (const [name, damage] of [
		['another kind of file', (file: string) => writeFileSync(file, 'no database at all\n'.repeat(500))],
		['a file cut short', (file: string) => writeFileSync(file, readFileSync(file).subarray(0, 5000))],
		[
			'damaged pages',
			(file: string) => {
				const bytes = readFileSync(file);
				for (let at = 4096 * 2; at < bytes.length; at += 1) bytes[at] = (at * 7) & 0xff;
				writeFileSync(file, bytes);
			},
		],
	] as const) {
		it(`refuses ${name}, or moves it aside and begins anew where that is wanted`, async () => {
			const sound = await opened();
			await sound.batch(
				Array.from({ length: 200 }, (_, index) => ({ sql: insert, params: [`n${index}`, 1, Buffer.alloc(100)] })),
			);
			await sound.close();
			damage(path);
			const damaged = readFileSync(path);
			const error = await failure(opened({ integrityCheck: true }));
			expect(error.code).to.equal('DATABASE_CORRUPT');
			expect(error.action).to.contain('backup');

			const lines: string[] = [];
			const log = { ...silentLog, error: (_: unknown, text: string) => lines.push(text) } as unknown as Logger;
			const anew = await opened({ integrityCheck: true, replaceCorrupt: true, log });
			expect(await anew.all('SELECT * FROM things')).to.deep.equal([]);
			const aside = readdirSync(join(folder, 'data')).find((file) => /^test\.db\.corrupt-[\dT.-]+Z$/.test(file));
			expect(readFileSync(join(folder, 'data', aside ?? '')).equals(damaged)).to.equal(true);
			expect(lines).to.have.length(1);
			expect(lines[0]).to.contain(aside);
		});
	}

	it('says what to do about a file it may not write', async () => {
		await (await opened()).close();
		chmodSync(folder, 0o755);
		chmodSync(join(folder, 'data'), 0o755);
		chmodSync(path, 0o444);
		// Its thread runs: nobody may read what it is made of, where the project lies in somebody's own folder.
		await opened({ path: join(folder, 'other.db'), thread: 'of both' });
		const error = await asNobody(() => failure(opened({ thread: 'of both' })));
		expect(error.code).to.equal('DATABASE_NOT_WRITABLE');
		expect(error.exitCode).to.equal(77);
		expect(error.action).to.contain('chown');
	});

	it('says what to do about a path that is no file', async () => {
		expect((await failure(opened({ path: folder }))).code).to.equal('DATABASE_UNREADABLE');
		writeFileSync(join(folder, 'file'), '');
		expect((await failure(opened({ path: join(folder, 'file', 'x.db') }))).code).to.equal('DATABASE_UNREADABLE');
	});

	it('says what to do about a full disk, and goes on when there is room again', async () => {
		const database = await opened();
		await database.all('PRAGMA max_page_count = 6');
		const error = await failure(database.run(insert, ['big', 1, Buffer.alloc(100_000)]));
		expect(error.code).to.equal('DATABASE_DISK_FULL');
		expect(error.action).to.contain('Free some space');
		await database.all('PRAGMA max_page_count = 1000');
		await database.run(insert, ['big', 1, Buffer.alloc(100_000)]);
	});

	it('reports a thread that ends by itself, and fails all that waits for it and all that comes', async () => {
		const reports: PilotwireError[] = [];
		const code = `const { parentPort: port } = require('node:worker_threads');
			port.on('message', ({ id, kind }) => kind === 'open' ? port.postMessage({ id, result: null }) : process.exit(3));`;
		const thread = new DatabaseThread(new Worker(code, { eval: true }));
		const [one, other] = await Promise.all(
			[path, `${path}2`].map((each) => thread.open(request(each), (error) => reports.push(error))),
		);
		const waiting = failure(one?.run('SELECT 1') as Promise<unknown>);
		expect((await waiting).message).to.contain(path);
		for (const each of [one, other]) {
			expect((await failure(each?.all('SELECT 1') as Promise<unknown>)).code).to.equal('DATABASE_WORKER_ENDED');
		}
		expect(reports.map(({ code: reported }) => reported)).to.deep.equal(Array(2).fill('DATABASE_WORKER_ENDED'));
		expect(thread.isOpen).to.equal(false);
		await Promise.allSettled([one?.close(), other?.close()]);
	});

	it('reports a thread that throws', async () => {
		const thread = new DatabaseThread(new Worker(`throw new Error('no memory')`, { eval: true }));
		expect((await failure(thread.open(request(path), () => {}))).received).to.equal('no memory');
	});

	describe('with a thread that files share', () => {
		const thread = 'shared';
		const threads = (): number => readdirSync('/proc/self/task').length;

		it('opens them in one thread, which ends with the last of them', async () => {
			const before = threads();
			const first = await opened({ thread });
			const withOne = threads();
			const second = await opened({ thread, path: `${path}2` });
			expect(threads()).to.equal(withOne);
			await first.run(insert, ['first', 1, null]);
			await second.run(insert, ['second', 2, null]);
			expect(await first.all('SELECT name FROM things')).to.deep.equal([{ name: 'first' }]);
			await first.close();
			expect(await second.all('SELECT name FROM things')).to.deep.equal([{ name: 'second' }]);
			expect((await failure(first.run(insert, ['late', 1, null]))).code).to.equal('DATABASE_CLOSED');
			await second.close();
			expect(threads()).to.be.lessThan(withOne).and.at.least(before);
			const anew = await opened({ thread });
			expect(await anew.all('SELECT name FROM things')).to.deep.equal([{ name: 'first' }]);
		});

		it('frees the file that is closed, or could not be opened, while others stay', async () => {
			const other = await opened({ thread, path: `${path}2` });
			const first = await opened({ thread });
			await first.run(insert, ['one', 1, null]);
			expect((await failure(opened())).code).to.equal('LOCK_HELD');
			await first.close();
			expect(readdirSync(join(folder, 'data')))
				.to.include('test.db')
				.and.not.include('test.db-wal');
			const wrong = [...migrations, 'CREATE TABLE things (x)'];
			expect((await failure(opened({ thread, migrations: wrong }))).code).to.equal('DATABASE_STATEMENT_FAILED');
			const elsewhere = await opened();
			expect(await elsewhere.all('SELECT name FROM things')).to.deep.equal([{ name: 'one' }]);
			await elsewhere.close();
			const again = await opened({ thread });
			expect(await again.all('SELECT name FROM things')).to.deep.equal([{ name: 'one' }]);
			expect(await other.all('SELECT name FROM things')).to.deep.equal([]);
		});
	});

	it('leaves the calling thread free while a transaction runs', async () => {
		const database = await opened();
		const slow = database.all(
			'WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 1000000) SELECT count(*) AS c FROM n',
		);
		let turns = 0;
		let done = false;
		void slow.then(() => {
			done = true;
		});
		while (!done) {
			turns += 1;
			await new Promise<void>((resolve) => setImmediate(resolve));
		}
		expect(turns).to.be.greaterThan(10);
		expect(existsSync(path)).to.equal(true);
	});
});

/** Root may write everything; so a test of permissions gives up that right for a moment. */
async function asNobody<T>(action: () => Promise<T>): Promise<T> {
	if (process.geteuid?.() !== 0) return action();
	process.seteuid?.(65534);
	try {
		return await action();
	} finally {
		process.seteuid?.(0);
	}
}
