import { open } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { accountMigrations } from '@pilotwire/accounts';
import { stateMigrations } from '@pilotwire/broker';
import { systemCodeOf } from '@pilotwire/runtime';
import { historyFile, historyMigrations } from '@pilotwire/telemetry';
import { stateTooNew } from '../../backup/errors.ts';
import { belongsInBackup } from '../../backup/manifest.ts';
import type { House } from '../../config.ts';
import { filesBelow } from './archive.ts';

/** Where an SQLite file has its schema's version: four bytes, the highest first (file format, section 1.3). */
const VERSION_AT = 60;

/**
 * The files, by their absolute paths, that a program of an older version may not be able to read any more once this one has
 * run: the databases whose schema this one has more of, the history first, and the small files in which services remember
 * what they learned. What is on its way elsewhere (spool, outbox) and what is only added to (black box, pictures) is none of
 * them. May be asked while the house runs. Rejects with `DATABASE_TOO_NEW` where this version is the older one.
 */
export async function filesToKeep(
	house: Pick<House, 'dataDir' | 'history'>,
	schemas: Schemas = ownSchemas,
): Promise<string[]> {
	const dataDir = resolve(house.dataDir);
	const databases = [
		{ path: resolve(historyFile(house)), known: schemas.history },
		{ path: join(dataDir, 'accounts.db'), known: schemas.accounts },
		{ path: join(dataDir, 'broker.db'), known: schemas.broker },
	];
	const changed: string[] = [];
	for (const { path, known } of databases) {
		const found = await schemaOf(path);
		if (found !== undefined && found > known) throw stateTooNew(path, found, known);
		if (found !== undefined && found < known) changed.push(path);
	}
	const { files } = await filesBelow(dataDir);
	const isSmall = (path: string): boolean => /^(secrets\/)?[^/]+$/.test(path) && !/\.db(\.|$)/.test(path);
	return [
		...changed,
		...files
			.filter(belongsInBackup)
			.filter(isSmall)
			.map((path) => join(dataDir, path)),
	];
}

/** How far the schema of each database goes. */
interface Schemas {
	readonly history: number;
	readonly accounts: number;
	readonly broker: number;
}

const ownSchemas: Schemas = {
	history: historyMigrations.length,
	accounts: accountMigrations.length,
	broker: stateMigrations.length,
};

/**
 * The version of a database's schema; undefined where there is no such file. It is only read, as a file: a process may have
 * it. One that has just changed it, in its log alone as yet, is told as before.
 */
async function schemaOf(path: string): Promise<number | undefined> {
	try {
		const file = await open(path);
		try {
			const { bytesRead, buffer } = await file.read(Buffer.alloc(4), 0, 4, VERSION_AT);
			return bytesRead === 4 ? buffer.readUInt32BE() : 0;
		} finally {
			await file.close();
		}
	} catch (error) {
		if (systemCodeOf(error) === 'ENOENT') return undefined;
		throw error;
	}
}
