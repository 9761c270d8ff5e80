import { Turns } from '../core/turns.ts';
import { Program } from './program.ts';

/** A program that runs, and how it was started. */
interface Run {
	readonly program: Program;
	readonly line: string;
	/** Settles when it is over; rejects with why, where it failed. */
	readonly over: Promise<void>;
}

/** Who hears what a program writes. */
interface Follower<Item> {
	readonly hear: (item: Item) => void;
	/** The program is over; another may follow. */
	readonly ended?: () => void;
}

const never = new AbortController().signal;

/**
 * One program for all who follow what it writes, as a camera or a microphone has one user: it runs as the last one
 * wanted it, until nobody follows any more.
 */
export class SharedProgram<Item> {
	readonly #reader: () => (bytes: Buffer) => readonly Item[];
	readonly #turns: Turns;
	readonly #followers = new Set<Follower<Item>>();
	#run: Run | undefined;

	/** `reader`: makes, for each run, what takes items out of its bytes. `turns`: of all that use the same thing. */
	constructor(reader: () => (bytes: Buffer) => readonly Item[], turns = new Turns()) {
		this.#reader = reader;
		this.#turns = turns;
	}

	get runs(): boolean {
		return this.#run !== undefined;
	}

	/** Follows until the signal, with whose reason it rejects, or until the program ends. */
	async follow(line: readonly string[], hear: (item: Item) => void, signal: AbortSignal): Promise<void> {
		const follower = { hear };
		this.#followers.add(follower);
		try {
			await this.#begin(line, signal);
			for (let run = this.#run; run !== undefined; ) {
				await Promise.race([run.over, aborted(signal)]);
				signal.throwIfAborted();
				// Somebody may have begun it anew, otherwise.
				await this.#turns.ended();
				if (this.#run === run) return;
				run = this.#run;
			}
		} finally {
			await this.#leave(follower);
		}
	}

	/** The next item of the program that runs; undefined where it ends before, or none does. Not within a turn. */
	async next(signal: AbortSignal): Promise<Item | undefined> {
		signal.throwIfAborted();
		if (this.#run === undefined) return undefined;
		let settle: (item?: Item) => void = () => undefined;
		const item = new Promise<Item | undefined>((resolve) => {
			settle = resolve;
		});
		const follower = { hear: settle, ended: () => settle() };
		this.#followers.add(follower);
		signal.addEventListener('abort', follower.ended, { once: true });
		try {
			const found = await item;
			signal.throwIfAborted();
			return found;
		} finally {
			signal.removeEventListener('abort', follower.ended);
			await this.#leave(follower);
		}
	}

	#begin(line: readonly string[], signal: AbortSignal): Promise<void> {
		return this.#turns.take(async () => {
			const wanted = JSON.stringify(line);
			if (this.#run?.line === wanted) return;
			await this.#halt();
			const program = await Program.start(line);
			const over = this.#read(program);
			const run = { program, line: wanted, over };
			this.#run = run;
			const forget = (): void => {
				if (this.#run === run) this.#run = undefined;
				for (const { ended } of [...this.#followers]) ended?.();
			};
			over.then(forget, forget);
		}, signal);
	}

	/** The program ends with the last who follows. */
	async #leave(follower: Follower<Item>): Promise<void> {
		this.#followers.delete(follower);
		if (this.#followers.size > 0) return;
		await this.#turns.take(async () => (this.#followers.size === 0 ? this.#halt() : undefined), never);
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
			for (const item of read(bytes)) for (const { hear } of [...this.#followers]) hear(item);
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
