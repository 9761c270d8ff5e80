import { readFileSync } from 'node:fs';

/** Linux counts processor time for programs in hundredths of a second on every machine it runs on (USER_HZ). */
const TICKS_A_SECOND = 100;

/** Memory and threads of a process, proc(5). */
export interface Status {
	/** Resident now, MB (10^6 bytes). */
	readonly residentMB: number;
	/** The most it ever had resident, MB. */
	readonly highestMB: number;
	readonly threads: number;
}

/** Throws where the process is gone. */
export function statusOf(pid: number): Status {
	const text = readFileSync(`/proc/${pid}/status`, 'utf8');
	const number = (field: string): number => Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(text)?.[1]);
	// Its "kB" are 1024 bytes.
	const megabytes = (field: string): number => (number(field) * 1024) / 1e6;
	return { residentMB: megabytes('VmRSS'), highestMB: megabytes('VmHWM'), threads: number('Threads') };
}

/** Processor time that all threads of a process have used, in programs and in the kernel, s. Throws where it is gone. */
export function processorSeconds(pid: number): number {
	// The name stands in brackets and may hold anything; utime and stime are fields 14 and 15, the state is field 3.
	const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
		.replace(/^.*\) /s, '')
		.split(' ');
	return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
}
