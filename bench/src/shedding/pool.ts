import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Outcome, Task } from './scenario.ts';

/** Runs all tasks, one a core at a time, in the order given. @param done called as each ends, with how many have */
export async function runAll(
	tasks: readonly Task[],
	done: (outcome: Outcome, count: number) => void,
): Promise<Outcome[]> {
	const outcomes: Outcome[] = [];
	let next = 0;
	const lanes = Array.from({ length: Math.min(availableParallelism(), tasks.length) }, async () => {
		const worker = new Worker(new URL('./worker.ts', import.meta.url));
		try {
			while (next < tasks.length) {
				const outcome = await one(worker, tasks[next++] as Task);
				outcomes.push(outcome);
				done(outcome, outcomes.length);
			}
		} finally {
			await worker.terminate();
		}
	});
	await Promise.all(lanes);
	return outcomes;
}

function one(worker: Worker, task: Task): Promise<Outcome> {
	return new Promise((resolve, reject) => {
		worker.once('error', reject);
		worker.once('message', (outcome: Outcome) => {
			worker.off('error', reject);
			resolve(outcome);
		});
		worker.postMessage(task);
	});
}
