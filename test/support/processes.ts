// Child processes for tests: started from source, followed line by line, never left behind.
import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { atTheEnd } from './hooks.ts';
import type { Environment } from './native-build.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const fromSource = ['--import', '@pilotwire/test/typescript', '--conditions=pilotwire:source'];
const running = new Set<Process>();

/** One line that a process wrote. */
export interface Line {
	readonly stream: 'stdout' | 'stderr';
	readonly text: string;
	/** When it was read here: nanoseconds of `process.hrtime.bigint()`. */
	readonly atNs: bigint;
}

/** How a process ended. */
export interface Ending {
	readonly code: number | null;
	readonly signal: NodeJS.Signals | null;
}

/** A running child process. */
export class Process {
	readonly pid: number;
	/** Everything it wrote so far. */
	readonly lines: Line[] = [];
	/** Settles when the process has ended and all it wrote has been read. */
	readonly ended: Promise<Ending>;
	readonly #child: ChildProcess;
	readonly #events = new EventEmitter().setMaxListeners(0);
	#ending: Ending | undefined;

	constructor(child: ChildProcess) {
		if (child.pid === undefined) throw new Error(`The process could not be started: ${child.spawnfile}`);
		this.#child = child;
		this.pid = child.pid;
		running.add(this);
		for (const stream of ['stdout', 'stderr'] as const) {
			const input = child[stream];
			if (input === null) continue;
			createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY }).on('line', (text) => {
				const line: Line = { stream, text, atNs: process.hrtime.bigint() };
				this.lines.push(line);
				this.#events.emit('line', line);
			});
		}
		child.once('exit', () => running.delete(this));
		this.ended = new Promise((resolve) => {
			child.once('close', (code, signal) => {
				this.#ending = { code, signal };
				this.#events.emit('end');
				resolve(this.#ending);
			});
		});
	}

	/** Whether it still runs (or is stopped). */
	get alive(): boolean {
		return running.has(this);
	}

	/** A mark for `line`: only what is written from now on. */
	mark(): number {
		return this.lines.length;
	}

	/** What it wrote, as one text, for messages. */
	text(): string {
		return this.lines.map((line) => `${line.stream === 'stderr' ? '! ' : '  '}${line.text}`).join('\n');
	}

	/**
	 * The first line that matches, written already (since `from`) or still to come.
	 * Fails when the process ends without it, or after `withinMs`; the message holds all that was written.
	 */
	line(pattern: RegExp | string, { from = 0, withinMs = 40_000 } = {}): Promise<Line> {
		const matches = (line: Line) =>
			typeof pattern === 'string' ? line.text.includes(pattern) : line.text.search(pattern) >= 0;
		let next = from;
		return new Promise((resolve, reject) => {
			const settle = (act: () => void): void => {
				clearTimeout(timer);
				this.#events.off('line', look).off('end', look);
				act();
			};
			const fail = (what: string): void =>
				settle(() => reject(new Error(`No line like ${pattern} ${what}. It wrote:\n${this.text()}`)));
			const look = (): void => {
				for (; next < this.lines.length; next++) {
					const line = this.lines[next];
					if (line === undefined || !matches(line)) continue;
					settle(() => resolve(line));
					return;
				}
				if (this.#ending) fail(`before process ${this.pid} ended (${this.#ending.signal ?? this.#ending.code})`);
			};
			const timer = setTimeout(() => fail(`within ${withinMs} ms`), withinMs);
			this.#events.on('line', look).on('end', look);
			look();
		});
	}

	/** Calls back with each line from now on. */
	onLine(listener: (line: Line) => void): void {
		this.#events.on('line', listener);
	}

	/** Writes to its standard input. */
	write(text: string): void {
		this.#child.stdin?.write(text);
	}

	/** Closes its standard input. */
	endInput(): void {
		this.#child.stdin?.end();
	}

	/** Sends a signal (kill -9 unless another is given) and waits until it has ended. */
	async kill(signal: NodeJS.Signals = 'SIGKILL', withinMs = 40_000): Promise<Ending> {
		this.#child.kill(signal);
		let timer: NodeJS.Timeout | undefined;
		const late = new Promise<never>((_, reject) => {
			const message = `Process ${this.pid} did not end within ${withinMs} ms of ${signal}. It wrote:\n`;
			timer = setTimeout(() => reject(new Error(message + this.text())), withinMs);
		});
		try {
			return await Promise.race([this.ended, late]);
		} finally {
			clearTimeout(timer);
		}
	}

	/** Stops it where it stands (SIGSTOP): a hung process. Returns once every thread stands still. */
	async pause(): Promise<void> {
		this.#child.kill('SIGSTOP');
		while (this.alive && stateOf(this.pid) !== 'T') await new Promise((resolve) => setImmediate(resolve));
	}

	/** Lets a paused process go on (SIGCONT). */
	resume(): void {
		this.#child.kill('SIGCONT');
	}
}

