import type { TelemetryState } from '@pilotwire/contract';
import { type Clock, type Logger, messageOf, PilotwireError, type Timer } from '@pilotwire/runtime';
import type { Point } from './point.ts';
import type { HistoryStore } from './store.ts';

/** Points are written together this often: each commit wears an SD card. Milliseconds. */
const WRITE_MS = 5_000;
/** Points in memory while a store is away: hours of a house. Beyond it the oldest are given up. */
const MOST_WAITING = 100_000;
/** Between two attempts on a store that fails: from, to. Milliseconds. */
const FIRST_RETRY_MS = 5_000;
const LONGEST_RETRY_MS = 60_000;

/** Brings points to one store, in order and in batches; they wait in memory while it is away. */
export class StoreWriter {
	readonly store: HistoryStore;
	readonly #clock: Clock;
	readonly #log: Logger;
	readonly #mostWaiting: number;
	#waiting: Point[] = [];
	/** How many of the first of `#waiting` are on their way. */
	#sent = 0;
	#written = 0;
	#dropped = 0;
	#refused = 0;
	#problem: string | undefined;
	#retryMs = 0;
	#retryAtMs = 0;
	#writing: Promise<void> | undefined;
	#timer: Timer | undefined;

	constructor(store: HistoryStore, clock: Clock, log: Logger, mostWaiting = MOST_WAITING) {
		this.store = store;
		this.#clock = clock;
		this.#log = log;
		this.#mostWaiting = mostWaiting;
	}

	/** Opens the store. What only a person can put right is thrown; a store that is away is tried again. */
	async start(): Promise<void> {
		try {
			await this.store.open();
		} catch (error) {
			if (error instanceof PilotwireError && error.exitCode !== undefined) throw error;
			this.#failed(error);
		}
		this.#timer = this.#clock.every(WRITE_MS, () => this.#tick());
	}

	add(points: readonly Point[]): void {
		for (const point of points) this.#waiting.push(point);
		// Those on their way may be confirmed yet.
		const excess = Math.min(this.#waiting.length - this.#mostWaiting, this.#waiting.length - this.#sent);
		if (excess <= 0) return;
		this.#waiting.splice(this.#sent, excess);
		if (this.#dropped === 0) this.#log.error({}, `${this.store.name} is away for too long: the oldest points are lost`);
		this.#dropped += excess;
	}

	get state(): TelemetryState['stores'][number] {
		return {
			store: this.store.name,
			written: this.#written,
			waiting: this.#waiting.length,
			dropped: this.#dropped,
			refused: this.#refused,
			...(this.#problem === undefined ? {} : { problem: this.#problem }),
		};
	}

	/** Writes what waits, once, and closes. */
	async stop(): Promise<void> {
		this.#timer?.cancel();
		await this.#writing;
		await this.#drain();
		if (this.#waiting.length > 0) {
			this.#log.error({}, `${this.#waiting.length} points are lost: ${this.#problem ?? `${this.store.name} is away`}`);
		}
		await this.store.close().catch((error: unknown) => {
			this.#log.warn({ err: error }, `${this.store.name} was not closed cleanly: ${messageOf(error)}`);
		});
	}

	#tick(): void {
		if (this.#writing !== undefined || this.#clock.monotonicMs() < this.#retryAtMs) return;
		this.#writing = this.#drain().finally(() => {
			this.#writing = undefined;
		});
	}

	/** Never rejects: what could not be written still waits. */
	async #drain(): Promise<void> {
		try {
			// What comes meanwhile waits for the next time: else each new point would have a commit of its own.
			for (let left = this.#waiting.length; left > 0; left -= this.#sent) {
				const batch = this.#waiting.slice(0, Math.min(left, this.store.mostPerWrite));
				this.#sent = batch.length;
				const { written, refused, problem } = await this.store.write(batch);
				this.#waiting.splice(0, this.#sent);
				this.#written += written;
				this.#refused += refused;
				this.#succeeded(problem);
			}
		} catch (error) {
			this.#failed(error);
		} finally {
			this.#sent = 0;
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
