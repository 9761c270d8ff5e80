import { callCancelled } from '../errors.ts';
import { Program } from './program.ts';

/** A program that runs, and how it was started. */
interface Run {
	readonly program: Program;
	readonly line: string;
	/** Settles when it is over; rejects with why, where it failed. */
	readonly over: Promise<void>;
}

/**
 * One program for all who follow what it writes, as a camera or a microphone has one user: it runs as the last one
 * wanted it, until nobody follows any more.
 */
export class SharedProgram<Item> {
	readonly #reader: () => (bytes: Buffer) => readonly Item[];
	readonly #followers = new Set<(item: Item) => void>();
	#run: Run | undefined;
	#changing: Promise<unknown> = Promise.resolve();

	/** `reader`: makes, for each run, what takes items out of its bytes. */
	constructor(reader: () => (bytes: Buffer) => readonly Item[]) {
		this.#reader = reader;
	}

	get runs(): boolean {
		return this.#run !== undefined;
	}

	/** Follows until the signal, with whose reason it rejects, or until the program ends. */
	async follow(line: readonly string[], follower: (item: Item) => void, signal: AbortSignal): Promise<void> {
		this.#followers.add(follower);
		try {
			await this.#begin(line, signal);
			for (let run = this.#run; run !== undefined; ) {
				await Promise.race([run.over, aborted(signal)]);
				signal.throwIfAborted();
				// Somebody may have begun it anew, otherwise.
				await this.#changing;
				if (this.#run === run) return;
				run = this.#run;
			}
		} finally {
			this.#followers.delete(follower);
			if (this.#followers.size === 0) await this.#end();
		}
	}

	/** The next item of the program that runs. */
	next(signal: AbortSignal): Promise<Item> {
		return new Promise((resolve, reject) => {
			const follower = (item: Item): void => {
				this.#followers.delete(follower);
				resolve(item);
			};
			this.#followers.add(follower);
			const leave = (why: unknown): void => {
				if (this.#followers.delete(follower)) reject(why);
			};
			signal.addEventListener('abort', () => leave(signal.reason), { once: true });
			this.#run?.over.then(
				() => leave(callCancelled()),
				(error: unknown) => leave(error),
			);
		});
	}

	#begin(line: readonly string[], signal: AbortSignal): Promise<void> {
		const begun = this.#changing.then(async () => {
			const wanted = JSON.stringify(line);
			if (this.#run?.line === wanted || signal.aborted) return;
			await this.#halt();
			const program = await Program.start(line);
			const over = this.#read(program);
			const run = { program, line: wanted, over };
			this.#run = run;
			const forget = (): void => {
				if (this.#run === run) this.#run = undefined;
			};
			over.then(forget, forget);
		});
		this.#changing = begun.catch(() => undefined);
		return begun;
	}

	async #end(): Promise<void> {
		const ended = this.#changing.then(() => (this.#followers.size === 0 ? this.#halt() : undefined));
		this.#changing = ended;
		await ended;
	}

	async #halt(): Promise<void> {
		const run = this.#run;
		if (run === undefined) return;
		run.program.stop();
		await run.over.catch(() => undefined);
		this.#run = undefined;
	}

	async #read(program: Program): Promise<void> {
		const read = this.#reader();
		for await (const bytes of program.output as AsyncIterable<Buffer>) {
			for (const item of read(bytes)) for (const tell of [...this.#followers]) tell(item);
		}
		const { code, signal } = await program.ended;
		if (code !== 0 && signal === null) throw program.fault;
	}
}

const aborted = (signal: AbortSignal): Promise<void> =>
	new Promise((resolve) => {
		if (signal.aborted) resolve();
		else signal.addEventListener('abort', () => resolve(), { once: true });
	});
