// Appends numbered entries to a black box for ever, in a process of its own, for tests that kill it.
import { systemClock } from '@pilotwire/runtime';
import { encodeEntry } from '../../src/black-box/entry.ts';
import { Ring } from '../../src/black-box/ring.ts';
import { DiskBoxFolder } from '../../src/io/box-folder.ts';

const [path = ''] = process.argv.slice(2);
const ring = new Ring(new DiskBoxFolder(path), { keepMs: 3_600_000, mostBytes: 400_000 });
await ring.open();
for (let number = 0; ; number += 1) {
	const m = systemClock.monotonicMs();
	const begin = ring.isFresh(m) ? encodeEntry({ k: 'begin', m, wall: 0, life: 'writer' }) : '';
	const message = {
		k: 'message',
		m,
		topic: 'shedder/state',
		payload: { number, filler: 'x'.repeat(number % 50) },
	} as const;
	await ring.append(begin + encodeEntry(message), m);
	process.stdout.write(`confirmed ${number}\n`);
}
