import type { SpoolFolder, SpoolWriter } from '../../src/io/spool-folder.ts';

/** A spool's folder in memory, whose disk can be full or cut off, and forgets what was not synced. */
export class MemorySpool implements SpoolFolder {
	readonly files = new Map<number, Buffer>();
	positions: unknown;
	/** What the next appends reject with. */
	fault: Error | undefined;
	appends = 0;

	async segments() {
		return [...this.files].sort(([a], [b]) => a - b).map(([number, bytes]) => ({ number, bytes: bytes.length }));
	}

	async read(number: number, offset: number, most: number): Promise<Buffer> {
		return this.#file(number).subarray(offset, offset + most);
	}

	async create(number: number): Promise<SpoolWriter> {
		if (this.fault !== undefined) throw this.fault;
		if (this.files.has(number)) throw new Error(`${number} is there`);
		this.files.set(number, Buffer.alloc(0));
		let isWhole = true;
		return {
			append: async (bytes) => {
				if (this.fault !== undefined) {
					// Half of it got there.
					this.files.set(number, Buffer.concat([this.#file(number), bytes.subarray(0, bytes.length / 2)]));
					isWhole = false;
					throw this.fault;
				}
				this.appends += 1;
				this.files.set(number, Buffer.concat([this.#file(number), bytes]));
			},
			get isWhole() {
				return isWhole;
			},
			close: async () => undefined,
		};
	}

	async remove(number: number): Promise<void> {
		this.files.delete(number);
	}

	async remembered(): Promise<unknown> {
		return this.positions;
	}

	async remember(what: unknown): Promise<void> {
		this.positions = JSON.parse(JSON.stringify(what));
	}

	#file(number: number): Buffer {
		const file = this.files.get(number);
		if (file === undefined) throw new Error(`there is no ${number}`);
		return file;
	}
}
