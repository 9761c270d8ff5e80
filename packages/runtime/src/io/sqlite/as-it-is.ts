import { existsSync } from 'node:fs';
import { copyFile, rm } from 'node:fs/promises';
import { systemClock } from '../../clock.ts';
import { PilotwireError } from '../../errors.ts';
import { silentLog } from '../../log.ts';
import { type Database, openDatabase } from './database.ts';
import { askOwner, emptyFile } from './door.ts';

/** How a file is opened that isn't ours: whatever its version. */
interface Foreign {
	/** Other processes may have it open at the same time. */
	readonly shared: boolean;
}

/** A process that is just ending may still hold it. Milliseconds. */
const BUSY_MS = 500;

function openAsItIs(path: string, { shared }: Foreign, integrityCheck: boolean): Promise<Database> {
	const quietly = { log: silentLog, clock: systemClock, busyTimeoutMs: BUSY_MS };
	return openDatabase({ path, shared, integrityCheck, ...quietly });
}

/** Reads a database file of the house through. Rejects with `DATABASE_*`, or `LOCK_HELD` where a running service has it. */
export async function checkDatabase(path: string, how: Foreign): Promise<void> {
	await (await openAsItIs(path, how, true)).close();
}

/**
 * A whole copy of a database file at `to`, readable by its owner alone, made while it is in use: by the process that has it, or here
 * where none has. Rejects with `DATABASE_*`, or `LOCK_HELD` where one has it and can't be asked.
 */
export async function copyDatabase(path: string, to: string, how: Foreign): Promise<void> {
	const copy = how.shared ? undefined : await askOwner(path);
	if (copy !== undefined) {
		try {
			// Often on another disk.
			await emptyFile(to);
			await copyFile(copy, to);
		} finally {
			await rm(copy, { force: true });
		}
		return;
	}
	const database = await openAsItIs(path, how, false);
	try {
		await emptyFile(to);
		await database.run('VACUUM INTO ?', [to]);
	} catch (error) {
		await rm(to, { force: true });
		throw error;
	} finally {
		await database.close();
	}
}

/** Whether a running service has a database file. Rejects with `DATABASE_*`, but not for one that isn't there or is damaged. */
export async function databaseIsInUse(path: string): Promise<boolean> {
	if (!existsSync(path)) return false;
	try {
		await (await openAsItIs(path, { shared: false }, false)).close();
		return false;
	} catch (error) {
		if (error instanceof PilotwireError && error.code === 'DATABASE_CORRUPT') return false;
		if (error instanceof PilotwireError && error.code === 'LOCK_HELD') return true;
		throw error;
	}
}
