import { type ChildProcess, fork } from 'node:child_process';
import type { Clock, Logger, Timer } from '@pilotwire/runtime';
import { exitCodes } from '@pilotwire/runtime';

/** A service process says that it lives this often. Milliseconds. */
export const HEARTBEAT_MS = 1_000;
/** One that is silent for this long hangs: it is killed and started again. Milliseconds. */
const HUNG_AFTER_MS = 8_000;
/** A process that just started may take this long to say the first word. Milliseconds. */
const START_WITHIN_MS = 30_000;
const FIRST_RESTART_MS = 500;
const LAST_RESTART_MS = 30_000;
const GOOD_LIFE_MS = 60_000;
/** A process that doesn't leave in this time when asked is killed. Milliseconds. */
const LEAVE_WITHIN_MS = 8_000;

/** Exit codes of errors for which starting again can't help; an error that nobody owns is none of them. */
const FATAL: readonly number[] = Object.values(exitCodes).filter((code) => code !== exitCodes.software);

/** One process a service, each watched: one that ends or hangs is started again, alone, with back-off. */
export class Processes {
	readonly #clock: Clock;
	readonly #log: Logger;
	readonly #commandLine: (service: string) => readonly string[];
	readonly #watched: Watched[] = [];

	/** `commandLine`: the script and its arguments that run one service. */
	constructor(clock: Clock, log: Logger, commandLine: (service: string) => readonly string[]) {
		this.#clock = clock;
		this.#log = log;
		this.#commandLine = commandLine;
	}

	/**
	 * Starts a service's process. `gaveUp` is called with its exit code where it never came to life for a reason that
	 * starting again can't help. One that did live is started again for ever: the house may not end with one of its parts.
	 */
	start(service: string, gaveUp: (exitCode: number) => void): void {
		const watched = new Watched(service, this.#commandLine(service), this.#clock, this.#log, gaveUp);
		this.#watched.push(watched);
		watched.start();
	}

	/** Asks all to leave, the last started first, and kills what doesn't. */
	async stop(): Promise<void> {
		for (const watched of this.#watched.reverse()) await watched.stop();
	}
}

class Watched {
	readonly #service: string;
	readonly #commandLine: readonly string[];
	readonly #clock: Clock;
	readonly #log: Logger;
	readonly #gaveUp: (exitCode: number) => void;
	#child: ChildProcess | undefined;
	#heardOnce = false;
	#everHeard = false;
	#startedMs = 0;
	#lastHeardMs = 0;
	#waitMs = FIRST_RESTART_MS;
	#watch: Timer | undefined;
	#restart: Timer | undefined;
	#stopping = false;

	constructor(
		service: string,
		commandLine: readonly string[],
		clock: Clock,
		log: Logger,
		gaveUp: (exitCode: number) => void,
	) {
		this.#service = service;
		this.#commandLine = commandLine;
		this.#clock = clock;
		this.#log = log;
		this.#gaveUp = gaveUp;
	}

	start(): void {
		const [script = '', ...given] = this.#commandLine;
		const child = fork(script, given, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
		this.#child = child;
		this.#heardOnce = false;
		this.#startedMs = this.#lastHeardMs = this.#clock.monotonicMs();
		child.on('message', () => {
			this.#heardOnce = this.#everHeard = true;
			this.#lastHeardMs = this.#clock.monotonicMs();
		});
		child.once('error', (error) => {
			if (child.pid === undefined) this.#ended(error.message);
		});
		child.once('exit', (code, signal) => this.#exited(code, signal));
		this.#log.info({ pid: child.pid }, `${this.#service} runs as process ${child.pid}`);
		this.#watch = this.#clock.every(HEARTBEAT_MS, () => this.#look());
	}

	async stop(): Promise<void> {
		this.#stopping = true;
		this.#restart?.cancel();
		const child = this.#child;
		if (child === undefined) return;
		const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
		child.kill('SIGTERM');
		// A stopped (SIGSTOP) process can't leave: it needs the kill.
		const late = this.#clock.after(LEAVE_WITHIN_MS, () => child.kill('SIGKILL'));
		await gone;
		late.cancel();
	}

	#look(): void {
		const silentMs = this.#clock.monotonicMs() - this.#lastHeardMs;
		if (silentMs <= (this.#heardOnce ? HUNG_AFTER_MS : START_WITHIN_MS)) return;
		this.#log.error(
			{},
			`${this.#service} has not answered for ${Math.round(silentMs / 1000)} s: it is killed and started again`,
		);
		this.#child?.kill('SIGKILL');
	}

	#exited(code: number | null, signal: NodeJS.Signals | null): void {
		if (this.#stopping || this.#everHeard || code === null || !FATAL.includes(code)) {
			this.#ended(signal ?? `exit code ${code}`);
			return;
		}
		this.#watch?.cancel();
		this.#child = undefined;
		this.#log.error({}, `${this.#service} can't run (exit code ${code}): all services stop`);
		this.#gaveUp(code);
	}

	/** `how`: the signal, the exit code, or why it could not be started. */
	#ended(how: string): void {
		this.#watch?.cancel();
		this.#child = undefined;
		if (this.#stopping) return;
		const nowMs = this.#clock.monotonicMs();
		if (nowMs - this.#startedMs > GOOD_LIFE_MS) this.#waitMs = FIRST_RESTART_MS;
		this.#log.warn({}, `${this.#service} ended (${how}); it starts again in ${this.#waitMs / 1000} s`);
		this.#restart = this.#clock.after(this.#waitMs, () => this.start());
		this.#waitMs = Math.min(this.#waitMs * 2, LAST_RESTART_MS);
	}
}
