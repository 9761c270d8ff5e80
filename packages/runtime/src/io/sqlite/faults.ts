import { exitCodes, lockHeld, PilotwireError } from '../../errors.ts';
import { type SqlFault, tooNewFault } from './messages.ts';

interface Meaning {
	readonly codes: readonly string[];
	readonly code: string;
	readonly expected: string;
	readonly action: string;
	readonly exitCode?: number;
}

const meanings: readonly Meaning[] = [
	{
		codes: ['SQLITE_CORRUPT', 'SQLITE_NOTADB'],
		code: 'DATABASE_CORRUPT',
		expected: 'a sound SQLite database',
		action: 'Put a backup in its place, or move it away to start with an empty one; then check the disk or SD card.',
		exitCode: exitCodes.unavailable,
	},
	{
		codes: ['SQLITE_READONLY', 'SQLITE_PERM', 'SQLITE_AUTH', 'EACCES', 'EPERM', 'EROFS'],
		code: 'DATABASE_NOT_WRITABLE',
		expected: 'a file that this user may read and write',
		action:
			'Give the user who runs Pilotwire the right to write the file and its folder (chown, chmod), or set dataDir to another folder.',
		exitCode: exitCodes.noPermission,
	},
	{
		codes: ['SQLITE_CANTOPEN', 'ENOENT', 'EEXIST', 'ENOTDIR', 'EISDIR', 'ELOOP', 'ENAMETOOLONG'],
		code: 'DATABASE_UNREADABLE',
		expected: 'a file that can be opened or created',
		action: 'Check the path: its folder must be one, and the file must not be a folder.',
		exitCode: exitCodes.cantCreate,
	},
	{
		codes: ['SQLITE_FULL', 'ENOSPC', 'EDQUOT'],
		code: 'DATABASE_DISK_FULL',
		expected: 'room on the disk',
		action:
			'Free some space (df -h shows how much there is, journalctl --vacuum-size=100M frees some); nothing else is needed.',
	},
	{
		codes: ['SQLITE_IOERR', 'EIO', 'EMFILE', 'ENFILE'],
		code: 'DATABASE_IO_FAILED',
		expected: 'a disk that answers',
		action: 'Look at the kernel log (dmesg) for errors of the disk or SD card, and replace it if there are any.',
	},
	{
		codes: [tooNewFault],
		code: 'DATABASE_TOO_NEW',
		expected: 'a database written by this version of Pilotwire or an earlier one',
		action: 'Install the version that wrote it, or move the file away to start with an empty one.',
		exitCode: exitCodes.unavailable,
	},
];

/** The error a person reads, from what SQLite or the system reported about the file at `path`. */
export function databaseError(path: string, fault: SqlFault): PilotwireError {
	const is = (code: string): boolean => fault.code === code || fault.code.startsWith(`${code}_`);
	if (is('SQLITE_BUSY') || is('SQLITE_LOCKED')) return lockHeld(`the database ${path}`, 'process');
	const meaning = meanings.find(({ codes }) => codes.some(is));
	const { code, expected, action, exitCode } = meaning ?? statementFailed;
	return new PilotwireError({
		code,
		expected: `${expected} at ${path}`,
		received: fault.code === '' ? fault.message : `${fault.message} (${fault.code})`,
		action,
		...(exitCode === undefined ? {} : { exitCode }),
	});
}

const statementFailed: Meaning = {
	codes: [],
	code: 'DATABASE_STATEMENT_FAILED',
	expected: 'a statement that the database accepts',
	action: 'This is a fault of Pilotwire: please report it with this line.',
};

/** The worker thread ended without having been asked to. */
export function workerEnded(path: string, why: string): PilotwireError {
	return new PilotwireError({
		code: 'DATABASE_WORKER_ENDED',
		expected: `the thread that writes ${path} to run`,
		received: why,
		action: 'The part that uses it is started again; if it repeats, look for missing memory (free -h).',
	});
}

/** Something was asked after `close`. */
export function databaseClosed(path: string): PilotwireError {
	return new PilotwireError({
		code: 'DATABASE_CLOSED',
		expected: `${path} to be open`,
		received: 'a request after it was closed',
		action: 'This is a fault of Pilotwire: please report it with this line.',
	});
}
