// The start of a version of Pilotwire, as far as its files go: brings accounts.db in the folder given first to as many
// schemas as are given second, and writes a row into it. Ends with 1 where that refuses.
import { join } from 'node:path';
import { openDatabase, silentLog, systemClock } from '@pilotwire/runtime';

const [folder = '', schemas = '1'] = process.argv.slice(2);
const migrations = ['CREATE TABLE starts (schema INTEGER) STRICT', 'CREATE TABLE later (a INTEGER) STRICT'];
const database = await openDatabase({
	path: join(folder, 'accounts.db'),
	migrations: migrations.slice(0, Number(schemas)),
	shared: true,
	log: silentLog,
	clock: systemClock,
});
await database.run('INSERT INTO starts VALUES (?)', [Number(schemas)]);
await database.close();
