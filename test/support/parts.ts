import { spawnSync } from 'node:child_process';

/** A thing of the real world that a test needs and a machine may lack. */
export interface Part {
	/** What it is, as a reader would call it. */
	readonly name: string;
	/** What to type so that the test runs. */
	readonly obtain: string;
	/** Looks whether it is there; cheap, called once. */
	readonly present: () => boolean;
}

/** A part that is a program which answers `--version`. */
export function program(name: string, obtain: string): Part {
	return { name, obtain, present: () => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0 };
}

export const gcc: Part = program('gcc', 'apt-get install gcc libc6-dev');

interface Skippable {
	test?: { skipReason?: string } | undefined;
	currentTest?: { parent?: { skipReason?: string } | undefined } | undefined;
	skip(): never;
}

/**
 * Skips the running test or suite hook, by name, where a part is missing.
 * With PILOTWIRE_TEST_ALL=1 a missing part is a failure instead.
 */
export function need(context: Skippable, ...parts: Part[]): void {
	for (const part of parts) {
		if (part.present()) continue;
		const reason = `${part.name} is missing (${part.obtain})`;
		if (process.env['PILOTWIRE_TEST_ALL'] === '1') throw new Error(`PILOTWIRE_TEST_ALL=1, but ${reason}`);
		if (context.test !== undefined) context.test.skipReason = reason;
		context.skip();
	}
}
