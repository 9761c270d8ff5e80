import { type ChildProcess, spawn } from 'node:child_process';
import { homedir } from 'node:os';
import { PassThrough, type Readable, type Writable } from 'node:stream';
import { systemCodeOf } from '@pilotwire/runtime';
import { deviceDenied, programFailed, programMissing, type RemoteError } from '../errors.ts';

/** Who is told to end has this long. Milliseconds. */
const GRACE_MS = 2_000;
/** How often it is looked whether something that a program left behind holds its output open. Milliseconds. */
const LEFT_OPEN_MS = 500;
/** What a program says when something is wrong, at most. Characters. */
const MOST_WORDS = 2_000;

/** Debian's package of each program that an agent may call. */
const packages: Readonly<Record<string, string>> = {
	'rpicam-still': 'rpicam-apps',
	'rpicam-vid': 'rpicam-apps',
	ffmpeg: 'ffmpeg',
	arecord: 'alsa-utils',
	aplay: 'alsa-utils',
	sox: 'sox',
	'espeak-ng': 'espeak-ng',
	'cec-client': 'cec-utils',
	'cec-ctl': 'v4l-utils',
	gpioget: 'gpiod',
	gpioset: 'gpiod',
	gpiomon: 'gpiod',
	script: 'bsdutils',
	setpriv: 'util-linux',
	mpv: 'mpv',
};

/** The group whose members may use a program's device. */
const groups: Readonly<Record<string, string>> = {
	'rpicam-still': 'video',
	'rpicam-vid': 'video',
	arecord: 'audio',
	aplay: 'audio',
	'cec-client': 'video',
	'cec-ctl': 'video',
	gpioget: 'gpio',
	gpioset: 'gpio',
	gpiomon: 'gpio',
};

/** How a program ended. */
export interface Ending {
	readonly code: number | null;
	readonly signal: NodeJS.Signals | null;
}

/** How a program is started. */
export interface ProgramOptions {
	/** Where it runs. Default: the home folder. */
	readonly folder?: string | undefined;
	/** Whether it is written to. */
	readonly input?: boolean;
	/** An open file that it has as descriptor 3. */
	readonly file?: number;
	/** Whether its errors are read by whoever starts it; otherwise they are kept for `fault`. */
	readonly errors?: boolean;
	/** Whether it ends with the agent, also where that is killed: for what holds a device and writes nothing. */
	readonly isTied?: boolean;
}

/** What runs the rest of its line so that the kernel ends it with whoever started it (prctl(2), PR_SET_PDEATHSIG). */
const TIED = ['setpriv', '--pdeathsig', 'TERM', '--'];

/** A program that runs, with all that it starts: they form one group, and end together. */
export class Program {
	readonly name: string;
	readonly output: Readable;
	/** To be read only with `errors: true`. */
	readonly errors: Readable;
	/** Only with `input: true`. */
	readonly input: Writable;
	readonly ended: Promise<Ending>;
	readonly #child: ChildProcess;
	#said = '';
	#isOver = false;

	private constructor(name: string, child: ChildProcess, errors: boolean) {
		this.name = name;
		this.#child = child;
		this.output = passed(child, child.stdout as Readable);
		this.errors = errors ? passed(child, child.stderr as Readable) : (child.stderr as Readable);
		this.input = child.stdin as Writable;
		// Whoever ends before it has read all: the ending says it.
		child.stdin?.on('error', () => undefined);
		if (!errors)
			this.errors.setEncoding('utf8').on('data', (text: string) => {
				this.#said = (this.#said + text).slice(-MOST_WORDS);
			});
		child.once('exit', () => {
			this.#isOver = true;
			// What it left behind would hold its output open.
			this.#signal('SIGKILL');
		});
		this.ended = new Promise((resolve) => {
			child.once('close', (code, signal) => resolve({ code, signal }));
		});
	}

