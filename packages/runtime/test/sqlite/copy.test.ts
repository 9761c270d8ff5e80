import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import { checkDatabase, copyDatabase, openDatabase, silentLog, systemClock } from '../../src/index.ts';

const alone = { shared: false };

describe('a copy of a database', () => {
	const directory = temporaryDirectory();
	const path = (name = 'some.db'): string => join(directory.path, name);
	const begin = (shared = false) =>
		openDatabase({
			...{ path: path(), shared, log: silentLog, clock: systemClock },
			migrations: ['CREATE TABLE t (a INTEGER) STRICT'],
		});
	/** How many rows a file has. */
	async function rows(file: string): Promise<number> {
		const database = await openDatabase({ path: file, log: silentLog, clock: systemClock });
		try {
			const [row] = await database.all<{ n: number }>('SELECT count(*) AS n FROM t');
			return Number(row?.n);
		} finally {
			await database.close();
		}
	}

	it('is made by the process that has the file, while it goes on writing', async () => {
		const owner = await begin();
		try {
			await owner.batch(Array.from({ length: 1_000 }, (_, a) => ({ sql: 'INSERT INTO t VALUES (?)', params: [a] })));
			const copied = copyDatabase(path(), path('copy.db'), alone);
			const written = owner.run('INSERT INTO t VALUES (7)');
			await Promise.all([copied, written]);
			expect(await rows(path('copy.db'))).to.be.within(1_000, 1_001);
			expect(statSync(path('copy.db')).mode & 0o777).to.equal(0o600);
			expect(statSync(path('some.db.door')).mode & 0o777).to.equal(0o600);
			expect(readdirSync(directory.path).filter((name) => name.includes('.copy-'))).to.deep.equal([]);
			expect(await checkDatabase(path(), alone).catch((error: { code: string }) => error.code)).to.equal('LOCK_HELD');
		} finally {
			await owner.close();
		}
		expect(existsSync(path('some.db.door'))).to.equal(false);
	});

	it('is made here where no process has the file, whatever version it is, and whatever a lost one left', async () => {
		const owner = await begin();
		await owner.run('INSERT INTO t VALUES (1)');
		await owner.close();
		writeFileSync(path('some.db.door'), '');
		await copyDatabase(path(), path('copy.db'), alone);
		expect(await rows(path('copy.db'))).to.equal(1);
		await checkDatabase(path(), alone);
		writeFileSync(path('some.db.copy-abc'), 'left behind');
		await (await begin()).close();
		expect(existsSync(path('some.db.copy-abc'))).to.equal(false);
	});

	it('is made here of a file that several share', async () => {
		const owner = await begin(true);
		try {
			await owner.run('INSERT INTO t VALUES (1)');
			await copyDatabase(path(), path('copy.db'), { shared: true });
			expect(await rows(path('copy.db'))).to.equal(1);
		} finally {
			await owner.close();
		}
	});

	it("tells why the owner couldn't", async () => {
		const server = createServer((socket) => socket.end('problem no room\n'));
		await new Promise<void>((resolve) => server.listen(path('some.db.door'), resolve));
		const error = await copyDatabase(path(), path('copy.db'), alone).catch((failure: unknown) => failure);
		expect(error).to.include({ code: 'DATABASE_COPY_FAILED', received: 'no room' });
		expect(existsSync(path('copy.db'))).to.equal(false);
		await new Promise((resolve) => server.close(resolve));
	});
});
