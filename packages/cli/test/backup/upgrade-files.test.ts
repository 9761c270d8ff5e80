import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Accounts } from '@pilotwire/accounts';
import { openDatabase, silentLog, systemClock } from '@pilotwire/runtime';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import { readHouse } from '../../src/config.ts';
import { filesToKeep } from '../../src/io/backup/upgrade-files.ts';

describe('what is kept for the way back from an upgrade', () => {
	const directory = temporaryDirectory();
	const at = (path: string): string => join(directory.path, path);
	const house = async (settings: readonly string[] = []) =>
		readHouse({ set: [`dataDir=${directory.path}`, ...settings] });
	const below = (paths: readonly string[]): string[] => paths.map((path) => path.slice(directory.path.length + 1));
	/** A database as a version left it that knew so many schemas. */
	const left = async (path: string, schemas: number): Promise<void> => {
		const migrations = Array.from({ length: schemas }, (_, index) => `CREATE TABLE t${index} (a INTEGER) STRICT`);
		await (await openDatabase({ path: at(path), migrations, log: silentLog, clock: systemClock })).close();
	};
	const known = { history: 2, accounts: 2, broker: 2 };

	it('is each database that this version has more schemas of, the history first, and what services remember', async () => {
		for (const path of ['history.db', 'broker.db']) await left(path, 1);
		await left('accounts.db', 2);
		for (const folder of ['secrets', 'spool', 'black-box']) mkdirSync(at(folder));
		const small = ['planner.json', 'device-commands.jsonl', 'secrets/broker'];
		const others = ['spool/1.spool', 'black-box/1.box', 'planner.json.new', '.doctor-7', 'broker.db.corrupt-2026'];
		for (const path of [...small, ...others]) writeFileSync(at(path), 'x');
		const kept = below(await filesToKeep(await house(), known));
		expect(kept.slice(0, 2)).to.deep.equal(['history.db', 'broker.db']);
		expect(kept.slice(2).sort()).to.deep.equal(small.sort());
	});

	it('is nothing of a house that never ran, and no database that this version itself wrote', async () => {
		expect(await filesToKeep(await house())).to.deep.equal([]);
		await (await Accounts.open({ path: at('accounts.db'), log: silentLog, clock: systemClock })).close();
		expect(await filesToKeep(await house())).to.deep.equal([]);
	});

	it('finds the history where the configuration says that it lies, and asks while a service has it', async () => {
		const path = at('elsewhere/history.db');
		mkdirSync(at('elsewhere'));
		await left('elsewhere/history.db', 1);
		const service = await openDatabase({
			...{ path, log: silentLog, clock: systemClock, migrations: ['CREATE TABLE t0 (a INTEGER) STRICT'] },
		});
		expect(await filesToKeep(await house([`history.sqlite.path=${path}`]), known)).to.deep.equal([path]);
		await service.close();
	});

	it('refuses where this version is the older one', async () => {
		await left('accounts.db', 3);
		const problem = await filesToKeep(await house(), known).then(
			() => undefined,
			(error: { code?: string; message: string }) => error,
		);
		expect(problem?.code).to.equal('DATABASE_TOO_NEW');
		expect(problem?.message).to.include('accounts.db').and.include('schema 3, known up to 2');
	});
});
