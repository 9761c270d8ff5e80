import { exitCodes, messageOf, PilotwireError } from '@pilotwire/runtime/basics';
import { CommanderError } from 'commander';

/** How the process ends after an error: what it says on standard error, if anything, and its exit code. */
export interface End {
	readonly text: string | undefined;
	readonly exitCode: number;
}

/**
 * A `PilotwireError` ends with its sentence and its exit code, 1 where it has none. Commander has said its own already.
 * Anything else is an error that nobody owns: what state the process is in is unknown, so it ends with its stack and 70,
 * to be started again (design rule 8).
 */
export function endOf(error: unknown): End {
	if (error instanceof CommanderError) return { text: undefined, exitCode: error.exitCode === 0 ? 0 : exitCodes.usage };
	if (error instanceof PilotwireError) return { text: error.message, exitCode: error.exitCode ?? 1 };
	return { text: error instanceof Error ? error.stack : messageOf(error), exitCode: exitCodes.software };
}
