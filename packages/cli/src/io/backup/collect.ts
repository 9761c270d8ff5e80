import { chmod, copyFile, lstat, mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { copyDatabase, instantOf, messageOf, PilotwireError, systemCodeOf } from '@pilotwire/runtime';
import { historyFile } from '@pilotwire/telemetry/config';
import { backupFailed } from '../../backup/errors.ts';
import { type BackedUpFile, belongsInBackup, type Manifest, namedFiles } from '../../backup/manifest.ts';
import type { House } from '../../config.ts';
import { version } from '../../version.ts';
import { filesBelow, pack, sha256Of } from './archive.ts';
import { prune, STAGING, sweep } from './tidy.ts';

/** What is backed up, and who hears how far it is. */
export interface BackupOptions {
	readonly house: House;
	/** The configuration file; none of a house without one. */
	readonly config: string | undefined;
	/** So many archives of the site are kept in the archive's folder, this one included; all of them unless given. */
	readonly keep?: number | undefined;
	readonly told: (text: string) => void;
}

/**
 * Writes all that the house is made of into one archive, while it runs: its configuration and the files that names, its
 * accounts, secrets, history and what its services remember. Rejects with `BACKUP_FAILED`, `DATABASE_*` or `LOCK_HELD`;
 * then nothing of it is left. Old archives go first, so that a disk which they filled takes a new one; the newest stays
 * until there is a newer one.
 */
export async function backUp(file: string, options: BackupOptions): Promise<Manifest> {
	const path = resolve(file);
	const folder = dirname(path);
	const { house, keep = Infinity } = options;
	let staging: string | undefined;
	try {
		await mkdir(folder, { recursive: true });
		await sweep(folder);
		await prune(folder, house.site, Math.max(1, keep - 1));
		staging = await mkdtemp(join(folder, STAGING));
		const manifest = await stage(join(staging, 'content'), options);
		options.told('packing');
		const draft = join(staging, 'draft');
		await pack(join(staging, 'content'), ['manifest.json', 'files'], draft);
		await rename(draft, path);
		await prune(folder, house.site, keep);
		return manifest;
	} catch (error) {
		throw error instanceof PilotwireError ? error : backupFailed(path, messageOf(error));
	} finally {
		if (staging !== undefined) await rm(staging, { recursive: true, force: true });
	}
}

/** Copies everything into a folder, with a manifest of what came to lie there. */
async function stage(folder: string, { house, config, told }: BackupOptions): Promise<Manifest> {
	const at = instantOf(Date.now());
	const dataDir = resolve(house.dataDir);
	const staged = (path: string): string => join(folder, 'files', path);
	const databases = await databasesOf(house);
	const apart = new Set(databases.map(({ path }) => path));
	const inDataDir = (await filesBelow(dataDir)).files.filter(belongsInBackup).map((path) => join(dataDir, path));
	const named = [...(config === undefined ? [] : [resolve(config)]), ...(await ownFiles(house))];
	// The spool before the history: what moves from the one to the other meanwhile is in both, and is taken once.
	const plain = [...new Set([...named, ...inDataDir])].filter((path) => !apart.has(path));
	const files: BackedUpFile[] = [];
	await mkdir(join(folder, 'files'), { recursive: true });
	for (const [index, path] of plain.entries()) {
		told(`${index} of ${plain.length} files`);
		if (await copyPlain(path, staged(path))) files.push(await entryOf(path, staged(path), (await stat(path)).mode));
	}
	for (const { path, shared } of databases) {
		told(`copying ${relative(dataDir, path)}`);
		await mkdir(dirname(staged(path)), { recursive: true });
		await copyDatabase(path, staged(path), { shared });
		files.push(await entryOf(path, staged(path), 0o600));
	}
	const where = { dataDir, ...(config === undefined ? {} : { config: resolve(config) }) };
	const manifest: Manifest = { format: 1, version, at, site: house.site, ...where, files };
	await writeFile(join(folder, 'manifest.json'), `${JSON.stringify(manifest, undefined, '\t')}\n`, { mode: 0o600 });
	return manifest;
}

/** The databases that there are; each is copied as its kind demands. */
async function databasesOf(house: House): Promise<{ path: string; shared: boolean }[]> {
	const dataDir = resolve(house.dataDir);
	const all = [
		{ path: join(dataDir, 'accounts.db'), shared: true },
		{ path: join(dataDir, 'broker.db'), shared: false },
		{ path: resolve(historyFile(house)), shared: false },
	];
	const there = await Promise.all(all.map(({ path }) => stat(path).catch(() => undefined)));
	return all.filter((_, index) => there[index]?.isFile());
}

/** Files that the configuration names. A link is kept up to date by another program, such as certbot: it stays its. */
async function ownFiles(house: House): Promise<string[]> {
	const { house: description } = house.simulator;
	const all = [...namedFiles(house), ...(description === 'demo' ? [] : [description])].map((path) => resolve(path));
	const found = await Promise.all(all.map((path) => lstat(path).catch(() => undefined)));
	return all.filter((_, index) => found[index]?.isFile());
}

/** False where it went away meanwhile. */
async function copyPlain(from: string, to: string): Promise<boolean> {
	await mkdir(dirname(to), { recursive: true });
	try {
		await copyFile(from, to);
		await chmod(to, 0o600);
		return true;
	} catch (error) {
		if (systemCodeOf(error) === 'ENOENT') return false;
		throw error;
	}
}

/** As it lies in the archive. `mode`: of the file itself. */
async function entryOf(path: string, copy: string, mode: number): Promise<BackedUpFile> {
	return { path, bytes: (await stat(copy)).size, mode: mode & 0o7777, sha256: await sha256Of(copy) };
}
