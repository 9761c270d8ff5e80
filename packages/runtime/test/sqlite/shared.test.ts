import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { systemClock } from '../../src/clock.ts';
import { type Database, openDatabase } from '../../src/io/sqlite/database.ts';
import { silentLog } from '../../src/log.ts';

const migrations = ['CREATE TABLE things (name TEXT PRIMARY KEY) STRICT'];

describe('SQLite file that several open', () => {
	let folder: string;
	const open: Database[] = [];

	const opened = async (): Promise<Database> => {
		const path = join(folder, 'shared.db');
		const database = await openDatabase({ path, migrations, shared: true, log: silentLog, clock: systemClock });
		open.push(database);
		return database;
	};
	const version = async (database: Database): Promise<unknown> => (await database.all('PRAGMA data_version'))[0];

	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), 'pilotwire-shared-'));
	});
	afterEach(async () => {
		await Promise.allSettled(open.splice(0).map((database) => database.close()));
		rmSync(folder, { recursive: true, force: true });
	});

	it('is created once by those who open it at the same moment, and loses nothing that they write together', async () => {
		const all = await Promise.all([opened(), opened(), opened()]);
		const writes = all.flatMap((database, who) =>
			Array.from({ length: 20 }, (_, index) => database.run('INSERT INTO things VALUES (?)', [`${who}-${index}`])),
		);
		await Promise.all(writes);
		for (const database of all) {
			expect(await database.all('SELECT count(*) AS n FROM things')).to.deep.equal([{ n: 60 }]);
		}
		await Promise.all(open.splice(0).map((database) => database.close()));
		expect(readdirSync(folder)).to.deep.equal(['shared.db']);
	});

	it('tells by its data_version that another one has written, and only then', async () => {
		const [one, other] = [await opened(), await opened()];
		const before = await version(one);
		await one.run('INSERT INTO things VALUES (?)', ['own']);
		expect(await version(one)).to.deep.equal(before);
		await other.run('INSERT INTO things VALUES (?)', ['theirs']);
		const after = await version(one);
		expect(after).not.to.deep.equal(before);
		expect(await version(one)).to.deep.equal(after);
	});
});
