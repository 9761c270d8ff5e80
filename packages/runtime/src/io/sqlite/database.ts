import { rename } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { type Clock, instantOf } from '../../clock.ts';
import { PilotwireError, systemCodeOf } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import { openDoor } from './door.ts';
import { databaseError } from './faults.ts';
import type { OpenRequest, RunResult, SqlRow, SqlStatement, SqlValue } from './messages.ts';
import { DatabaseThread, type ThreadDatabase } from './thread.ts';

/** How a database is opened. */
export interface DatabaseOptions {
	/** The file; it and its folder are created, readable by their owner alone. One process has it at a time, unless `shared`. */
	readonly path: string;
	/**
	 * SQL that takes the schema from version n to n + 1; only ever append. Each runs once, all in one transaction. Without
	 * them the file, another's, is taken as it is.
	 */
	readonly migrations?: readonly string[];
	readonly log: Logger;
	readonly clock: Clock;
	/** `normal`: a power cut may lose the last commits; `full`: a commit that was answered is on the disk. Never corrupts. */
	readonly synchronous?: 'normal' | 'full';
	/** Reads the whole file once at the start and refuses one that is damaged; for small files. */
	readonly integrityCheck?: boolean;
	/**
	 * Several processes open the file: a rollback journal instead of a WAL, locked for the length of a statement or batch.
	 * `PRAGMA data_version` then changes when another process has written. For small files that are seldom written.
	 */
	readonly shared?: boolean;
	/** Moves a corrupt file aside to `PATH.corrupt-<date>` and begins with an empty one, reported in the log. */
	readonly replaceCorrupt?: boolean;
	/**
	 * Files of one process that name the same thread share it, which saves 10 MB for each; a slow statement on one delays
	 * the others. Unless given, the file has a thread of its own.
	 */
	readonly thread?: string;
	/** Told when the thread ended by itself; everything asked since fails. The error is in the log already. */
	readonly onCrash?: (error: PilotwireError) => void;
	/** How long to wait for another process to let go of the file, in ms. */
	readonly busyTimeoutMs?: number;
}

/**
 * One SQLite file in another thread: nothing here makes the calling thread wait for a disk. Statements run in the
 * order they were asked. Rejections are `PilotwireError`s whose code begins with `DATABASE_`, or `LOCK_HELD`.
 */
export interface Database {
	run(sql: string, params?: readonly SqlValue[]): Promise<RunResult>;
	all<Row extends SqlRow>(sql: string, params?: readonly SqlValue[]): Promise<Row[]>;
	/** All of the statements or none, in one transaction with one wait for the disk. */
	batch(statements: readonly SqlStatement[]): Promise<void>;
	/** Lets what was asked before end, moves the log into the file and frees the lock. */
	close(): Promise<void>;
}

/** Opens or creates a database and brings its schema up to date. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
	try {
		return await withDoor(await openThread(options), options);
	} catch (error) {
		const corrupt = error instanceof PilotwireError && error.code === 'DATABASE_CORRUPT';
		if (!corrupt || options.replaceCorrupt !== true) throw error;
		const aside = await moveAside(options.path, options.clock.wallMs());
		options.log.error(
			{ code: error.code, path: options.path, movedTo: aside },
			`${error.message} It was moved to ${aside} and a new one begun.`,
		);
		return await withDoor(await openThread(options), options);
	}
}

/** A file that one process has alone is copied by that process, for whoever may ask. */
async function withDoor(database: ThreadDatabase, { path, migrations, shared }: DatabaseOptions): Promise<Database> {
	if (shared === true || migrations === undefined) return database;
	const door = await openDoor(path, (file) => database.run('VACUUM INTO ?', [file]));
	if (door === undefined) return database;
	database.atTheEnd(() => door.close());
	return database;
}

/** By their names. */
const sharedThreads = new Map<string, DatabaseThread>();

function openThread(options: DatabaseOptions): Promise<ThreadDatabase> {
	const request: OpenRequest = {
		path: options.path,
		...(options.migrations === undefined ? {} : { migrations: options.migrations }),
		synchronous: options.synchronous ?? 'normal',
		integrityCheck: options.integrityCheck ?? false,
		shared: options.shared ?? false,
		busyTimeoutMs: options.busyTimeoutMs ?? 2000,
	};
	return threadOf(options.thread).open(request, (error) => {
		options.log.error({ code: error.code, path: options.path }, error.message);
		options.onCrash?.(error);
	});
}

function threadOf(name: string | undefined): DatabaseThread {
	const present = name === undefined ? undefined : sharedThreads.get(name);
	if (present?.isOpen === true) return present;
	const thread = new DatabaseThread(new Worker(workerFile()));
	if (name !== undefined) sharedThreads.set(name, thread);
	return thread;
}

/** From source the worker is a `.ts` beside this file, from dist a `.js`: the compiler rewrites imports, not URLs. */
function workerFile(): URL {
	return new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url);
}

async function moveAside(path: string, wallMs: number): Promise<string> {
	const aside = `${path}.corrupt-${instantOf(wallMs).replaceAll(':', '-')}`;
	for (const suffix of ['', '-wal', '-shm', '-journal']) {
		try {
			await rename(path + suffix, aside + suffix);
		} catch (error) {
			if (suffix !== '' && systemCodeOf(error) === 'ENOENT') continue;
			throw databaseError(path, { code: systemCodeOf(error), message: `it is corrupt and can't be moved to ${aside}` });
		}
	}
	return aside;
}
