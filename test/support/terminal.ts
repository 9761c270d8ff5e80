// A program at a real terminal: util-linux's `script` gives it a pseudo-terminal, and what is typed here goes in there.
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { atTheEnd } from './hooks.ts';
import { type Part, program } from './parts.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const open = new Set<Terminal>();

/** Where Debian puts it. */
const SCRIPT = '/usr/bin/script';

/** The program that makes the pseudo-terminal. */
export const terminals: Part = program(SCRIPT, 'apt-get install bsdutils');

/** A program that runs at a terminal of its own. */
export class Terminal {
	/** Settles with the exit code when the program has ended and all it showed has been read. */
	readonly ended: Promise<number | null>;
	readonly #child: ChildProcess;
	#shown = '';
	#look: () => void = () => undefined;

	/** `command`: a program and its arguments, none of which holds a space or a quote; paths from the root. */
	constructor(command: readonly string[]) {
		const args = ['--quiet', '--return', '--flush', '--command', command.join(' '), '/dev/null'];
		this.#child = spawn(SCRIPT, args, { cwd: root, env: { ...process.env, SHELL: '/bin/sh' }, stdio: 'pipe' });
		open.add(this);
		this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
			this.#shown += text;
			this.#look();
		});
		this.ended = new Promise((resolve) => {
			this.#child.once('close', (code) => {
				open.delete(this);
				resolve(code);
			});
		});
	}

	/** All that the terminal shows: what the program wrote, and what it echoed of what was typed. */
	get shown(): string {
		return this.#shown.replaceAll('\r\n', '\n');
	}

	/** Waits until the terminal shows a text. Fails with what it shows where it doesn't within a minute. */
	until(text: string): Promise<void> {
		return new Promise((resolve, reject) => {
			const late = setTimeout(() => reject(new Error(`"${text}" isn't shown. It shows:\n${this.shown}`)), 60_000);
			this.#look = () => {
				if (!this.shown.includes(text)) return;
				clearTimeout(late);
				resolve();
			};
			this.#look();
		});
	}

	/** Presses keys; `\r` is Enter. */
	type(keys: string): void {
		this.#child.stdin?.write(keys);
	}

	/** The terminal goes away, and the program with it. Not by SIGHUP, which whoever was started by `nohup` ignores. */
	async close(): Promise<void> {
		this.#child.kill('SIGKILL');
		await this.ended;
	}
}

/** Call it in the body of `describe`: no terminal opened by a test outlives it. */
export function noTerminalLeft(): void {
	atTheEnd('test', async () => {
		await Promise.all([...open].map((terminal) => terminal.close()));
	});
}
