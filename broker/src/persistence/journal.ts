import {
	type Clock,
	type Database,
	type Logger,
	messageOf,
	PilotwireError,
	type SqlStatement,
	type Timer,
} from '@pilotwire/runtime';
import type { RetainedMessages } from './retained.ts';

/** How long a QoS 0 change may wait for the disk: states that change every second would wear an SD card out. */
const lazyMs = 5000;
/** How long a QoS 1 or 2 change may wait for others to share its commit. */
const urgentMs = 200;
/** Changes per transaction: handing over more at once would hold up the thread that delivers. */
const changesPerCommit = 500;
const firstRetryMs = 5000;
const longestRetryMs = 60_000;

/** The schema of the state file, oldest first. Topics are kept as bytes: SQLite ends a text at its first NUL. */
export const stateMigrations = [
	'CREATE TABLE retained (topic BLOB PRIMARY KEY, payload BLOB NOT NULL, qos INTEGER NOT NULL) STRICT, WITHOUT ROWID',
];

type Hurry = 'urgent' | 'lazy';

/**
 * Writes the retained state behind the broker's back, in group commits: the newest of each topic that changed, QoS 1
 * and 2 within 200 ms, QoS 0 within 5 s. A database that fails is tried again, and opened anew if need be; meanwhile
 * the state stands in memory, and what must be written is never more than it.
 */
export class RetainedJournal {
	readonly #retained: RetainedMessages;
	readonly #open: () => Promise<Database>;
	readonly #clock: Clock;
	readonly #log: Logger;
	#database: Database | undefined;
	readonly #changed: Readonly<Record<Hurry, Set<string>>> = { urgent: new Set(), lazy: new Set() };
	/** Topics the file holds, or will hold when the commit under way ends. */
	readonly #stored = new Set<string>();
	readonly #timers = new Map<Hurry | 'retry', Timer>();
	#writing: Promise<void> = Promise.resolve();
	/** How long the next retry waits; 0 while the database works. */
	#retryMs = 0;
	#closed = false;

	constructor(retained: RetainedMessages, open: () => Promise<Database>, clock: Clock, log: Logger) {
		this.#retained = retained;
		this.#open = open;
		this.#clock = clock;
		this.#log = log;
	}

	/**
	 * Opens the file and restores the state. A disk that is full or fails is reported and tried again later; what only a
	 * person can put right (no permission, in use, a wrong path) is thrown.
	 */
	async load(): Promise<void> {
		try {
			this.#database = await this.#open();
			const rows = await this.#database.all<{ topic: Uint8Array; payload: Uint8Array; qos: number }>(
				'SELECT topic, payload, qos FROM retained',
			);
			for (const row of rows) {
				const topic = Buffer.from(row.topic).toString('utf8');
				this.#stored.add(topic);
				this.#retained.keep(topic, row.payload, row.qos as 0 | 1 | 2);
			}
		} catch (error) {
			await this.#drop();
			if (error instanceof PilotwireError && error.exitCode !== undefined) throw error;
			await this.#failed(error);
		}
	}

	/** The retained message of a topic changed, or is gone. */
	note(topic: string, qos: 0 | 1 | 2): void {
		const { urgent, lazy } = this.#changed;
		if (this.#retained.get(topic) === undefined && !this.#stored.has(topic)) {
			urgent.delete(topic);
			lazy.delete(topic);
		} else if (qos > 0 || urgent.has(topic)) {
			lazy.delete(topic);
			urgent.add(topic);
			this.#schedule('urgent', urgentMs);
		} else {
			lazy.add(topic);
			this.#schedule('lazy', lazyMs);
		}
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
		const timer = this.#clock.after(delayMs, () => {
			this.#timers.delete(what);
			void this.#write(what === 'urgent' ? 'urgent' : 'lazy');
		});
		this.#timers.set(what, timer);
	}

	/** Writes what is urgent, or all of it; one after the other, never rejects. */
	#write(hurry: Hurry): Promise<void> {
		this.#writing = this.#writing.then(async () => {
			try {
				await this.#reopen();
				await this.#drain(this.#changed.urgent);
				if (hurry === 'lazy') await this.#drain(this.#changed.lazy);
				this.#succeeded();
			} catch (error) {
				await this.#failed(error);
			}
		});
		return this.#writing;
	}

	async #drain(changed: Set<string>): Promise<void> {
		while (changed.size > 0 && this.#database !== undefined) {
			const topics = [...changed].slice(0, changesPerCommit);
			const statements = topics.map((topic) => this.#take(topic, changed));
			try {
				await this.#database.batch(statements);
			} catch (error) {
				for (const topic of topics) this.#changed.urgent.add(topic);
				throw error;
			}
			for (const topic of topics) this.#forget(topic);
			this.#log.debug({ topics: topics.length }, 'Retained state saved');
		}
	}

	#take(topic: string, changed: Set<string>): SqlStatement {
		changed.delete(topic);
		const key = Buffer.from(topic, 'utf8');
		const message = this.#retained.get(topic);
		if (message === undefined) return { sql: 'DELETE FROM retained WHERE topic = ?', params: [key] };
		this.#stored.add(topic);
		return {
			sql: 'INSERT OR REPLACE INTO retained (topic, payload, qos) VALUES (?, ?, ?)',
			params: [key, message.payload, message.qos],
		};
	}

	/** A topic that is gone from memory and file need not be known any more. */
	#forget(topic: string): void {
		const { urgent, lazy } = this.#changed;
		if (this.#retained.get(topic) === undefined && !urgent.has(topic) && !lazy.has(topic)) this.#stored.delete(topic);
	}

	/** Opens the file again after a failure that ended the old one, and writes the whole state into it. */
	async #reopen(): Promise<void> {
		if (this.#database !== undefined || this.#retryMs === 0) return;
		this.#database = await this.#open();
		await this.#database.run('DELETE FROM retained');
		this.#stored.clear();
		this.#changed.lazy.clear();
		this.#changed.urgent.clear();
		for (const { topic } of this.#retained.all()) this.#changed.urgent.add(topic);
	}

	#succeeded(): void {
		if (this.#retryMs > 0) this.#log.info({}, 'The retained state is saved again');
		this.#retryMs = 0;
		if (this.#changed.urgent.size > 0) this.#schedule('urgent', urgentMs);
		if (this.#changed.lazy.size > 0) this.#schedule('lazy', lazyMs);
	}

	async #failed(error: unknown): Promise<void> {
		if (this.#retryMs === 0) {
			this.#log.error({ err: error }, `The retained state is not saved, a restart would lose it: ${messageOf(error)}`);
		}
		this.#retryMs = Math.min(Math.max(firstRetryMs, this.#retryMs * 2), longestRetryMs);
		const code = error instanceof PilotwireError ? error.code : '';
		if (code === 'DATABASE_CORRUPT' || code === 'DATABASE_WORKER_ENDED') await this.#drop();
		this.#schedule('retry', this.#retryMs);
	}

	async #drop(): Promise<void> {
		const database = this.#database;
		this.#database = undefined;
		try {
			await database?.close();
		} catch (error) {
			this.#log.warn({ err: error }, `The state file was not closed cleanly: ${messageOf(error)}`);
		}
	}
}
