import { type Clock, type Logger, systemCodeOf } from '@pilotwire/runtime';
import { blackBoxFailed } from '../errors.ts';
import { encodeEntry } from './entry.ts';
import type { Ring } from './ring.ts';

/** Entries in memory while the disk takes none; beyond it the oldest are given up. Characters. */
const MOST_WAITING = 524_288;
/** Between two attempts on a disk that fails. Milliseconds. */
const RETRY_MS = 30_000;
/** So many of the ring's oldest segments are given up for room on a full disk, at one attempt. */
const MOST_FREED = 3;

/** What a new segment begins with: `m` of its first entry, and the topics that its first entries speak of themselves. */
export type Preamble = (m: number, except: ReadonlySet<string>) => string;

interface Waiting {
	readonly m: number;
	readonly text: string;
	/** The topic that it is the state of. */
	readonly place: string | undefined;
}

/** Entries on their way to the disk, in order. Calls to `write` must not overlap. */
export class Appender {
	readonly #ring: Ring;
	readonly #clock: Clock;
	readonly #log: Logger;
	readonly #preamble: Preamble;
	#waiting: Waiting[] = [];
	#characters = 0;
	#lost = 0;
	#retryAtMs = Number.NEGATIVE_INFINITY;
	/** Appends that the disk confirmed since the start, and their bytes. */
	appends = 0;
	bytes = 0;
	/** What is wrong and what to do, in a sentence. */
	problem: string | undefined;

	constructor(ring: Ring, clock: Clock, log: Logger, preamble: Preamble) {
		this.#ring = ring;
		this.#clock = clock;
		this.#log = log;
		this.#preamble = preamble;
	}

	add(m: number, text: string, place?: string): void {
		this.#waiting.push({ m, text, place });
		this.#characters += text.length;
		this.#bound();
	}

	/** Whether there is something to write, to a disk that may take it. */
	get isReady(): boolean {
		return this.#waiting.length > 0 && this.#clock.monotonicMs() >= this.#retryAtMs;
	}

	/** Puts what waits on the disk; where that fails it goes on waiting. Never rejects. */
	async write(): Promise<void> {
		const batch = this.#waiting;
		if (batch.length === 0) return;
		this.#waiting = [];
		this.#characters = 0;
		try {
			this.bytes += await this.#append(batch);
			this.appends += 1;
			this.#lost = 0;
			this.problem = undefined;
		} catch (error) {
			this.#waiting = [...batch, ...this.#waiting];
			this.#characters = this.#waiting.reduce((sum, { text }) => sum + text.length, 0);
			this.#bound();
			this.failed(error);
		}
	}

	/** Tells of a failure, once while it lasts; the next attempt comes later. */
	failed(error: unknown): void {
		const { message } = blackBoxFailed(error);
		if (this.problem !== message) this.#log.error({ err: error }, message);
		this.problem = message;
		this.#retryAtMs = this.#clock.monotonicMs() + RETRY_MS;
	}

	async #append(batch: readonly Waiting[]): Promise<number> {
		const nowMs = this.#clock.monotonicMs();
		for (let freed = 0; ; freed++) {
			try {
				return await this.#ring.append(this.#textOf(batch, nowMs), nowMs);
			} catch (error) {
				const isFull = ['ENOSPC', 'EDQUOT'].includes(systemCodeOf(error));
				if (!isFull || freed === MOST_FREED || !(await this.#ring.dropOldest())) throw error;
			}
		}
	}

	#textOf(batch: readonly Waiting[], nowMs: number): string {
		const m = batch[0]?.m ?? nowMs;
		const lost = this.#lost === 0 ? '' : encodeEntry({ k: 'lost', m, entries: this.#lost });
		const text = lost + batch.map((entry) => entry.text).join('');
		if (!this.#ring.isFresh(nowMs)) return text;
		const spoken = new Set(batch.flatMap(({ place }) => place ?? []));
		return this.#preamble(m, spoken) + text;
	}

	#bound(): void {
		let excess = 0;
		while (this.#characters > MOST_WAITING && excess < this.#waiting.length) {
			this.#characters -= this.#waiting[excess++]?.text.length ?? 0;
		}
		if (excess === 0) return;
		this.#waiting.splice(0, excess);
		this.#lost += excess;
	}
}
