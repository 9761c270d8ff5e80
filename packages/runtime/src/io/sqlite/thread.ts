import type { Worker } from 'node:worker_threads';
import { messageOf, type PilotwireError } from '../../errors.ts';
import { databaseClosed, databaseError, workerEnded } from './faults.ts';
import type { OpenRequest, RunResult, SqlRow, SqlStatement, SqlValue, WorkerReply, WorkerRequest } from './messages.ts';

type Result = RunResult | readonly SqlRow[] | null;
type Question = WorkerRequest extends infer Each
	? Each extends unknown
		? Omit<Each, 'id' | 'database'>
		: never
	: never;

interface Waiting {
	readonly database: ThreadDatabase;
	readonly resolve: (result: Result) => void;
	readonly reject: (error: PilotwireError) => void;
}

/** The main thread's end of a database worker: the files it has open, what was asked, what came back, and how it ended. */
export class DatabaseThread {
	readonly #worker: Worker;
	readonly #databases = new Set<ThreadDatabase>();
	readonly #waiting = new Map<number, Waiting>();
	#lastId = 0;
	#lastDatabase = 0;
	#reason = '';
	/** Why it is over. */
	#over: string | undefined;
	#leaving = false;
	readonly #ended: Promise<void>;

	constructor(worker: Worker) {
		this.#worker = worker;
		worker.on('message', (reply: WorkerReply) => this.#settle(reply));
		worker.on('error', (error) => {
			this.#reason = messageOf(error);
		});
		this.#ended = new Promise((resolve) => {
			worker.once('exit', (code) => {
				this.#end(this.#reason === '' ? `its end with code ${code}` : this.#reason);
				resolve();
			});
		});
	}

	/** Whether it can open one more. */
	get isOpen(): boolean {
		return this.#over === undefined && !this.#leaving;
	}

	/** Opens a file. `onCrash` is told where the thread ends by itself while the file is open. */
	async open(request: OpenRequest, onCrash: (error: PilotwireError) => void): Promise<ThreadDatabase> {
		this.#lastDatabase += 1;
		const database = new ThreadDatabase(this, this.#lastDatabase, request.path, onCrash);
		this.#databases.add(database);
		try {
			await this.post(database, { kind: 'open', open: request });
			database.isOpen = true;
			return database;
		} catch (error) {
			await this.leave(database);
			throw error;
		}
	}

	/** Asks the worker about a file. */
	post(database: ThreadDatabase, question: Question): Promise<Result> {
		if (this.#over !== undefined) return Promise.reject(workerEnded(database.path, this.#over));
		this.#lastId += 1;
		const id = this.#lastId;
		return new Promise((resolve, reject) => {
			this.#waiting.set(id, { database, resolve, reject });
			this.#worker.postMessage({ ...question, database: database.number, id });
		});
	}

	/** A file is closed; with the last one the thread goes, and this waits for it. */
	async leave(database: ThreadDatabase): Promise<void> {
		this.#databases.delete(database);
		if (this.#databases.size > 0) return;
		if (this.isOpen) {
			this.#leaving = true;
			this.#worker.postMessage('end');
		}
		await this.#ended;
	}

	#settle(reply: WorkerReply): void {
		const waiting = this.#waiting.get(reply.id);
		this.#waiting.delete(reply.id);
		if (waiting === undefined) return;
		if ('fault' in reply) waiting.reject(databaseError(waiting.database.path, reply.fault));
		else waiting.resolve(reply.result);
	}

	#end(why: string): void {
		this.#over = why;
		for (const { database, reject } of this.#waiting.values()) reject(workerEnded(database.path, why));
		this.#waiting.clear();
		for (const database of this.#databases) {
			if (database.isOpen) database.crashed(workerEnded(database.path, why));
		}
	}
}

/** One file of a thread. */
export class ThreadDatabase {
	readonly number: number;
	readonly path: string;
	readonly #onCrash: (error: PilotwireError) => void;
	isOpen = false;
	readonly #thread: DatabaseThread;
	#closing: Promise<void> | undefined;
	#leave: (() => Promise<void>) | undefined;

	constructor(thread: DatabaseThread, number: number, path: string, onCrash: (error: PilotwireError) => void) {
		this.#thread = thread;
		this.number = number;
		this.path = path;
		this.#onCrash = onCrash;
	}

	run(sql: string, params: readonly SqlValue[] = []): Promise<RunResult> {
		return this.#ask({ kind: 'run', statement: compact({ sql, params }) }) as Promise<RunResult>;
	}

	all<Row extends SqlRow>(sql: string, params: readonly SqlValue[] = []): Promise<Row[]> {
		return this.#ask({ kind: 'all', statement: compact({ sql, params }) }) as Promise<Row[]>;
	}

	async batch(statements: readonly SqlStatement[]): Promise<void> {
		if (statements.length > 0) await this.#ask({ kind: 'batch', statements: statements.map(compact) });
	}

	close(): Promise<void> {
		this.#closing ??= this.#close();
		return this.#closing;
	}

	/** Does this before the file is closed, or once its thread has ended by itself. */
	atTheEnd(leave: () => Promise<void>): void {
		this.#leave = leave;
	}

	/** The thread ended by itself. */
	crashed(error: PilotwireError): void {
		void this.#leave?.();
		this.#onCrash(error);
	}

	async #close(): Promise<void> {
		await this.#leave?.();
		try {
			if (this.isOpen) await this.#thread.post(this, { kind: 'close' });
		} finally {
			await this.#thread.leave(this);
		}
	}

	#ask(question: Question): Promise<Result> {
		return this.#closing === undefined ? this.#thread.post(this, question) : Promise.reject(databaseClosed(this.path));
	}
}

/** Posting a view copies the whole buffer under it (a 64 kB socket read under a 20-byte payload); a copy of its own is small. */
function compact(statement: SqlStatement): SqlStatement {
	const params = statement.params?.map((value) =>
		value instanceof Uint8Array && value.byteLength !== value.buffer.byteLength ? new Uint8Array(value) : value,
	);
	return params === undefined ? statement : { sql: statement.sql, params };
}
