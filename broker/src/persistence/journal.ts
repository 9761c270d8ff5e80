import { type Clock, type Database, type Logger, messageOf, PilotwireError, type Timer } from '@pilotwire/runtime';
import type { Hurry, Storable } from './storable.ts';
import { Waiters } from './waiters.ts';

/** How long a QoS 0 change may wait for the disk: states that change every second would wear an SD card out. */
const lazyMs = 5000;
/** How long what somebody waits for may wait for others to share its commit. */
const urgentMs = 5;
/** Changes per transaction: handing over more at once would hold up the thread that delivers. */
const changesPerCommit = 500;
const firstRetryMs = 5000;
const longestRetryMs = 60_000;
/** A commit that takes longer is a disk that hangs. */
const hangsMs = 1000;
/** Between two lines of the log about a disk that goes on failing. */
const reminderMs = 600_000;

/** What the journal needs. */
export interface JournalOptions {
	readonly open: () => Promise<Database>;
	/** Puts a file that could not be read out of the way, whole; without it, it is emptied. */
	readonly setAside: (() => Promise<void>) | undefined;
	/** Reads the file into memory. */
	readonly restore: (database: Database) => Promise<void>;
	/** All that the file should hold, for one that has to be written anew. */
	readonly everything: () => Iterable<Storable>;
	/** Empties the file. */
	readonly empty: readonly string[];
	readonly clock: Clock;
	readonly log: Logger;
}

/**
 * Writes the state behind the broker's back, in group commits: of each thing that changed, how it stands when its turn
 * comes. A database that fails is tried again, and opened anew if need be; meanwhile the state stands in memory, what must
 * be written is never more than it, and who waits for a commit goes on waiting.
 */
export class Journal {
	readonly #options: JournalOptions;
	#database: Database | undefined;
	readonly #changed: Record<Hurry, Set<Storable>> = { urgent: new Set(), lazy: new Set() };
	readonly #timers = new Map<Hurry | 'retry', Timer>();
	readonly #waiters = new Waiters();
	#writing: Promise<void> = Promise.resolve();
	/** How long the next retry waits; 0 while the database works. */
	#retryMs = 0;
	/** When the commit under way began, monotonic ms. */
	#begunMs: number | undefined;
	/** When the log last had a line about a disk that fails, monotonic ms. */
	#toldMs = 0;
	/** Whether memory holds all that the file does. */
	#restored = false;
	#closed = false;
	#noted = 0;

	constructor(options: JournalOptions) {
		this.#options = options;
	}

	/** Whether nothing can be saved now. */
	get isFailing(): boolean {
		return this.#retryMs > 0;
	}

	/** Whether who waits for a commit waits longer than a disk that works takes: it fails, or hangs. */
	get isStuck(): boolean {
		const { clock } = this.#options;
		return this.isFailing || (this.#begunMs !== undefined && clock.monotonicMs() - this.#begunMs > hangsMs);
	}

	/** Changes that the file does not have yet. */
	get unsaved(): number {
		return this.#changed.urgent.size + this.#changed.lazy.size;
	}

	/** Counts up with each change that is worth waiting for. */
	get noted(): number {
		return this.#noted;
	}

	/**
	 * Opens the file and restores the state. A disk that is full or fails is reported and tried again later; what only a
	 * person can put right (no permission, in use, a wrong path) is thrown.
	 */
	async load(): Promise<void> {
		try {
			this.#database = await this.#options.open();
			await this.#options.restore(this.#database);
			this.#restored = true;
		} catch (error) {
			await this.#drop();
			if (error instanceof PilotwireError && error.exitCode !== undefined) throw error;
			await this.#failed(error);
		}
	}

	/** Something changed, or is gone. */
	note(item: Storable, hurry: Hurry): void {
		const { urgent, lazy } = this.#changed;
		if (item.gone && !item.stored) {
			urgent.delete(item);
			lazy.delete(item);
			item.forgotten?.();
			return;
		}
		if (hurry === 'urgent') {
			this.#noted += 1;
			lazy.delete(item);
			urgent.add(item);
			this.#schedule('urgent', urgentMs);
		} else if (!urgent.has(item)) {
			lazy.add(item);
			this.#schedule('lazy', lazyMs);
		}
	}

	/** Resolves when all that was noted as urgent up to now is on the disk; undefined where it is. */
	committed(): Promise<void> | undefined {
		return this.#waiters.next(this.#changed.urgent.size > 0);
	}

	/** Writes what is left and closes the file. */
	async close(): Promise<void> {
		this.#closed = true;
		for (const timer of this.#timers.values()) timer.cancel();
		this.#timers.clear();
		await this.#write('lazy');
		await this.#drop();
	}

	#schedule(what: Hurry | 'retry', delayMs: number): void {
		if (this.#closed || this.#timers.has(what) || (what !== 'retry' && this.#retryMs > 0)) return;
		const timer = this.#options.clock.after(delayMs, () => {
			this.#timers.delete(what);
			void this.#write(what === 'urgent' ? 'urgent' : 'lazy');
		});
		this.#timers.set(what, timer);
	}

