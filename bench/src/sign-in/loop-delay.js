// Preloaded into the process that is measured: at SIGUSR2 it writes how late its event loop was since the last time.
// Not TypeScript: what reads that would be a thread more in the process.
import { openSync, readSync } from 'node:fs';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

const schedule = Buffer.alloc(128);

/** How long this thread could have run and had no core, since it began: the second number, nanoseconds; gives ms. */
function waitedMs(fd) {
	const length = readSync(fd, schedule, 0, schedule.length, 0);
	return Number(schedule.toString('latin1', 0, length).split(' ')[1]) / 1e6;
}

/** The longest time between two turns of a timer of 1 ms, less what was a wait for a core. */
function watchTurns() {
	const fd = openSync(`/proc/self/task/${process.pid}/schedstat`);
	let last = { atMs: performance.now(), waitedMs: waitedMs(fd) };
	let ownMs = 0;
	setInterval(() => {
		const now = { atMs: performance.now(), waitedMs: waitedMs(fd) };
		ownMs = Math.max(ownMs, now.atMs - last.atMs - (now.waitedMs - last.waitedMs));
		last = now;
	}, 1).unref();
	return () => {
		const said = ownMs;
		ownMs = 0;
		return said;
	};
}

// What is preloaded into a process is preloaded into its threads too; theirs are no business of the house's.
if (isMainThread) {
	const delay = monitorEventLoopDelay({ resolution: 1 });
	delay.enable();
	const longestOwnMs = watchTurns();
	process.on('SIGUSR2', () => {
		const figures = { max: delay.max / 1e6, p99: delay.percentile(99) / 1e6, own: longestOwnMs() };
		const said = Object.entries(figures).map(([name, value]) => `${name} ${value.toFixed(3)} ms`);
		process.stderr.write(`event loop: ${said.join(', ')}\n`);
		delay.reset();
	});
}
