// The `pilotwire` command as a user types it, for the tests beside this file.
import { type Process, startProgram } from '@pilotwire/test/processes';
import type { Part } from '../support/parts.ts';
import { program } from '../support/parts.ts';

/** The built command: what a user runs, and quicker to start than the source. */
const PILOTWIRE = 'packages/cli/bin/pilotwire.js';

/** Starts `pilotwire ...`. */
export function pilotwire(...given: string[]): Process {
	return startProgram(process.execPath, [PILOTWIRE, ...given]);
}

/** Where root may read everything, what takes that from it. */
const withoutRights = ['--inh-caps=-all', '--bounding-set=-all'];
export const setpriv: Part = program('setpriv', 'apt-get install util-linux');
export const isRoot = process.getuid?.() === 0;

/** The same with the rights of its files' owner alone: root too is then refused what a mode refuses. */
export function pilotwireWithoutRights(...given: string[]): Process {
	if (!isRoot) return pilotwire(...given);
	return startProgram('setpriv', [...withoutRights, process.execPath, PILOTWIRE, ...given]);
}

export interface Outcome {
	readonly code: number | null;
	readonly stdout: string;
	readonly stderr: string;
}

/** Waits for a command that ends by itself. */
export async function outcomeOf(command: Process): Promise<Outcome> {
	const { code } = await command.ended;
	const text = (stream: 'stdout' | 'stderr'): string =>
		command.lines
			.filter((line) => line.stream === stream)
			.map((line) => line.text)
			.join('\n');
	return { code, stdout: text('stdout'), stderr: text('stderr') };
}

/** `--set` for each setting. */
export function settings(values: Readonly<Record<string, string | number>>): string[] {
	return Object.entries(values).flatMap(([path, value]) => ['--set', `${path}=${value}`]);
}