	/** Writes what is urgent, or all of it; one after the other, never rejects. */
	#write(hurry: Hurry): Promise<void> {
		this.#writing = this.#writing.then(async () => {
			this.#begunMs = this.#options.clock.monotonicMs();
			try {
				await this.#reopen();
				const batch = this.#waiters.begin();
				await this.#commit('urgent');
				this.#waiters.done(batch);
				if (hurry === 'lazy') await this.#commit('lazy');
				this.#succeeded();
			} catch (error) {
				await this.#failed(error);
			} finally {
				this.#begunMs = undefined;
			}
		});
		return this.#writing;
	}

	/** Writes what has changed up to now; what changes meanwhile is for the next commit. */
	async #commit(hurry: Hurry): Promise<void> {
		const items = [...this.#changed[hurry]];
		this.#changed[hurry].clear();
		for (let from = 0; from < items.length && this.#database !== undefined; from += changesPerCommit) {
			const taken = items.slice(from, from + changesPerCommit);
			try {
				await this.#database.batch(taken.flatMap(taking));
			} catch (error) {
				this.#putBack(taken, items.slice(from + changesPerCommit));
				throw error;
			}
			for (const item of taken) if (item.gone && !item.stored) item.forgotten?.();
			this.#options.log.debug({ changes: taken.length }, 'Broker state saved');
		}
	}

	/** What failed goes before what came since: of the same thing, the later one counts. */
	#putBack(failed: readonly Storable[], others: readonly Storable[]): void {
		for (const item of failed) item.stored = true;
		this.#changed.urgent = new Set([...failed, ...others, ...this.#changed.urgent]);
		for (const item of this.#changed.urgent) this.#changed.lazy.delete(item);
	}

	/** Opens the file again after a failure that ended the old one, and writes the whole state into it. */
	async #reopen(): Promise<void> {
		if (this.#database !== undefined || this.#retryMs === 0) return;
		if (!this.#restored) await this.#options.setAside?.();
		this.#restored = true;
		const database = await this.#options.open();
		try {
			await database.batch(this.#options.empty.map((sql) => ({ sql })));
		} catch (error) {
			await this.#close(database);
			throw error;
		}
		this.#database = database;
		this.#changed.lazy.clear();
		this.#changed.urgent = new Set(this.#options.everything());
		for (const item of this.#changed.urgent) item.stored = false;
	}

	#succeeded(): void {
		if (this.#retryMs > 0) this.#options.log.info({}, 'The state of the broker is saved again');
		this.#retryMs = 0;
		// What somebody waits for may have come and gone while a retry was under way.
		if (this.#changed.urgent.size > 0 || this.#waiters.any) this.#schedule('urgent', 0);
		if (this.#changed.lazy.size > 0) this.#schedule('lazy', lazyMs);
	}

	async #failed(error: unknown): Promise<void> {
		const nowMs = this.#options.clock.monotonicMs();
		if (this.#retryMs === 0 || nowMs - this.#toldMs >= reminderMs) {
			this.#toldMs = nowMs;
			const what =
				'The state of the broker is not saved, a restart would lose it, and QoS 1 and 2 are not acknowledged';
			this.#options.log.error({ err: error, unsaved: this.unsaved }, `${what}: ${messageOf(error)}`);
		}
		this.#retryMs = Math.min(Math.max(firstRetryMs, this.#retryMs * 2), longestRetryMs);
		const code = error instanceof PilotwireError ? error.code : '';
		if (code === 'DATABASE_CORRUPT' || code === 'DATABASE_WORKER_ENDED') await this.#drop();
		this.#schedule('retry', this.#retryMs);
	}

	async #drop(): Promise<void> {
		const database = this.#database;
		this.#database = undefined;
		if (database !== undefined) await this.#close(database);
	}

	async #close(database: Database): Promise<void> {
		try {
			await database.close();
		} catch (error) {
			this.#options.log.warn({ err: error }, `The state file was not closed cleanly: ${messageOf(error)}`);
		}
	}
}

/** How the file is brought up to date with a thing as it stands now. */
function taking(item: Storable) {
	if (item.gone && !item.stored) return [];
	item.stored = !item.gone;
	return item.gone ? item.remove() : [item.put()];
}
