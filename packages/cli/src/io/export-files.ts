import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { exitCodes, messageOf, PilotwireError } from '@pilotwire/runtime';

/** Writes a file of an export, whole or not at all, readable by its owner alone. Throws `EXPORT_NOT_WRITTEN`. */
export function writeExport(folder: string, name: string, text: string): void {
	const file = join(folder, name);
	const draft = `${file}.${process.pid}`;
	try {
		mkdirSync(folder, { recursive: true, mode: 0o700 });
		writeFileSync(draft, text, { mode: 0o600 });
		renameSync(draft, file);
	} catch (error) {
		throw notWritten(file, error);
	} finally {
		rmSync(draft, { force: true });
	}
}

/** The files of an export can't be read or written. */
export function notWritten(file: string, cause: unknown): PilotwireError {
	return new PilotwireError({
		code: 'EXPORT_NOT_WRITTEN',
		expected: `to read and write ${resolve(file)}`,
		received: messageOf(cause),
		action: 'Name a folder that this user may write.',
		exitCode: exitCodes.cantCreate,
		cause,
	});
}
