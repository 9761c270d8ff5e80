// The load generator: one process in C, because it has to ask for more than the brokers can do.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { type Process, startProgram } from '@pilotwire/test/processes';

const sources = fileURLToPath(new URL('./native/', import.meta.url));
const built = fileURLToPath(new URL('../../build/', import.meta.url));
const program = `${built}load`;

/** What the brokers run on, and what the generator runs on: a core of its own for each where there are two. */
export type Core = 'broker' | 'generator';

/** What one run said; counts and times of the measured span. */
export interface Result {
	/** Delivered messages, or sign-ins. */
	readonly messages: number;
	readonly seconds: number;
	/** Processor time of the generator, s. */
	readonly ownS: number;
	/** Processor time of the broker, s. */
	readonly watchedS: number;
	/** Messages that never arrived. */
	readonly lost: number;
	readonly p50Us: number;
	readonly p99Us: number;
}

/** Compiles it. Throws where that fails. */
export function buildGenerator(): void {
	const files = readdirSync(sources).filter((name) => name.endsWith('.c'));
	mkdirSync(built, { recursive: true });
	const flags = ['-std=gnu17', '-D_GNU_SOURCE', '-O2', '-Wall', '-Wextra', '-Werror', '-o', program];
	const { status, stderr, error } = spawnSync('gcc', [...flags, ...files.map((name) => `${sources}${name}`)], {
		encoding: 'utf8',
	});
	if (status !== 0) throw new Error(`gcc could not build bench/src/broker/native: ${error?.message ?? stderr}`);
}

/** Starts a program on one core, before others where that is allowed. */
export function startOn(core: Core, words: readonly string[]): Process {
	const [first = '', ...rest] = availableParallelism() < 2 ? words : [...pinned(core), ...words];
	return startProgram(first, rest);
}

/** Starts the generator. */
export function startGenerator(words: readonly string[], core: Core = 'generator'): Process {
	return startOn(core, [program, ...words]);
}

/** Runs the generator to its end. Throws where it could not do what it was to do. */
export async function generate(words: readonly string[]): Promise<Result> {
	const run = startGenerator(words);
	const { code } = await run.ended;
	const said = run.lines.find(({ stream }) => stream === 'stdout');
	if (code !== 0 || said === undefined) throw new Error(`load ${words.join(' ')}:\n${run.text()}`);
	return JSON.parse(said.text) as Result;
}

function pinned(core: Core): string[] {
	const priority = process.getuid?.() === 0 ? ['nice', '-n', '-10'] : [];
	return ['taskset', '-c', core === 'broker' ? '0' : '1', ...priority];
}
