import Libsql from 'libsql';
import {
	type OpenRequest,
	type RunResult,
	type SqlRow,
	type SqlStatement,
	type SqlValue,
	tooNewFault,
} from './messages.ts';

const mostPrepared = 200;
/** Beyond this the WAL file is cut back after a checkpoint, in bytes. */
const keptWalBytes = 4 * 1024 * 1024;

type Prepared = ReturnType<Libsql.Database['prepare']>;

/**
 * The one connection that this process has of a file, all of it synchronous: it lives in the worker. SQLite 3.45.1, which
 * libsql bundles, can corrupt a WAL that several connections write; the exclusive locking mode keeps every other one out,
 * and needs no shared memory file. A file that several processes share has a rollback journal instead.
 */
export class Connection {
	readonly #native: Libsql.Database;
	readonly #shared: boolean;
	readonly #prepared = new Map<string, Prepared>();

	/** Opens or creates the file and brings its schema up to date. Throws what libsql throws. */
	constructor(open: OpenRequest) {
		this.#native = new Libsql(open.path);
		this.#shared = open.shared;
		try {
			this.#prepareFile(open);
		} catch (error) {
			// A damaged file stays as it is, for whoever wants to save something from it.
			if (isDamage(error)) this.#native.close();
			else this.#letGo();
			throw error;
		}
	}

	run(statement: SqlStatement): RunResult {
		const { changes, lastInsertRowid } = this.#prepare(statement.sql).run(bound(statement.params));
		return { changes, lastInsertRowid: Number(lastInsertRowid) };
	}

	all(statement: SqlStatement): SqlRow[] {
		const rows = this.#prepare(statement.sql).all(bound(statement.params)) as Record<string, SqlValue | ArrayBuffer>[];
		return rows.map(rowOf);
	}

	/** All of the statements, or none. */
	batch(statements: readonly SqlStatement[]): void {
		this.#native.exec('BEGIN IMMEDIATE');
		try {
			for (const statement of statements) this.run(statement);
			this.#native.exec('COMMIT');
		} catch (error) {
			if (this.#native.inTransaction) this.#native.exec('ROLLBACK');
			throw error;
		}
	}

	/** Moves the log into the file and frees the lock. */
	close(): void {
		try {
			if (!this.#shared) this.#native.exec('PRAGMA wal_checkpoint(TRUNCATE)');
		} finally {
			this.#letGo();
		}
	}

	#prepareFile(open: OpenRequest): void {
		this.#native.exec(`PRAGMA busy_timeout = ${open.busyTimeoutMs}`);
		if (!this.#shared) this.#native.exec('PRAGMA locking_mode = EXCLUSIVE');
		// First of all: taking the file for WAL writes to it.
		if (open.integrityCheck) this.#check();
		if (this.#shared) this.#native.exec('PRAGMA journal_mode = DELETE');
		else this.#logAhead();
		this.#native.exec(`PRAGMA synchronous = ${open.synchronous}`);
		this.#migrate(open.migrations);
	}

	/**
	 * The native connection stays, with its lock, until the garbage collector or the end of the thread takes it, and a thread
	 * may have other files. The lock of the exclusive mode goes with the first read in the normal one, outside of WAL.
	 */
	#letGo(): void {
		this.#prepared.clear();
		try {
			if (this.#shared) return;
			this.#native.exec('PRAGMA journal_mode = DELETE');
			this.#native.exec('PRAGMA locking_mode = NORMAL');
			this.#native.prepare('SELECT 1 FROM sqlite_schema').all([]);
		} catch {
			// A file that can't be read is not worth a lock either; the end of the thread frees it.
		} finally {
			this.#native.close();
		}
	}

	#logAhead(): void {
		this.#native.exec('PRAGMA journal_mode = WAL');
		this.#native.exec(`PRAGMA journal_size_limit = ${keptWalBytes}`);
	}

	#prepare(sql: string): Prepared {
		let prepared = this.#prepared.get(sql);
		if (prepared === undefined) {
			if (this.#prepared.size >= mostPrepared) this.#prepared.clear();
			prepared = this.#native.prepare(sql);
			this.#prepared.set(sql, prepared);
		}
		return prepared;
	}

	#check(): void {
		const [row] = this.all({ sql: 'PRAGMA quick_check(1)' });
		const verdict = Object.values(row ?? {})[0];
		if (verdict !== 'ok') throw Object.assign(new Error(String(verdict)), { code: 'SQLITE_CORRUPT' });
	}

	#migrate(migrations: readonly string[] | undefined): void {
		// Taken even where there is nothing to change: a file that can't be written is found now and not at the first commit.
		this.#native.exec('BEGIN IMMEDIATE');
		try {
			if (migrations !== undefined) this.#bringUpToDate(migrations);
			this.#native.exec('COMMIT');
		} catch (error) {
			if (this.#native.inTransaction) this.#native.exec('ROLLBACK');
			throw error;
		}
	}

	#bringUpToDate(migrations: readonly string[]): void {
		// Read under the lock: another process that shares the file may be migrating it at this moment.
		const [row] = this.all({ sql: 'PRAGMA user_version' });
		const version = Number(row?.['user_version'] ?? 0);
		if (version > migrations.length) {
			throw Object.assign(new Error(`schema ${version}, known up to ${migrations.length}`), { code: tooNewFault });
		}
		for (const migration of migrations.slice(version)) this.#native.exec(migration);
		if (version !== migrations.length) this.#native.exec(`PRAGMA user_version = ${migrations.length}`);
	}
}

function isDamage(error: unknown): boolean {
	const { code } = error as { code?: unknown };
	return typeof code === 'string' && /^SQLITE_(CORRUPT|NOTADB)/.test(code);
}

/** libsql binds every number as REAL; a whole one has to go as bigint to arrive as INTEGER. */
function bound(params: readonly SqlValue[] = []): SqlValue[] {
	return params.map((value) => (typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value));
}

function rowOf(row: Record<string, SqlValue | ArrayBuffer>): SqlRow {
	const converted: SqlRow = {};
	for (const [column, value] of Object.entries(row)) {
		converted[column] = value instanceof ArrayBuffer ? new Uint8Array(value) : value;
	}
	return converted;
}
