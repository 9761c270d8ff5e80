import { type Clock, type Logger, messageOf, type Timer } from '@pilotwire/runtime';
import { beginning, compareIds, type LogId, numberOf } from './log-id.ts';
import type { SharedStore, StoredEntry } from './shared-store.ts';

/** Entries that are taken before other things have their turn. */
const mostEntries = 500;
const retryMs = 250;

/** What the reader needs. */
export interface LogReaderOptions {
	readonly store: Pick<SharedStore, 'read' | 'head'>;
	readonly clock: Clock;
	readonly log: Logger;
	/** An entry arrived, the next one. */
	readonly onEntry: (entry: StoredEntry) => void;
	/** Something of the log was missed: it was shortened before it was read here, or Redis came back with less of it. */
	readonly onGap: (why: string) => Promise<void>;
}

/** Reads the log of all, one entry after the other, and sees whether any is missing. */
export class LogReader {
	readonly #options: LogReaderOptions;
	#applied: LogId = beginning;
	readonly #waiting: { readonly id: LogId; readonly resolve: () => void }[] = [];
	#closed = false;
	#retry: Timer | undefined;
	#wake: (() => void) | undefined;
	#reading: Promise<void> = Promise.resolve();

	constructor(options: LogReaderOptions) {
		this.#options = options;
	}

	/** All up to here has arrived. */
	get applied(): LogId {
		return this.#applied;
	}

	/** Reads from a place on. */
	start(from: LogId): void {
		this.#applied = from;
		this.#reading = this.#read();
	}

	/** Resolves when all up to a place has arrived. */
	reached(id: LogId): Promise<void> | undefined {
		if (compareIds(this.#applied, id) >= 0) return undefined;
		return new Promise((resolve) => this.#waiting.push({ id, resolve }));
	}

	async stop(): Promise<void> {
		this.#closed = true;
		this.#retry?.cancel();
		this.#wake?.();
		for (const { resolve } of this.#waiting.splice(0)) resolve();
		await this.#reading;
	}

	async #read(): Promise<void> {
		let failed = false;
		while (!this.#closed) {
			try {
				if (failed) await this.#compare();
				failed = false;
				const entries = await this.#options.store.read(this.#applied, mostEntries);
				for (const entry of entries) {
					if (this.#closed) return;
					if (numberOf(entry.id) !== numberOf(this.#applied) + 1) await this.#missed(entry);
					this.#options.onEntry(entry);
					this.#arrived(entry.id);
				}
			} catch (error) {
				if (this.#closed) return;
				failed = true;
				this.#options.log.debug({ err: error }, `The log of the cluster can't be read: ${messageOf(error)}`);
				await this.#pause();
			}
		}
	}

	/** Redis was away: it may have come back without the last it had. */
	async #compare(): Promise<void> {
		const head = await this.#options.store.head();
		if (compareIds(head, this.#applied) >= 0) return;
		await this.#options.onGap('Redis came back with less than it had');
		this.#arrived(head);
	}

	async #missed({ id }: StoredEntry): Promise<void> {
		const count = numberOf(id) - numberOf(this.#applied) - 1;
		const why = count > 0 ? `${count} messages fell out of the log before they were read` : 'the log begins anew';
		await this.#options.onGap(why);
	}

	#arrived(id: LogId): void {
		this.#applied = id;
		if (this.#waiting.length === 0) return;
		for (let at = this.#waiting.length - 1; at >= 0; at -= 1) {
			const one = this.#waiting[at];
			if (one === undefined || compareIds(one.id, id) > 0) continue;
			this.#waiting.splice(at, 1);
			one.resolve();
		}
	}

	#pause(): Promise<void> {
		return new Promise((resolve) => {
			this.#wake = resolve;
			this.#retry = this.#options.clock.after(retryMs, resolve);
			if (this.#closed) resolve();
		});
	}
}
