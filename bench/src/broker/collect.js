// Preloaded into a broker in JavaScript: at SIGUSR2 it collects its garbage, so that its memory is what it needs.
// Not TypeScript: what reads that would be a thread more in the process.
import { isMainThread } from 'node:worker_threads';

if (isMainThread) {
	process.on('SIGUSR2', () => {
		globalThis.gc();
		globalThis.gc();
		const { heapUsed, external } = process.memoryUsage();
		process.stderr.write(`collected: heap ${heapUsed} external ${external}\n`);
	});
}
