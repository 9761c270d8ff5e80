// A black box's folder in memory, with all that a disk can do wrong.
import type { BoxFolder, SegmentFile, SegmentWriter } from '../../src/io/box-folder.ts';

const noSpace = (): Error => Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });

export class MemoryFolder implements BoxFolder {
	readonly files = new Map<number, Buffer>();
	readonly boxes = new Map<string, Buffer>();
	/** Bytes that fit; what is too much is written in part, as disks do. */
	capacity = Number.POSITIVE_INFINITY;
	/** Appends that were confirmed. */
	appends = 0;

	async segments(): Promise<SegmentFile[]> {
		return [...this.files].map(([number, { length }]) => ({ number, bytes: length }));
	}

	async read(number: number): Promise<Buffer> {
		return this.files.get(number) ?? Buffer.alloc(0);
	}

	async create(number: number): Promise<SegmentWriter> {
		if (this.#free() <= 0) throw noSpace();
		this.files.set(number, Buffer.alloc(0));
		return { append: async (bytes) => this.#append(number, bytes), close: async () => undefined };
	}

	async remove(number: number): Promise<void> {
		this.files.delete(number);
	}

	async saved(): Promise<string[]> {
		return [...this.boxes.keys()].sort();
	}

	async save(name: string, head: Uint8Array, numbers: readonly number[]): Promise<number> {
		const box = Buffer.concat([head, ...numbers.map((number) => this.files.get(number) ?? Buffer.alloc(0))]);
		if (box.length > this.#free()) throw noSpace();
		this.boxes.set(name, box);
		return box.length;
	}

	async removeSaved(name: string): Promise<void> {
		this.boxes.delete(name);
	}

	#append(number: number, bytes: Uint8Array): void {
		const fits = Math.max(0, Math.min(bytes.length, this.#free()));
		this.files.set(number, Buffer.concat([this.files.get(number) ?? Buffer.alloc(0), bytes.subarray(0, fits)]));
		if (fits < bytes.length) throw noSpace();
		this.appends += 1;
	}

	#free(): number {
		const used = [...this.files.values(), ...this.boxes.values()].reduce((sum, { length }) => sum + length, 0);
		return this.capacity - used;
	}
}
