import { exitCodes, PilotwireError } from '@pilotwire/runtime';

/** A file that is no backup, or one of which something is missing or changed. */
export function backupDamaged(path: string, received: string): PilotwireError {
	return new PilotwireError({
		code: 'BACKUP_DAMAGED',
		expected: `a whole backup in ${path}`,
		received,
		action: 'Nothing was changed. Take another one, or copy this one again from where it was kept.',
		exitCode: exitCodes.unavailable,
	});
}

/** A backup of a later version. */
export function backupTooNew(path: string, version: string, own: string): PilotwireError {
	return new PilotwireError({
		code: 'BACKUP_TOO_NEW',
		expected: `a backup of Pilotwire ${own} or earlier in ${path}`,
		received: `one of ${version}`,
		action: 'Nothing was changed. Install that version first.',
		exitCode: exitCodes.unavailable,
	});
}

/** Services have the files that a restore would replace. */
export function houseRuns(received: string): PilotwireError {
	return new PilotwireError({
		code: 'HOUSE_RUNS',
		expected: 'a house whose services are stopped',
		received,
		action: 'Nothing was changed. Stop them first: sudo systemctl stop pilotwire.target',
		exitCode: exitCodes.temporary,
	});
}

/** The disk doesn't take a backup, or doesn't give what belongs in it. */
export function backupFailed(path: string, received: string): PilotwireError {
	return new PilotwireError({
		code: 'BACKUP_FAILED',
		expected: `to write a backup to ${path}`,
		received,
		action:
			'Nothing of it is left. Check that there is room twice over (df -h), and run it as the user of the house: sudo -u pilotwire.',
		exitCode: exitCodes.cantCreate,
	});
}

/** A restore broke off. */
export function restoreFailed(path: string, received: string): PilotwireError {
	return new PilotwireError({
		code: 'RESTORE_FAILED',
		expected: `to restore ${path}`,
		received,
		action: 'All was put back as it was. Check the room (df -h), and the right to write there: run it with sudo.',
		exitCode: exitCodes.cantCreate,
	});
}

/** A file of a later version than the one that is to be installed. `found`, `known`: versions of its schema. */
export function stateTooNew(path: string, found: number, known: number): PilotwireError {
	return new PilotwireError({
		code: 'DATABASE_TOO_NEW',
		expected: `${path} to be of this version of Pilotwire or an earlier one`,
		received: `schema ${found}, known up to ${known}`,
		action: 'Install the version that wrote it, or restore a backup that this version or an earlier one made.',
		exitCode: exitCodes.unavailable,
	});
}
