import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Packs parts of a folder, in this order, into a new file that its owner alone may read. Rejects with what tar or the system says. */
export async function pack(folder: string, parts: readonly string[], file: string): Promise<void> {
	await (await open(file, 'wx', 0o600)).close();
	const owner = ['--owner=0', '--group=0', '--numeric-owner'];
	await run('tar', ['--create', '--gzip', ...owner, '--file', file, '--directory', folder, ...parts]);
	const written = await open(file, 'r+');
	try {
		await written.sync();
	} finally {
		await written.close();
	}
}

/** Unpacks an archive, or one of its files, into an empty folder. Rejects with what tar says where it isn't one, or isn't whole. */
export async function unpack(file: string, folder: string, ...only: readonly string[]): Promise<void> {
	const plainly = ['--no-same-owner', '--no-same-permissions'];
	// Otherwise it would look for another to the archive's end.
	const onlyFirst = only.length === 0 ? [] : ['--occurrence=1', ...only];
	await run('tar', ['--extract', '--gzip', ...plainly, '--file', file, '--directory', folder, ...onlyFirst]);
}

/** The SHA-256 of a file, hex. */
export async function sha256Of(file: string): Promise<string> {
	const hash = createHash('sha256');
	await pipeline(createReadStream(file), hash);
	return hash.digest('hex');
}

/** The regular files below a folder, by their path from there; what else there is, by the name `others`. */
export async function filesBelow(folder: string): Promise<{ files: string[]; others: string[] }> {
	const [files, others]: [string[], string[]] = [[], []];
	const walk = async (below: string): Promise<void> => {
		for (const name of (await readdir(join(folder, below)).catch(() => [])).sort()) {
			const path = below === '' ? name : `${below}/${name}`;
			const found = await lstat(join(folder, path)).catch(() => undefined);
			if (found?.isDirectory() === true) await walk(path);
			else if (found?.isFile() === true) files.push(path);
			else if (found !== undefined) others.push(path);
		}
	};
	await walk('');
	return { files, others };
}
