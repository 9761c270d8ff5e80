import { rename } from 'node:fs/promises';
import { instantOf, systemCodeOf } from '@pilotwire/runtime';

/**
 * Moves a state file, with what SQLite keeps beside it, to `PATH.unread-<date>`: whole, where the disk gave it back only in
 * part. Its new path, or nothing where there is none. Rejects with the error of the system. `wallMs`: wall clock.
 */
export async function setStateAside(path: string, wallMs: number): Promise<string | undefined> {
	const aside = `${path}.unread-${instantOf(wallMs).replaceAll(':', '-')}`;
	let moved: string | undefined;
	for (const suffix of ['', '-wal', '-shm', '-journal']) {
		try {
			await rename(path + suffix, aside + suffix);
			moved = aside;
		} catch (error) {
			if (systemCodeOf(error) !== 'ENOENT') throw error;
		}
	}
	return moved;
}
