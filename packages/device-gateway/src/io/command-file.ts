import { closeSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandOutcome } from '@pilotwire/contract';
import type { Clock } from '@pilotwire/runtime';
import { type Marks, type Outcome, REMEMBERED_MS } from '../core/commands.ts';

/** One line of the file: a command that is about to be sent, or what became of it. */
interface Line {
	readonly key: string;
	/** Wall clock, ms. */
	readonly atMs: number;
	readonly digest?: string;
	readonly outcome?: Outcome;
}

interface Mark {
	readonly atMs: number;
	readonly digest: string;
	outcome: Outcome | undefined;
}

/** Lines after which the file is written anew with what still counts. */
const MOST_LINES = 20_000;

/**
 * The marks of commands in a file to which lines are only added: written before a command is sent, so that a gateway
 * that is killed knows in its next life what it may have sent. Not synced: a mark outlives the process, not the power.
 */
export class CommandFile implements Marks {
	readonly #path: string;
	readonly #clock: Pick<Clock, 'wallMs'>;
	readonly #marks = new Map<string, Mark>();
	#file: number | undefined;
	#lines = 0;
	/** What was written last may lack its end. */
	#isTorn = false;
	readonly #append: (file: number, text: string) => number;

	/**
	 * @param dataDir where `device-commands.jsonl` lies
	 * @param append writes, and returns how many bytes there was room for
	 */
	constructor(
		dataDir: string,
		clock: Pick<Clock, 'wallMs'>,
		append: (file: number, text: string) => number = writeSync,
	) {
		this.#append = append;
		mkdirSync(dataDir, { recursive: true });
		this.#path = join(dataDir, 'device-commands.jsonl');
		this.#clock = clock;
	}

	/** Reads what earlier lives left. A line that broke off counts as none. */
	open(): void {
		for (const line of linesIn(this.#path)) this.#take(line);
		this.#compact();
	}

	find(key: string): Mark | undefined {
		return this.#marks.get(key);
	}

	begin(key: string, digest: string): void {
		const line = { key, atMs: this.#clock.wallMs(), digest };
		this.#write(line);
		this.#take(line);
	}

	end(key: string, outcome: Outcome): void {
		const line = { key, atMs: this.#clock.wallMs(), outcome };
		this.#take(line);
		try {
			this.#write(line);
		} catch {
			// The next life calls it uncertain.
		}
	}

	close(): void {
		if (this.#file !== undefined) closeSync(this.#file);
		this.#file = undefined;
	}

	#take({ key, atMs, digest, outcome }: Line): void {
		if (digest !== undefined) this.#marks.set(key, { atMs, digest, outcome: undefined });
		const mark = this.#marks.get(key);
		if (mark !== undefined && outcome !== undefined) mark.outcome = outcome;
	}

	#write(line: Line): void {
		if (this.#lines >= MOST_LINES) this.#compact();
		this.#file ??= openSync(this.#path, 'a', 0o600);
		// A line of its own, whatever became of the one before.
		const text = `${this.#isTorn ? '\n' : ''}${JSON.stringify(line)}\n`;
		this.#isTorn = true;
		if (this.#append(this.#file, text) < Buffer.byteLength(text)) throw new Error('the disk took a part of the line');
		this.#isTorn = false;
		this.#lines += 1;
	}

	/** Whole or not at all. */
	#compact(): void {
		const oldestMs = this.#clock.wallMs() - REMEMBERED_MS;
		for (const [key, { atMs }] of this.#marks) if (atMs < oldestMs) this.#marks.delete(key);
		// Never as many that the next line makes it compact again.
		const surplus = this.#marks.size - MOST_LINES / 4;
		for (const key of [...this.#marks.keys()].slice(0, Math.max(0, surplus))) this.#marks.delete(key);
		const text = [...this.#marks].map(([key, mark]) => `${JSON.stringify({ key, ...mark })}\n`).join('');
		this.close();
		writeFileSync(`${this.#path}.new`, text, { mode: 0o600 });
		renameSync(`${this.#path}.new`, this.#path);
		this.#lines = this.#marks.size;
		this.#isTorn = false;
	}
}

const outcomes: readonly CommandOutcome[] = ['delivered', 'acknowledged', 'offline', 'refused'];

function linesIn(path: string): Line[] {
	let text: string;
	try {
		text = readFileSync(path, 'utf8');
	} catch {
		return [];
	}
	return text.split('\n').flatMap((line) => {
		try {
			const read = JSON.parse(line) as Line;
			return typeof read.key === 'string' && typeof read.atMs === 'number' && isFit(read) ? [read] : [];
		} catch {
			return [];
		}
	});
}

function isFit({ digest, outcome }: Line): boolean {
	return typeof digest === 'string' || (outcome !== undefined && outcomes.includes(outcome.outcome));
}
