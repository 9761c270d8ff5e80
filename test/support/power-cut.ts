import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Environment, nativeLibrary } from './native-build.ts';

/** A disk that forgets what was not synced, for processes started with `env`. */
export interface PowerCut {
	readonly env: Environment;
	/**
	 * Leaves in the folder what was synced, and nothing else; who writes there must have been killed.
	 * @returns bytes that were lost, so that a test can tell a cut that cost something
	 */
	cut(): number;
}

/**
 * Watches the files of a folder (not of folders in it).
 * @param folder an absolute path without symbolic links
 * @param kept a folder to be made, for the copies
 */
export function powerCut(folder: string, kept: string): PowerCut {
	mkdirSync(kept, { recursive: true });
	const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
	return {
		env: {
			LD_PRELOAD: nativeLibrary('power_cut'),
			PILOTWIRE_POWER_FOLDER: folder,
			PILOTWIRE_POWER_KEPT: kept,
		},
		cut() {
			let lost = 0;
			// A file that was removed stays so: SQLite syncs the folder after it.
			for (const name of readdirSync(folder)) {
				const file = join(folder, name);
				const copy = join(kept, name);
				lost += Math.max(0, sizeOf(file) - sizeOf(copy));
				rmSync(file, { recursive: true });
				if (existsSync(copy)) copyFileSync(copy, file);
			}
			return lost;
		},
	};
}
