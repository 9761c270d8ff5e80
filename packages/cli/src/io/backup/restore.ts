import { chmod, chown, copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { databaseIsInUse, instantOf, messageOf, PilotwireError } from '@pilotwire/runtime';
import { backupDamaged, backupTooNew, houseRuns, restoreFailed } from '../../backup/errors.ts';
import { type BackedUpFile, isNewer, type Manifest, manifestSchema } from '../../backup/manifest.ts';
import { version } from '../../version.ts';
import { filesBelow, sha256Of, unpack } from './archive.ts';

/** What a restore did. */
export interface Restored {
	readonly manifest: Manifest;
	/** Where what was there before lies now. */
	readonly kept: readonly string[];
}

/**
 * Puts a backup in the place of what is there. Everything is read and compared before anything is touched; what was there
 * is kept beside; where anything fails midway all is put back. `root`: below this folder instead of `/`. Rejects with
 * `BACKUP_DAMAGED`, `BACKUP_TOO_NEW`, `HOUSE_RUNS` or `RESTORE_FAILED`.
 */
export async function restore(file: string, root = '/'): Promise<Restored> {
	const path = resolve(file);
	const manifest = await peek(path);
	const dataDir = join(root, manifest.dataDir);
	const work = await mkdir(dataDir, { recursive: true, mode: 0o700 })
		.then(() => mkdtemp(join(dataDir, '.restore-')))
		.catch((error: unknown) => {
			throw restoreFailed(path, messageOf(error));
		});
	try {
		await unpack(path, work).catch((error: unknown) => {
			throw backupDamaged(path, messageOf(error));
		});
		await verify(path, work, manifest);
		await refuseWhileRunning(root, manifest);
		return { manifest, kept: await replace(path, work, root, manifest) };
	} finally {
		await rm(work, { recursive: true, force: true });
	}
}

/** The manifest alone, in a folder of its own: it says where the rest can be unpacked. */
async function peek(path: string): Promise<Manifest> {
	const folder = await mkdtemp(join(tmpdir(), 'pilotwire-restore-'));
	try {
		await unpack(path, folder, 'manifest.json');
		const manifest = manifestSchema.safeParse(JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')));
		if (!manifest.success) throw new Error(`a manifest that is none: ${manifest.error.issues[0]?.message}`);
		if (isNewer(manifest.data.version, version)) throw backupTooNew(path, manifest.data.version, version);
		return manifest.data;
	} catch (error) {
		throw error instanceof PilotwireError ? error : backupDamaged(path, messageOf(error));
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

/** Every file is there, is what it was, and there is nothing else. */
async function verify(path: string, work: string, { files }: Manifest): Promise<void> {
	const found = await filesBelow(join(work, 'files'));
	const wanted = new Map(files.map((file) => [file.path.slice(1), file]));
	const strange = [...found.others, ...found.files.filter((name) => !wanted.has(name))];
	if (strange.length > 0) throw backupDamaged(path, `${strange[0]}, which its manifest doesn't have`);
	for (const [name, { sha256 }] of wanted) {
		const copy = join(work, 'files', name);
		const sum = await sha256Of(copy).catch(() => undefined);
		if (sum !== sha256)
			throw backupDamaged(path, sum === undefined ? `no ${name}` : `another ${name} than was written`);
	}
}

/** Databases that one service has alone while it runs. */
const ALONE = /(?<!\/accounts)\.db$/;

async function refuseWhileRunning(root: string, { files }: Manifest): Promise<void> {
	for (const { path } of files) {
		const place = join(root, path);
		if (ALONE.test(path) && (await databaseIsInUse(place))) throw houseRuns(`${place} in use`);
	}
}

/** Returns where the old things lie. */
async function replace(path: string, work: string, root: string, manifest: Manifest): Promise<string[]> {
	const stamp = instantOf(Date.now()).slice(0, 19).replaceAll(':', '-');
	const undo: (() => Promise<void>)[] = [];
	const kept: string[] = [];
	/** Moves what is at a place, if anything, and says how to take that back. */
	const move = async (from: string, to: string): Promise<boolean> => {
		if (!(await isThere(from))) return false;
		await mkdir(dirname(to), { recursive: true, mode: 0o700 });
		await rename(from, to);
		undo.push(() => rename(to, from));
		return true;
	};
	const dataDir = join(root, manifest.dataDir);
	const isInside = ({ path: file }: BackedUpFile): boolean => !relative(manifest.dataDir, file).startsWith('..');
	try {
		await prepare(work, dataDir, manifest.files.filter(isInside));
		const aside = join(dataDir, `before-restore-${stamp}`);
		for (const name of await readdir(dataDir)) {
			if (name.startsWith('before-restore-') || name.startsWith('.restore-')) continue;
			if (await move(join(dataDir, name), join(aside, name))) kept[0] = aside;
		}
		const fresh = join(work, 'files', manifest.dataDir);
		for (const name of await readdir(fresh).catch(() => [])) await move(join(fresh, name), join(dataDir, name));
		for (const file of manifest.files.filter((one) => !isInside(one))) {
			const place = join(root, file.path);
			const beside = `${place}.before-restore-${stamp}`;
			await makeFolder(dirname(place), dataDir);
			const draft = `${place}.restored`;
			undo.push(() => rm(draft, { force: true }));
			await copyFile(join(work, 'files', file.path), draft);
			await chmod(draft, file.mode);
			await own(draft, (await isThere(place)) ? place : dataDir);
			if (await move(place, beside)) kept.push(beside);
			await move(draft, place);
		}
		return kept;
	} catch (error) {
		for (const back of undo.reverse()) await back().catch(() => undefined);
		throw restoreFailed(path, messageOf(error));
	}
}

/** Gives the files of the data folder the rights they had, and its owner. */
async function prepare(work: string, dataDir: string, files: readonly BackedUpFile[]): Promise<void> {
	for (const { path, mode } of files) {
		const copy = join(work, 'files', path);
		await chmod(copy, mode);
		await own(copy, dataDir);
		for (let place = dirname(copy); place !== work; place = dirname(place)) {
			await chmod(place, 0o700);
			await own(place, dataDir);
		}
	}
}

/** Makes a folder outside of the data folder, with those above it. What wasn't there is the house's, which reads it. */
async function makeFolder(folder: string, dataDir: string): Promise<void> {
	const first = await mkdir(folder, { recursive: true });
	if (first === undefined) return;
	for (let made = folder; made.length >= first.length; made = dirname(made)) await own(made, dataDir);
}

/** Gives a file, or a folder, the owner of another; only root can give one away. */
async function own(file: string, like: string): Promise<void> {
	if (process.getuid?.() !== 0) return;
	const { uid, gid } = await stat(like);
	await chown(file, uid, gid);
}

const isThere = (path: string): Promise<boolean> =>
	stat(path).then(
		() => true,
		() => false,
	);
