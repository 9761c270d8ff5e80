import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/**
 * How long a thread was ready to run and had no processor, since its start, ms (proc(5), schedstat). `thread`: its folder
 * below /proc, such as `1234/task/1235`.
 */
export function withoutProcessorMs(thread: string): number {
	try {
		return Number(readFileSync(`/proc/${thread}/schedstat`, 'utf8').split(' ')[1]) / 1e6;
	} catch {
		return 0;
	}
}

/** The main thread of this process, for `withoutProcessorMs`. */
export const ownThread = `self/task/${process.pid}`;

/**
 * The longest that this thread, the main one, was busy or waited at once until some work was done, less what the machine
 * had no processor for, ms.
 */
export async function longestStall(work: Promise<unknown>): Promise<number> {
	let isDone = false;
	const done = work.finally(() => {
		isDone = true;
	});
	let longestMs = 0;
	while (!isDone) {
		const fromMs = performance.now();
		const starvedMs = withoutProcessorMs(ownThread);
		await pause(1);
		const tookMs = performance.now() - fromMs - (withoutProcessorMs(ownThread) - starvedMs);
		longestMs = Math.max(longestMs, tookMs);
	}
	await done;
	return longestMs;
}
