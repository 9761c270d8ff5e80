import { type ChildProcess, fork } from 'node:child_process';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';

/** Everything else goes first. */
const LOWEST_PRIORITY = 19;
/** What needs more hangs. MB. */
const HEAP_MB = 256;
/** How a house saves memory, which costs time where much is computed. */
const FRUGAL = /^--(max-semi-space-size|heap-growing-percent|optimize-for-size)/;

/**
 * Starts a module of this program in a process of its own, at the lowest priority. `module`: its path from `src/`, such as
 * `advise/advice-child`; from source it is a `.ts`, from dist a `.js`: the compiler rewrites imports, not URLs.
 */
export function startLowly(module: string): ChildProcess {
	const ending = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
	const child = fork(fileURLToPath(new URL(`../${module}.${ending}`, import.meta.url)), {
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