/** What proc(5) says of a process, undefined where there is none. */
function statOf(pid: number): string | undefined {
	try {
		return readFileSync(`/proc/${pid}/stat`, 'utf8');
	} catch {
		return undefined;
	}
}

/** Whether a process runs. One that has ended may still be there until whoever adopted it looks. */
export const isAlive = (pid: number): boolean => !['Z', undefined].includes(stateOf(pid));

/** The letter for a process's state, undefined where there is none. */
const stateOf = (pid: number): string | undefined =>
	statOf(pid)
		?.replace(/^.*\) /s, '')
		.charAt(0);

/** The children of a process: their ids, and what they are called (proc(5): at most 15 characters). */
export function childrenOf(parent: number): { readonly pid: number; readonly name: string }[] {
	return readdirSync('/proc').flatMap((entry) => {
		const text = /^\d+$/.test(entry) ? statOf(Number(entry)) : undefined;
		const [, name, of] = /\((.*)\) \S (\d+)/s.exec(text ?? '') ?? [];
		return name !== undefined && Number(of) === parent ? [{ pid: Number(entry), name }] : [];
	});
}

/** What the built code covers is not the source's: each of its processes would record for nothing, and take longer to end. */
const unrecorded = { NODE_V8_COVERAGE: '' };
/** What a program gets that runs the source, and is started by another one. */
export const asRecorded = { NODE_V8_COVERAGE: process.env['NODE_V8_COVERAGE'] ?? '' };

/** Starts any program, the built `pilotwire` too. Its standard input stays open until `endInput`. */
export function startProgram(program: string, args: readonly string[], env: Environment = {}): Process {
	const whole = { ...process.env, ...unrecorded, ...env };
	return new Process(spawn(program, args, { cwd: root, env: whole, stdio: 'pipe' }));
}

/** Starts node on the project's source, e.g. `startProcess(['packages/cli/bin/pilotwire.js', 'up'])`; paths from the root. */
export function startProcess(args: readonly string[], { env = {} }: { env?: Environment } = {}): Process {
	return startProgram(process.execPath, [...fromSource, ...args], { ...asRecorded, ...env });
}

/** Kills what still runs and returns what it was. */
async function killAll(): Promise<Process[]> {
	const left = [...running];
	await Promise.all(left.map((one) => one.kill()));
	return left;
}

/**
 * Call it in the body of `describe`: no process started by the suite outlives the test (or the suite) that started it.
 * What is left is killed, and the test fails with what it had written.
 */
export function noProcessLeft(lifetime: 'test' | 'suite' = 'test'): void {
	const check = async (): Promise<void> => {
		const left = await killAll();
		if (left.length === 0) return;
		throw new Error(left.map((one) => `Process ${one.pid} was left running. It wrote:\n${one.text()}`).join('\n'));
	};
	atTheEnd(lifetime, check);
}

process.once('exit', () => {
	for (const one of running) process.kill(one.pid, 'SIGKILL');
});
