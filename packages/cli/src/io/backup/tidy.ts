import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { outdated } from '../../backup/manifest.ts';

/** What a folder is called in which a backup is put together, before its random letters. */
export const STAGING = '.pilotwire-backup-';
/** No backup takes so long: what is older was broken off. Milliseconds. */
const BROKEN_OFF_MS = 86_400_000;

/**
 * Deletes what backups left behind that a power cut or a kill broke off; each may be two copies of the house. What another
 * user left stays: it keeps no backup from being made.
 */
export async function sweep(folder: string): Promise<void> {
	for (const name of await readdir(folder)) {
		if (!name.startsWith(STAGING)) continue;
		const found = await stat(join(folder, name)).catch(() => undefined);
		if (found !== undefined && Date.now() - found.mtimeMs > BROKEN_OFF_MS)
			await rm(join(folder, name), { recursive: true, force: true }).catch(() => undefined);
	}
}

/** Deletes the oldest archives of a site, but for so many of the newest. */
export async function prune(folder: string, site: string, keep: number): Promise<void> {
	for (const old of outdated(await readdir(folder), site, keep)) await rm(join(folder, old), { force: true });
}
