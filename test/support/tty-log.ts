import { readFileSync } from 'node:fs';
import { type Environment, nativeLibrary } from './native-build.ts';

/** How a process set a serial port; the last one of several settings of a port is the one in force. */
export interface TtySetting {
	readonly pid: number;
	/** The device's own path, symbolic links resolved (`/dev/pts/3`). */
	readonly path: string;
	/** Bauds. */
	readonly speed: number;
	readonly dataBits: number;
	readonly parity: 'none' | 'even' | 'odd';
	readonly stopBits: number;
	/** Whether the kernel is asked to check the parity (INPCK). */
	readonly checked: boolean;
	/** CLOCK_MONOTONIC, nanoseconds: the clock of `process.hrtime.bigint()`. */
	readonly atNs: bigint;
}

/** What processes started with `env` ask of their serial ports. */
export interface TtyLog {
	readonly env: Environment;
	/** Every request so far, in order. */
	settings(): TtySetting[];
	/** `1200 7E1`: the last request, in the trade's short form; undefined where no port was set. */
	last(): string | undefined;
}

/** @param log a file to be made */
export function ttyLog(log: string): TtyLog {
	const settings = (): TtySetting[] => {
		let text = '';
		try {
			text = readFileSync(log, 'utf8');
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
		}
		const lines = text.split('\n').filter((line) => line !== '');
		return lines.map((line) => {
			const { atNs, ...rest } = JSON.parse(line) as Omit<TtySetting, 'atNs'> & { atNs: string };
			return { ...rest, atNs: BigInt(atNs) };
		});
	};
	return {
		env: { LD_PRELOAD: nativeLibrary('assert7e1'), PILOTWIRE_TTY_LOG: log },
		settings,
		last: () => {
			const one = settings().at(-1);
			return one && `${one.speed} ${one.dataBits}${one.parity.charAt(0).toUpperCase()}${one.stopBits}`;
		},
	};
}
