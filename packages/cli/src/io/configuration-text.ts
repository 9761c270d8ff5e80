import { createHash } from 'node:crypto';
import { copyFile, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { messageOf } from '@pilotwire/runtime';
import { configurationChanged, configurationNotWritable } from '../errors.ts';

/** A text's mark: another text has another one. */
export function versionOf(text: string): string {
	return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

/**
 * Replaces a configuration file whole or not at all; the former one stays beside it, as `FILE.before`. `check` is given
 * the draft's path, and the file stays as it is where it rejects. Rejects with `CONFIGURATION_CHANGED` where the file is
 * no longer `before`, with `CONFIGURATION_NOT_WRITABLE` where the disk says no.
 */
export async function replaceFile(
	path: string,
	before: string,
	text: string,
	check: (draft: string) => Promise<void>,
): Promise<void> {
	const draft = `${path}.new`;
	try {
		const real = await writing(path, () => realpath(path));
		await writing(path, async () => write(draft, text, (await stat(real)).mode));
		await check(draft);
		if ((await readFile(real, 'utf8')) !== before) throw configurationChanged(path);
		await writing(path, async () => {
			await copyFile(real, beforePath(path));
			await rename(draft, real);
			await flushFolder(dirname(real));
		});
	} finally {
		await rm(draft, { force: true }).catch(() => undefined);
	}
}

/** Puts the former file back in the place of the one that is there. */
export async function restoreFile(path: string): Promise<void> {
	await writing(path, async () => {
		const real = await realpath(path);
		const draft = `${path}.new`;
		await write(draft, await readFile(beforePath(path), 'utf8'), (await stat(real)).mode);
		await rename(draft, real);
		await flushFolder(dirname(real));
	});
}

const beforePath = (path: string): string => `${path}.before`;

async function write(path: string, text: string, mode: number): Promise<void> {
	await rm(path, { force: true });
	const file = await open(path, 'wx', mode & 0o777);
	try {
		await file.writeFile(text);
		await file.sync();
	} finally {
		await file.close();
	}
}

async function flushFolder(path: string): Promise<void> {
	const folder = await open(path, 'r');
	try {
		await folder.sync();
	} finally {
		await folder.close();
	}
}

async function writing<Result>(path: string, act: () => Promise<Result>): Promise<Result> {
	try {
		return await act();
	} catch (error) {
		throw configurationNotWritable(path, messageOf(error), error);
	}
}