	/** Starts one: name and arguments, never a shell. Throws `PROGRAM_MISSING` where there is none of that name. */
	static async start(line: readonly string[], options: ProgramOptions = {}): Promise<Program> {
		const [name = ''] = line;
		const { folder = homedir(), input = false, file, errors = false, isTied = false } = options;
		const [program = '', ...given] = isTied ? [...TIED, ...line] : line;
		const child = spawn(program, given, {
			cwd: folder,
			env: environment(),
			detached: true,
			stdio: [input ? 'pipe' : 'ignore', 'pipe', 'pipe', ...(file === undefined ? [] : [file])],
		});
		await new Promise<void>((resolve, reject) => {
			child.once('spawn', resolve);
			child.once('error', (error) => {
				const isMissing = ['ENOENT', 'EACCES'].includes(systemCodeOf(error));
				reject(isMissing ? missing(program) : programFailed(name, error.message));
			});
		});
		return new Program(name, child, errors);
	}

	/** Of the process and the group that it leads. */
	get pid(): number | undefined {
		return this.#child.pid;
	}

	/** Ends it: first by asking, then without. */
	stop(): void {
		if (this.#isOver) return;
		this.#signal('SIGTERM');
		const timer = setTimeout(() => this.#signal('SIGKILL'), GRACE_MS);
		this.#child.once('exit', () => clearTimeout(timer));
	}

	/** Ends it with a signal, also with one that was aborted before; what this returns takes that back. */
	stopWith(signal: AbortSignal): () => void {
		const stop = (): void => this.stop();
		signal.addEventListener('abort', stop, { once: true });
		if (signal.aborted) stop();
		return () => signal.removeEventListener('abort', stop);
	}

	/** What a program that failed said, as an error for people. */
	get fault(): RemoteError {
		const said = this.#said;
		const group = groups[this.name];
		if (group !== undefined && /permission denied|not permitted/i.test(said))
			return deviceDenied(this.name, said, group);
		return programFailed(this.name, said);
	}

	#signal(signal: NodeJS.Signals): void {
		const { pid } = this.#child;
		if (pid === undefined) return;
		try {
			process.kill(-pid, signal);
		} catch {
			// The whole group is gone.
		}
	}
}

/** Runs a program to its end, reading all that it writes, at most so much; refuses where it fails. Ends with the signal. */
export async function outputOf(
	line: readonly string[],
	signal: AbortSignal,
	{
		input,
		mostBytes = 16 * 1024 * 1024,
		...options
	}: Omit<ProgramOptions, 'input'> & {
		readonly input?: string | Uint8Array;
		readonly mostBytes?: number;
	} = {},
): Promise<Buffer> {
	const program = await Program.start(line, { ...options, input: input !== undefined });
	const free = program.stopWith(signal);
	try {
		if (input !== undefined) program.input.end(input);
		const parts: Buffer[] = [];
		let size = 0;
		for await (const part of program.output as AsyncIterable<Buffer>) {
			size += part.length;
			if (size > mostBytes) throw programFailed(program.name, `more than ${mostBytes} bytes`);
			parts.push(part);
		}
		const { code } = await program.ended;
		signal.throwIfAborted();
		if (code !== 0) throw program.fault;
		return Buffer.concat(parts);
	} finally {
		free();
		program.stop();
		await program.ended;
	}
}

/**
 * What a program writes, until it has ended and all of that is read: a daemon that it left behind, in a session of its
 * own, has the same pipe and would hold it open for as long as it lives.
 */
function passed(child: ChildProcess, source: Readable): Readable {
	const output = new PassThrough();
	source.pipe(output);
	output.once('close', () => source.destroy());
	child.once('exit', () => {
		if (source.closed) return;
		const look = setInterval(() => {
			// Whoever reads slowly has its time.
			if (source.readableLength > 0) return;
			source.destroy();
			output.end();
		}, LEFT_OPEN_MS);
		source.once('close', () => clearInterval(look));
	});
	return output;
}

function missing(name: string): RemoteError {
	const of = packages[name.split('/').at(-1) ?? ''];
	return programMissing(
		name,
		of === undefined ? 'Install it, or correct its path in the configuration.' : `Install it: sudo apt install ${of}`,
	);
}

/** What programs see of this one's environment: no secret that it was given. */
function environment(): Record<string, string> {
	const kept = ['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'XDG_RUNTIME_DIR', 'DISPLAY', 'WAYLAND_DISPLAY'];
	const own = kept.flatMap((name) => {
		const value = process.env[name];
		return value === undefined ? [] : [[name, value] as const];
	});
	return { ...Object.fromEntries(own), LANG: 'C.UTF-8', TERM: 'dumb' };
}
