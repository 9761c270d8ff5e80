import { createInterface, type Interface } from 'node:readline';
import { Writable } from 'node:stream';

/** Ctrl-C, as shells report it. */
const INTERRUPTED = 130;

/**
 * Lines of standard input that a terminal doesn't show. One reader for all of them: a terminal shows what is typed, or
 * pasted, between two readers, and the second never gets it.
 */
export class HiddenLines {
	readonly #reader: Interface;
	readonly #lines: string[] = [];
	readonly #terminal: boolean;
	#ended = false;
	#heard: () => void = () => undefined;

	/** `terminal`: whether standard input is one. */
	constructor(terminal: boolean) {
		this.#terminal = terminal;
		const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
		this.#reader = createInterface({ input: process.stdin, output: nowhere, terminal });
		this.#reader.on('line', (text) => {
			this.#lines.push(text);
			this.#heard();
		});
		this.#reader.once('close', () => {
			this.#ended = true;
			this.#heard();
		});
		this.#reader.once('SIGINT', () => {
			process.stderr.write('\n');
			process.exit(INTERRUPTED);
		});
	}

	/** Asks on standard error and gives the line that is typed; undefined where the input has ended. */
	async next(question: string): Promise<string | undefined> {
		process.stderr.write(question);
		while (this.#lines.length === 0 && !this.#ended) {
			await new Promise<void>((resolve) => {
				this.#heard = resolve;
			});
		}
		if (this.#terminal) process.stderr.write('\n');
		return this.#lines.shift();
	}

	/** Gives the terminal back as it was. */
	close(): void {
		this.#reader.close();
	}
}
