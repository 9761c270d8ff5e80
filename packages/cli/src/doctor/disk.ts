import { type Finding, ok, unsure, wrong } from './finding.ts';
import { type Asked, typed } from './typed.ts';

/** The disk that the house's data lies on. */
export interface DiskFacts {
	/** Folder of the house's data. */
	readonly folder: string;
	/** Whether this user may write there; the system's word where not, such as `EROFS`. */
	readonly writable: true | string;
	/** What is left for it, and all there is, bytes. */
	readonly freeBytes: number;
	readonly totalBytes: number;
	/** Such as `/dev/mmcblk0p2`; undefined where the system doesn't say. */
	readonly device?: string | undefined;
	/** Life used, percent; undefined where the medium doesn't say, as SD cards don't. */
	readonly wearPercent?: number | undefined;
	/** Errors that the file system has counted; undefined where it doesn't count. */
	readonly errors?: number | undefined;
}

const LEAST_FREE_BYTES = 200e6;
const FEW_FREE_BYTES = 1e9;
const WORN_PERCENT = 90;
const WEARING_PERCENT = 70;

/** Room, permission, and how the medium does. */
export function judgeDisk(facts: DiskFacts, asked: Asked): Finding[] {
	return [judgeWriting(facts), judgeRoom(facts), judgeMedium(facts, asked)];
}

function judgeWriting({ folder, writable }: DiskFacts): Finding {
	if (writable === true) return ok('data folder', `${folder}, writable`);
	if (writable === 'EROFS') {
		const todo = 'dmesg | grep -iE "mmc|ext4|I/O error" says why; save what is there, then replace a dying card';
		return wrong('DISK_READ_ONLY', 'data folder', `${folder} is on a disk that is read-only now`, todo);
	}
	if (writable === 'ENOSPC') return wrong('DISK_FULL', 'data folder', `${folder} is on a disk that is full`, ROOM);
	const todo = 'put "sudo -u pilotwire" before what you typed, or set dataDir to a folder of your own';
	return wrong('DATA_FORBIDDEN', 'data folder', `${folder} can't be written by this user (${writable})`, todo);
}

const ROOM = 'df -h shows what is full; sudo journalctl --vacuum-size=100M and sudo apt-get clean free some';

function judgeRoom({ freeBytes, totalBytes }: DiskFacts): Finding {
	const found = `${inGB(freeBytes)} of ${inGB(totalBytes)} GB free`;
	if (freeBytes < LEAST_FREE_BYTES) return wrong('DISK_LOW', 'disk', found, ROOM);
	return freeBytes < FEW_FREE_BYTES ? unsure('DISK_LOW', 'disk', found, ROOM) : ok('disk', found);
}

const inGB = (bytes: number): string => (bytes / 1e9).toFixed(1);

function judgeMedium({ device, wearPercent, errors }: DiskFacts, asked: Asked): Finding {
	const name = device ?? 'its medium';
	const save = `${typed('backup FILE', asked)}, with FILE on another disk`;
	if (errors !== undefined && errors > 0) {
		const todo = `${save}; then check it: sudo touch /forcefsck && sudo reboot`;
		return wrong('MEDIUM_ERRORS', 'medium', `the file system of ${name} has counted ${errors} errors`, todo);
	}
	if (wearPercent === undefined) return ok('medium', `no errors known of ${name}; it doesn't tell its wear`);
	const found = `${wearPercent} % of the life of ${name} used`;
	if (wearPercent >= WORN_PERCENT) return wrong('MEDIUM_WORN', 'medium', found, `${save}; then replace it`);
	return wearPercent >= WEARING_PERCENT ? unsure('MEDIUM_WORN', 'medium', found, save) : ok('medium', found);
}
