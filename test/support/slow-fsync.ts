import { statSync } from 'node:fs';
import { type Environment, nativeLibrary } from './native-build.ts';

/** A disk that takes its time, for processes started with `env`. */
export interface SlowDisk {
	readonly env: Environment;
	/** How many calls waited for the disk so far, over all processes. */
	calls(): number;
}

/**
 * Delays every fsync, fdatasync, sync_file_range and msync by `delayMs`.
 * @param log a file to be made, in which the calls are counted
 */
export function slowFsync(delayMs: number, log: string): SlowDisk {
	return {
		env: {
			LD_PRELOAD: nativeLibrary('slow_fsync'),
			PILOTWIRE_FSYNC_DELAY_MS: String(delayMs),
			PILOTWIRE_FSYNC_LOG: log,
		},
		calls: () => statSync(log, { throwIfNoEntry: false })?.size ?? 0,
	};
}
