import { type ChildProcess, fork } from 'node:child_process';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { messageOf } from '@pilotwire/runtime';
import { type Advice, AdviceFailed, type Adviser } from '@pilotwire/telemetry';
import type { AdviceJob, FromChild, ToChild } from '../advise/advice-child.ts';

/** Everything else goes first. */
const LOWEST_PRIORITY = 19;
/** More than 60 days need; what needs more hangs. MB. */
const HEAP_MB = 256;
/** How a house saves memory, which costs time where much is computed. */
const FRUGAL = /^--(max-semi-space-size|heap-growing-percent|optimize-for-size)/;

/**
 * Finds out which subscription would do in a process of its own, at the lowest priority, which is there for as long as
 * that takes. `house`: whose history it is, as the configuration says.
 */
export function adviseInProcess(house: Pick<AdviceJob, 'meter' | 'radiators' | 'mode'>, nowMs: () => number): Adviser {
	return {
		begin: (question, { ask, told }) => {
			const child = start();
			const say = (message: ToChild): void => {
				if (child.connected) child.send(message, () => undefined);
			};
			const advice = new Promise<Advice>((resolve, reject) => {
				child.once('error', reject);
				child.once('exit', (code, signal) => reject(new Error(`it ended with ${signal ?? `exit code ${code}`}`)));
				child.on('message', (message: FromChild) => {
					if (message.kind === 'told') told(message.progress);
					else if (message.kind === 'done') resolve(message.advice);
					else if (message.kind === 'failed') reject(new AdviceFailed(message.problem));
					else {
						const { id, question: asked } = message;
						ask(asked).then(
							(answer) => say({ kind: 'answer', id, answer }),
							(error: unknown) => say({ kind: 'answer', id, error: messageOf(error) }),
						);
					}
				});
			});
			const stop = (): void => void child.kill('SIGKILL');
			say({ kind: 'begin', job: { ...house, ...question, nowMs: nowMs() } });
			return { advice: advice.finally(stop), stop };
		},
	};
}

function start(): ChildProcess {
	const child = fork(fileURLToPath(childFile()), {
		stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
		execArgv: [...process.execArgv.filter((given) => !FRUGAL.test(given)), `--max-old-space-size=${HEAP_MB}`],
	});
	try {
		if (child.pid !== undefined) setPriority(child.pid, LOWEST_PRIORITY);
	} catch {
		// It has ended already: its end says why.
	}
	return child;
}

/** From source the child is a `.ts`, from dist a `.js`: the compiler rewrites imports, not URLs. */
function childFile(): URL {
	return new URL(
		import.meta.url.endsWith('.ts') ? '../advise/advice-child.ts' : '../advise/advice-child.js',
		import.meta.url,
	);
}
