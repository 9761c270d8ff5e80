// Programs that stand in for those of a machine, found before all others while a test runs.
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A folder of programs at the beginning of PATH, and what they were called with. */
export class Programs {
	readonly #folder: string;
	readonly #path = process.env['PATH'] ?? '';

	/** `alone`: no other program is found. */
	constructor(folder: string, { alone = false } = {}) {
		this.#folder = folder;
		process.env['PATH'] = alone ? folder : `${folder}:${this.#path}`;
	}

	/** Puts a program there; the shell script begins with a line in the log of its name and arguments. */
	put(name: string, script = ''): void {
		const path = join(this.#folder, name);
		writeFileSync(path, `#!/bin/sh\necho "${name} $*" >> "${join(this.#folder, 'log')}"\n${script}\n`);
		chmodSync(path, 0o755);
	}

	/** How they were called, in order. */
	get calls(): string[] {
		const log = join(this.#folder, 'log');
		return existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [];
	}

	restore(): void {
		process.env['PATH'] = this.#path;
	}
}
