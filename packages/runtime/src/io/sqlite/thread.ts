import type { Worker } from 'node:worker_threads';
import { messageOf, type PilotwireError } from '../../errors.ts';
import { databaseClosed, databaseError, workerEnded } from './faults.ts';
import type { RunResult, SqlRow, SqlStatement, SqlValue, WorkerReply, WorkerRequest } from './messages.ts';

type Result = RunResult | readonly SqlRow[] | null;
type Question = WorkerRequest extends infer Each ? (Each extends unknown ? Omit<Each, 'id'> : never) : never;

interface Waiting {
	readonly resolve: (result: Result) => void;
	readonly reject: (error: PilotwireError) => void;
}

/** The main thread's end of a database worker: what was asked, what came back, and how it ended. */
export class DatabaseThread {
	readonly #worker: Worker;
	readonly #path: string;
	readonly #waiting = new Map<number, Waiting>();
	readonly #onCrash: (error: PilotwireError) => void;
	#lastId = 0;
	#reason = '';
	#open = false;
	#closing: Promise<void> | undefined;
	#crash: PilotwireError | undefined;
	readonly #ended: Promise<void>;

	/** Resolves or rejects once the file is open, or isn't. */
	readonly opened: Promise<Result>;

	constructor(worker: Worker, path: string, onCrash: (error: PilotwireError) => void) {
		this.#worker = worker;
		this.#path = path;
		this.#onCrash = onCrash;
		this.opened = new Promise((resolve, reject) => this.#waiting.set(0, { resolve, reject }));
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

	/** Waits until the thread is gone, without asking it to go. */
	get ended(): Promise<void> {
		return this.#ended;
	}

	async #close(): Promise<void> {
		try {
			if (this.#crash === undefined) await this.#post({ kind: 'close' });
		} finally {
			await this.#ended;
		}
	}

	#ask(question: Question): Promise<Result> {
		if (this.#closing !== undefined) return Promise.reject(databaseClosed(this.#path));
		return this.#post(question);
	}

	#post(question: Question): Promise<Result> {
		if (this.#crash !== undefined) return Promise.reject(this.#crash);
		this.#lastId += 1;
		const id = this.#lastId;
		return new Promise((resolve, reject) => {
			this.#waiting.set(id, { resolve, reject });
			this.#worker.postMessage({ ...question, id });
		});
	}

	#settle(reply: WorkerReply): void {
		if (reply.id === 0 && 'result' in reply) this.#open = true;
		const waiting = this.#waiting.get(reply.id);
		this.#waiting.delete(reply.id);
		if ('fault' in reply) waiting?.reject(databaseError(this.#path, reply.fault));
		else waiting?.resolve(reply.result);
	}

	#end(why: string): void {
		const asked = this.#closing !== undefined && this.#waiting.size === 0;
		this.#crash = workerEnded(this.#path, why);
		for (const { reject } of this.#waiting.values()) reject(this.#crash);
		this.#waiting.clear();
		if (this.#open && !asked) this.#onCrash(this.#crash);
	}
}

/** Posting a view copies the whole buffer under it (a 64 kB socket read under a 20-byte payload); a copy of its own is small. */
function compact(statement: SqlStatement): SqlStatement {
	const params = statement.params?.map((value) =>
		value instanceof Uint8Array && value.byteLength !== value.buffer.byteLength ? new Uint8Array(value) : value,
	);
	return params === undefined ? statement : { sql: statement.sql, params };
}
