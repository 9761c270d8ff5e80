import type { TelemetryState } from '@pilotwire/contract';
import { type Clock, type Logger, messageOf, PilotwireError, type Timer } from '@pilotwire/runtime';
import type { Spool } from './spool.ts';
import type { HistoryStore } from './store.ts';

/** Between two attempts on a store that fails: from, to. Milliseconds. */
const FIRST_RETRY_MS = 5_000;
const LONGEST_RETRY_MS = 60_000;
/** A question has what waits written at once, at most this often: each commit wears an SD card. Milliseconds. */
const FLUSH_MS = 5_000;

/** How a store is written. */
export interface WriterSettings {
	/** What waits is written together this often, milliseconds. */
	readonly everyMs: number;
	/** Whether the wall clock may be believed when something is deleted by age. */
	readonly clockIsSure: () => Promise<boolean>;
}

/** Brings points from the spool to one store, in order and in batches, and has it forget what it keeps no longer. */
export class StoreWriter {
	readonly store: HistoryStore;
	readonly #spool: Spool;
	readonly #clock: Clock;
	readonly #log: Logger;
	readonly #settings: WriterSettings;
	#written = 0;
	#refused = 0;
	#problem: string | undefined;
	#retryMs = 0;
	#retryAtMs = 0;
	#flushedMs = Number.NEGATIVE_INFINITY;
	#flushing: Promise<void> | undefined;
	#writing: Promise<void> | undefined;
	#timer: Timer | undefined;

	constructor(store: HistoryStore, spool: Spool, clock: Clock, log: Logger, settings: WriterSettings) {
		this.store = store;
		this.#spool = spool;
		this.#clock = clock;
		this.#log = log;
		this.#settings = settings;
	}

	/** Opens the store. What only a person can put right is thrown; a store that is away is tried again, and so is a file. */
	async start(): Promise<void> {
		try {
			await this.store.open();
		} catch (error) {
			if (isForAPerson(error)) throw error;
			this.#failed(error);
		}
		this.#timer = this.#clock.every(this.#settings.everyMs, () => this.#tick());
	}

	get state(): TelemetryState['stores'][number] {
		const { waiting, dropped } = this.#spool.of(this.store.name);
		return {
			store: this.store.name,
			written: this.#written,
			waiting,
			dropped,
			refused: this.#refused,
			...(this.#problem === undefined ? {} : { problem: this.#problem }),
		};
	}

	/** Writes what waits, for whoever asks the store; a store that fails is left to its next attempt. Never rejects. */
	async flush(): Promise<void> {
		const nowMs = this.#clock.monotonicMs();
		if (nowMs - this.#flushedMs >= FLUSH_MS) {
			this.#flushedMs = nowMs;
			this.#flushing = this.#writeNow();
		}
		// Whoever asks meanwhile waits for the same.
		await this.#flushing;
	}

	async #writeNow(): Promise<void> {
		await this.#spool.commit();
		// What is being written was taken before.
		await this.#writing;
		this.#tick();
		await this.#writing;
	}

	/** Does something to the store while nothing else is written to it. */
	async alone<Result>(work: () => Promise<Result>): Promise<Result> {
		while (this.#writing !== undefined) await this.#writing;
		const result = work();
		this.#writing = result.then(
			() => undefined,
			() => undefined,
		);
		try {
			return await result;
		} finally {
			this.#writing = undefined;
		}
	}

	/** Writes what waits, once, and closes. */
	async stop(): Promise<void> {
		this.#timer?.cancel();
		await this.#writing;
		await this.#drain();
		await this.store.close().catch((error: unknown) => {
			this.#log.warn({ err: error }, `${this.store.name} was not closed cleanly: ${messageOf(error)}`);
		});
	}

	#tick(): void {
		if (this.#writing !== undefined || this.#clock.monotonicMs() < this.#retryAtMs) return;
		this.#writing = this.#drain()
			.then(() => this.#upkeep())
			.finally(() => {
				this.#writing = undefined;
			});
	}

	/** Never rejects: what could not be written still waits. */
	async #drain(): Promise<void> {
		const { name, mostPerWrite } = this.store;
		try {
			for (;;) {
				const batch = await this.#spool.next(name, mostPerWrite);
				if (batch === undefined) break;
				const { points, to } = batch;
				const outcome = points.length === 0 ? undefined : await this.store.write(points);
				await this.#spool.confirm(name, to, points.length);
				this.#written += outcome?.written ?? 0;
				this.#refused += outcome?.refused ?? 0;
				this.#succeeded(outcome?.problem);
			}
		} catch (error) {
			this.#failed(error);
		}
	}

	/** A slice at a time, after what is more urgent. */
	async #upkeep(): Promise<void> {
		if (this.#retryMs > 0) return;
		try {
			const isSure = await this.#settings.clockIsSure();
			await this.store.upkeep(isSure ? this.#clock.wallMs() : undefined);
		} catch (error) {
			this.#failed(error);
		}
	}

	#succeeded(problem: string | undefined): void {
		if (this.#retryMs > 0) this.#log.info({}, `the history is written to ${this.store.name} again`);
		if (problem !== undefined && problem !== this.#problem) {
			this.#log.warn({}, `${this.store.name} refused points: ${problem}`);
		}
		this.#problem = problem;
		this.#retryMs = 0;
	}

	#failed(error: unknown): void {
		this.#problem = messageOf(error);
		if (this.#retryMs === 0) this.#log.warn({ err: error }, `the history waits: ${this.#problem}`);
		this.#retryMs = Math.min(Math.max(FIRST_RETRY_MS, this.#retryMs * 2), LONGEST_RETRY_MS);
		this.#retryAtMs = this.#clock.monotonicMs() + this.#retryMs;
	}
}

/** A disk that has become read-only, as worn cards do, must not keep the rest from running: it is said, and tried again. */
function isForAPerson(error: unknown): boolean {
	return error instanceof PilotwireError && error.exitCode !== undefined && error.code !== 'DATABASE_NOT_WRITABLE';
}
