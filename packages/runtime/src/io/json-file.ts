import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** A small file that remembers one value across restarts; written seldom (SD cards wear), whole or not at all. */
export class JsonFile {
	readonly #path: string;
	#writing: Promise<void> = Promise.resolve();

	constructor(path: string) {
		this.#path = path;
	}

	/** What it holds, or undefined where it is missing or isn't JSON: what was learned can be learned again. */
	async read(): Promise<unknown> {
		try {
			return JSON.parse(await readFile(this.#path, 'utf8')) as unknown;
		} catch {
			return undefined;
		}
	}

	/** Replaces what it holds. Rejects where the disk says no. */
	async write(value: unknown): Promise<void> {
		const text = JSON.stringify(value);
		const next = this.#writing.then(async () => {
			await mkdir(dirname(this.#path), { recursive: true });
			const draft = `${this.#path}.new`;
			await writeFile(draft, text, { flush: true });
			await rename(draft, this.#path);
		});
		this.#writing = next.catch(() => undefined);
		return next;
	}
}
