import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { Accounts } from '@pilotwire/accounts';
import { silentLog, systemClock } from '@pilotwire/runtime';
import { namedFiles } from '../../backup/manifest.ts';
import type { House } from '../../config.ts';
import { blanked, type Private } from '../../support/anonymous.ts';

/** A secret's file is small; a certificate is none. Bytes. */
const LARGEST_SECRET = 4_096;

/** All of a house that must not leave it. Rejects with `DATABASE_*` where its accounts can't be read. */
export async function privateOf(house: House): Promise<Private> {
	const folder = join(house.dataDir, 'secrets');
	const own = (await readdir(folder).catch(() => [])).map((name) => join(folder, name));
	const files = [...own, ...namedFiles(house).map((path) => resolve(path))];
	const texts = await Promise.all(files.map(secretText));
	// The first account's file has lines of `word: value`.
	const inFiles = texts.flatMap((text) => text.split('\n')).map((line) => line.replace(/^\w+: /, '').trim());
	const { secrets, accounts } = blanked(house).found;
	return {
		secrets: [...secrets, ...inFiles.filter((line) => !line.startsWith('-----'))],
		accounts: [...accounts, ...(await accountNames(house.dataDir))],
		hosts: [hostname()],
	};
}

async function secretText(path: string): Promise<string> {
	try {
		return (await stat(path)).size > LARGEST_SECRET ? '' : await readFile(path, 'utf8');
	} catch {
		return '';
	}
}

async function accountNames(dataDir: string): Promise<string[]> {
	const path = join(dataDir, 'accounts.db');
	if (!existsSync(path)) return [];
	const accounts = await Accounts.open({ path, log: silentLog, clock: systemClock });
	try {
		return (await accounts.list()).map(({ principal }) => principal.name);
	} finally {
		await accounts.close();
	}
}
