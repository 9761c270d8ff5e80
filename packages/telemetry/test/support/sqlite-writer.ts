// Writes batches of 100 points for ever, in a process of its own, for tests that kill it: says each that is confirmed.
import { silentLog, systemClock } from '@pilotwire/runtime';
import { SqliteStore } from '../../src/io/sqlite-store.ts';
import { point, START_MS } from './model.ts';

const [path = ''] = process.argv.slice(2);
const store = new SqliteStore(path, silentLog, systemClock);
for (let batch = 0; ; batch += 1) {
	const at = START_MS + batch * 100;
	await store.write(Array.from({ length: 100 }, (_, index) => point({ at: at + index, value: index })));
	process.stdout.write(`confirmed ${batch + 1}\n`);
}
