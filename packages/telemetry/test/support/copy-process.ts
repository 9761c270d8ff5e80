// Copies the history of a SQLite file to InfluxDB, for a test that kills it. Says how many points are copied.
import { JsonFile, silentLog, systemClock } from '@pilotwire/runtime';
import { telemetrySections } from '../../src/config.ts';
import { Copier } from '../../src/copy/copier.ts';
import { keepFor } from '../../src/core/store.ts';
import { InfluxdbStore } from '../../src/io/influxdb-store.ts';
import { SqliteStore } from '../../src/io/sqlite-store.ts';

const [path = '', url = '', note = ''] = process.argv.slice(2);
const keep = keepFor({ points: 36_500, minutes: 36_500 });
const section = telemetrySections.history.parse({ influxdb: { url } }).influxdb;
if (section === undefined) throw new Error('no section');
const source = new SqliteStore(path, silentLog, systemClock, keep);
const target = new InfluxdbStore(section, systemClock, keep);
await source.open();
await target.open();
const alone = (write: () => Promise<unknown>): Promise<unknown> => write();
const parts = { source, target, alone, note: new JsonFile(note), clock: systemClock, log: silentLog };
const copier = await Copier.begin(parts, false);
let said = '';
const timer = setInterval(() => {
	const { points, isDone, doneUntil } = copier.state;
	const line = isDone ? 'done' : `copied ${points} until ${doneUntil}`;
	if (line !== said) process.stdout.write(`${line}\n`);
	said = line;
	if (!isDone) return;
	clearInterval(timer);
	void copier.stop().then(() => Promise.all([source.close(), target.close()]));
}, 5);
