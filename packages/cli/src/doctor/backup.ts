import { type Finding, ok, unsure } from './finding.ts';

/** The backups that the timer makes. */
export interface BackupFacts {
	/** The folder, or the one file, that they go to. */
	readonly place: string;
	/** When the newest was finished; undefined where there is none. Wall clock, ms. */
	readonly newestMs: number | undefined;
	/** Since when the timer has been in use. Wall clock, ms. */
	readonly sinceMs: number;
}

const DAY_MS = 86_400_000;
/** One night may be missed, or a machine be off for a day; then each night fails. */
const MOST_DAYS = 3;

/** Whether the nightly backups come. */
export function judgeBackups({ place, newestMs, sinceMs }: BackupFacts, wallMs: number): Finding {
	const days = Math.max(0, Math.floor((wallMs - (newestMs ?? sinceMs)) / DAY_MS));
	const age = days === 0 ? 'from the last day' : `${days} ${days === 1 ? 'day' : 'days'} old`;
	const found = newestMs === undefined ? `none yet in ${place}` : `the newest in ${place} is ${age}`;
	if (days < MOST_DAYS) return ok('backups', found);
	const todo = 'journalctl -u pilotwire-backup.service -n 20 says why; df -h shows the room';
	return unsure('BACKUP_OLD', 'backups', `${found}, although the timer makes one each night`, todo);
}
