import type { Readable } from 'node:stream';
import type { Clock } from '@pilotwire/runtime';
import * as z from 'zod/mini';
import type { ArgumentConfig, CommandConfig } from '../config.ts';
import { argumentsOf } from '../core/arguments.ts';
import type { Call } from '../core/call.ts';
import { type Operations, operation } from '../core/calls.ts';
import type { Feature } from '../core/feature.ts';
import { nameUnknown } from '../errors.ts';
import { Program } from '../io/program.ts';

/** What the configuration lets clients run. */
export interface CommandSettings {
	readonly named: Readonly<Record<string, CommandConfig>>;
	readonly shell: boolean;
	readonly mostOutputMB: number;
}

const LONGEST_LINE = 10_000;
const MOST_SHELL_S = 3_600;
const SHELL_S = 60;

/** What bounds a command. */
interface Bounds {
	readonly timeoutS: number;
	readonly mostBytes: number;
	readonly folder?: string | undefined;
}

const lines = z.int().check(z.gte(2), z.lte(500));

/** What an agent does with commands. */
export function commandFeature(settings: CommandSettings, clock: Clock): Feature {
	const { named, shell } = settings;
	const commands = Object.entries(named).map(([command, { about, arguments: known }]) => ({
		...{ command, about },
		arguments: Object.fromEntries(Object.entries(known).map(([name, bounds]) => [name, given(bounds)])),
	}));
	const can = { ...(commands.length === 0 ? {} : { commands }), ...(shell ? { shell } : {}) };
	return { can, operations: commandOperations(settings, clock) };
}

/** Without what is not given: what is said has no `undefined`. */
const given = (bounds: ArgumentConfig): object =>
	Object.fromEntries(Object.entries(bounds).filter(([, value]) => value !== undefined));

/** Running commands, and a terminal. */
function commandOperations({ named, shell, mostOutputMB }: CommandSettings, clock: Clock): Operations {
	const mostBytes = mostOutputMB * 1_000_000;
	const known = new Map(Object.entries(named));
	const runs: Operations = {
		'commands.run': operation(
			z.strictObject({
				command: z.string().check(z.maxLength(64)),
				arguments: z._default(z.record(z.string(), z.union([z.string(), z.number()])), {}),
			}),
			async (call, { command: name, arguments: given }) => {
				const command = known.get(name);
				if (command === undefined) throw nameUnknown('a command', name, [...known.keys()]);
				const { timeoutS, folder } = command;
				return execute(call, argumentsOf(command, given), { timeoutS, mostBytes, folder }, clock);
			},
		),
	};
	if (!shell) return known.size === 0 ? {} : runs;
	return {
		...(known.size === 0 ? {} : runs),
		'commands.shell': operation(
			z.strictObject({
				line: z.string().check(z.minLength(1), z.maxLength(LONGEST_LINE)),
				timeoutS: z._default(z.number().check(z.positive(), z.lte(MOST_SHELL_S)), SHELL_S),
			}),
			(call, { line, timeoutS }) => execute(call, ['/bin/sh', '-c', line], { timeoutS, mostBytes }, clock),
		),
		'commands.terminal': operation(
			z.strictObject({ rows: z._default(lines, 24), columns: z._default(lines, 80) }),
			terminal,
		),
	};
}

/** Runs a command to its end: what it says goes to the client as it comes, no faster than the client takes it. */
async function execute(call: Call, line: readonly string[], bounds: Bounds, clock: Clock): Promise<object> {
	const program = await Program.start(line, { folder: bounds.folder, errors: true });
	const free = program.stopWith(call.signal);
	let [timedOut, tooMuch, bytes] = [false, false, 0];
	const timer = clock.after(bounds.timeoutS * 1_000, () => {
		timedOut = true;
		program.stop();
	});
	const pass = async (stream: Readable, from: 'output' | 'errors'): Promise<void> => {
		for await (const part of stream as AsyncIterable<Buffer>) {
			bytes += part.length;
			if (bytes > bounds.mostBytes) {
				tooMuch = true;
				program.stop();
				return;
			}
			await sendAll(call, part, { from });
		}
	};
	try {
		call.info({ began: true });
		await Promise.all([pass(program.output, 'output'), pass(program.errors, 'errors')]);
		const { code, signal } = await program.ended;
		return { code, signal, bytes, ...(timedOut ? { timedOut } : {}), ...(tooMuch ? { tooMuch } : {}) };
	} finally {
		timer.cancel();
		free();
		program.stop();
		await program.ended;
	}
}

async function sendAll(call: Call, bytes: Uint8Array, facts?: object): Promise<void> {
	for (let at = 0; at < bytes.length; at += call.chunkBytes)
		await call.send(bytes.subarray(at, at + call.chunkBytes), facts);
}

/** Writes to a program as fast as it reads, so that a client that goes on typing waits; what has ended reads nothing. */
async function write(program: Program, bytes: Uint8Array): Promise<void> {
	if (program.input.write(bytes)) return;
	await new Promise<void>((resolve) => {
		program.input.once('drain', resolve);
		void program.ended.then(() => resolve());
	});
}

/** A shell on a pseudo-terminal, which script(1) makes; what the client types goes into it, ^C and all. */
async function terminal(
	call: Call,
	{ rows, columns }: { readonly rows: number; readonly columns: number },
): Promise<object> {
	const shell = process.env['SHELL'] ?? '/bin/sh';
	const begin = `stty rows ${rows} columns ${columns}; exec ${JSON.stringify(shell)}`;
	const program = await Program.start(['script', '-qfe', '-c', begin, '/dev/null'], { input: true });
	const free = program.stopWith(call.signal);
	const typed = async (): Promise<void> => {
		for await (const bytes of call.input()) await write(program, bytes);
		program.input.end();
	};
	// Ends with the call, which is over when the shell is.
	const typing = typed().catch(() => undefined);
	try {
		call.info({ began: true });
		for await (const part of program.output as AsyncIterable<Buffer>) await sendAll(call, part);
		return { ...(await program.ended) };
	} finally {
		free();
		program.stop();
		await program.ended;
		call.endInput({});
		await typing;
	}
}
