import { fileURLToPath } from 'node:url';
import type { Process } from '@pilotwire/test/processes';

/** How long a process's event loop took to come round, in a span of time. One with nothing to do takes 1 ms. */
export interface Stall {
	readonly maxMs: number;
	readonly p99Ms: number;
	/** The longest without the time in which other threads and programs had the cores: what the process does to itself. */
	readonly ownMs: number;
}

/** Options for the node that runs the process. */
export const measuring: readonly string[] = ['--import', fileURLToPath(new URL('./loop-delay.js', import.meta.url))];

/** The event loop of the process since the last time this was asked. */
export async function stallOf(measured: Process): Promise<Stall> {
	const from = measured.mark();
	process.kill(measured.pid, 'SIGUSR2');
	const { text } = await measured.line(/^event loop: /, { from });
	const [, maxMs, p99Ms, ownMs] = /max (\S+) ms, p99 (\S+) ms, own (\S+) ms/.exec(text) ?? [];
	return { maxMs: Number(maxMs), p99Ms: Number(p99Ms), ownMs: Number(ownMs) };
}
