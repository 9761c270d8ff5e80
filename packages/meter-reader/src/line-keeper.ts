import { messageOf, PilotwireError, type ServiceContext, type Timer } from '@pilotwire/runtime';
import type { Line } from './line.ts';
import type { SpeedSearch } from './speed-search.ts';

/** First wait before a line is opened again; doubles up to the last. Milliseconds. */
const FIRST_WAIT_MS = 1_000;
const LAST_WAIT_MS = 5_000;
/** How often it is looked whether the speed still is the right one. Milliseconds. */
const LOOK_MS = 250;

/** A line that stays quiet is opened anew ever later, up to so many times its first wait. */
const MOST_PATIENCE = 10;
/** A line that is lost sooner than this was none: the wait before the next try goes on doubling. Milliseconds. */
const STEADY_MS = 10_000;

/** What a keeper tells. */
export interface KeeperEvents {
	bytes(chunk: Uint8Array): void;
	/** The bytes that follow don't continue those before: the line was opened, or set to another speed. */
	afresh(): void;
	/** It was connected or lost, or another speed is tried. */
	changed(): void;
}

/** Keeps a line open: opens it again when it is lost, and looks for its speed. */
export class LineKeeper {
	readonly #context: ServiceContext;
	readonly #line: Line;
	readonly #search: SpeedSearch;
	readonly #events: KeeperEvents;
	#connected = false;
	#problem: string | undefined;
	/** The last problem that the log was told; it is said once, however often it returns. */
	#said: string | undefined;
	#waitMs = FIRST_WAIT_MS;
	#timer: Timer | undefined;
	#looking: Timer | undefined;
	/** Opening, closing and setting the speed take turns. */
	#turn: Promise<void> = Promise.resolve();
	#stopped = false;
	/** Bytes came last then, or the line was opened. */
	#heardMs = 0;
	/** How many times the line's own patience is waited for now. */
	#patience = 1;
	#openedMs = 0;

	constructor(context: ServiceContext, line: Line, search: SpeedSearch, events: KeeperEvents) {
		this.#context = context;
		this.#line = line;
		this.#search = search;
		this.#events = events;
	}

	get connected(): boolean {
		return this.#connected;
	}

	/** Why it is not connected, in a sentence. */
	get problem(): string | undefined {
		return this.#problem;
	}

	/** Opens the line, or begins to try. Rejects where trying again can't help: another reader has the port. */
	async start(): Promise<void> {
		await this.#open(true);
		if (this.#line.hasSpeed || this.#line.quietMs !== undefined)
			this.#looking = this.#context.clock.every(LOOK_MS, () => this.#look());
	}

	async stop(): Promise<void> {
		this.#stopped = true;
		this.#timer?.cancel();
		this.#looking?.cancel();
		await this.#turn;
		this.#connected = false;
		await this.#line.close();
	}

	async #open(first: boolean): Promise<void> {
		const { clock, guard, log } = this.#context;
		try {
			const opening = this.#line.open(this.#search.baud, {
				bytes: guard((chunk) => this.#take(chunk)),
				closed: guard((problem) => this.#lost(problem)),
			});
			this.#turn = opening.catch(() => undefined);
			await opening;
		} catch (error) {
			if (first && error instanceof PilotwireError && error.exitCode !== undefined) throw error;
			this.#lost(messageOf(error));
			return;
		}
		if (this.#stopped) return;
		this.#connected = true;
		this.#problem = undefined;
		this.#openedMs = clock.monotonicMs();
		this.#heardMs = this.#openedMs;
		this.#search.listening(this.#openedMs);
		const speed = this.#line.hasSpeed ? ` at ${this.#search.baud} bd` : '';
		log.info({}, `${this.#line.name} is open${speed}`);
		this.#events.afresh();
		this.#events.changed();
	}

	#lost(problem: string): void {
		if (this.#stopped) return;
		const { clock, guard, log } = this.#context;
		if (this.#connected && clock.monotonicMs() - this.#openedMs >= STEADY_MS) {
			this.#waitMs = FIRST_WAIT_MS;
			this.#said = undefined;
		}
		if (problem !== this.#said) log.warn({}, `${problem}${/[.!?]$/.test(problem) ? '' : '.'} It is tried again.`);
		this.#connected = false;
		this.#problem = problem;
		this.#said = problem;
		const waitMs = this.#waitMs;
		this.#waitMs = Math.min(2 * waitMs, LAST_WAIT_MS);
		this.#timer = clock.after(
			waitMs,
			guard(() => this.#open(false)),
		);
		this.#events.changed();
	}

	#take(chunk: Uint8Array): void {
		this.#heardMs = this.#context.clock.monotonicMs();
		this.#patience = 1;
		this.#events.bytes(chunk);
	}

	/** An adapter or its driver may hang without a word; where it is the meter that is silent, this does no harm. */
	#openAnew(quietMs: number): void {
		const { guard, log } = this.#context;
		log.debug({}, `nothing came on ${this.#line.name} for ${Math.round(quietMs / 1000)} s: it is opened anew`);
		this.#connected = false;
		this.#patience = Math.min(2 * this.#patience, MOST_PATIENCE);
		const closed = this.#turn.then(() => this.#line.close());
		this.#turn = closed.catch(() => undefined);
		guard(() => this.#turn.then(() => (this.#stopped ? undefined : this.#open(false))))();
	}

	#look(): void {
		if (!this.#connected) return;
		const nowMs = this.#context.clock.monotonicMs();
		const quietMs = (this.#line.quietMs ?? Number.POSITIVE_INFINITY) * this.#patience;
		if (nowMs - this.#heardMs >= quietMs) {
			this.#openAnew(quietMs);
			return;
		}
		const baud = this.#search.next(nowMs);
		if (baud === undefined) return;
		this.#context.log.debug({}, `no right group on ${this.#line.name}: listening at ${baud} bd`);
		this.#turn = this.#line
			.setSpeed(baud)
			.catch((error: unknown) => this.#context.log.debug({ err: error }, messageOf(error)))
			.then(() => {
				this.#search.listening(this.#context.clock.monotonicMs());
				this.#events.afresh();
				this.#events.changed();
			});
	}
}
