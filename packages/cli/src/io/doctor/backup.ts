import { lstat, readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { systemCodeOf } from '@pilotwire/runtime';
import { outdated } from '../../backup/manifest.ts';
import type { BackupFacts } from '../../doctor/backup.ts';

const UNITS = 'etc/systemd/system';

/**
 * The backups that systemd's timer makes of a house on this machine; undefined where none is in use, or this user may not
 * look at them. `config`: the house's file. `root`: `/` but in tests.
 */
export async function backupFacts(site: string, config: string, root = '/'): Promise<BackupFacts | undefined> {
	const enabled = await lstat(join(root, UNITS, 'timers.target.wants/pilotwire-backup.timer')).catch(() => undefined);
	const command = await commandOf(join(root, UNITS, 'pilotwire-backup.service'));
	const place = / backup (\/\S+)/.exec(command)?.[1];
	const isOfThis = / --config (\/\S+)/.exec(command)?.[1] === resolve(config);
	if (enabled === undefined || place === undefined || !isOfThis) return undefined;
	try {
		return { place, newestMs: await newest(join(root, place), site), sinceMs: enabled.mtimeMs };
	} catch (error) {
		return systemCodeOf(error) === 'ENOENT' ? { place, newestMs: undefined, sinceMs: enabled.mtimeMs } : undefined;
	}
}

/** What the unit runs, by itself or by what `systemctl edit` put over it; empty where there is none. */
async function commandOf(unit: string): Promise<string> {
	const folder = `${unit}.d`;
	const over = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.conf')).sort();
	const files = [unit, ...over.map((name) => join(folder, name))];
	const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
	return [...texts.join('\n').matchAll(/^ExecStart=(.+)$/gm)].at(-1)?.[1] ?? '';
}

/** When the newest archive was finished, ms; rejects where there is no such place, or it may not be seen. */
async function newest(place: string, site: string): Promise<number | undefined> {
	const found = await stat(place);
	if (!found.isDirectory()) return found.mtimeMs;
	const times = outdated(await readdir(place), site, 0).map(async (name) => (await stat(join(place, name))).mtimeMs);
	const all = await Promise.all(times);
	return all.length === 0 ? undefined : Math.max(...all);
}
