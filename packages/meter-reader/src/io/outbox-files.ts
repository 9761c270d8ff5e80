import { appendFile, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { decodePayload, type LoadLog, topics } from '@pilotwire/contract';
import type { OutboxDisk } from '../outbox/outbox.ts';

/** A part that is longer is followed by another one. Bytes. */
const PART_BYTES = 1_000_000;
/** All parts of a meter together: about a week of a three-phase house. Bytes. */
const MOST_BYTES = 64_000_000;

/** Parts in one folder, numbered files of one message a line. */
export class OutboxFiles implements OutboxDisk {
	readonly #folder: string;
	readonly #partBytes: number;
	readonly #mostBytes: number;

	constructor(folder: string, partBytes = PART_BYTES, mostBytes = MOST_BYTES) {
		this.#folder = folder;
		this.#partBytes = partBytes;
		this.#mostBytes = mostBytes;
	}

	async append(messages: readonly LoadLog[]): Promise<number> {
		await mkdir(this.#folder, { recursive: true });
		const numbers = await this.#numbers();
		const last = numbers.at(-1);
		const isFull = last === undefined || (await this.#bytes(last)) >= this.#partBytes;
		const number = isFull ? (last ?? 0) + 1 : last;
		const lines = messages.map((message) => `${JSON.stringify(message)}\n`);
		await appendFile(this.#path(number), lines.join(''), { flush: true });
		return this.#bound(isFull ? [...numbers, number] : numbers);
	}

	async oldest(): Promise<readonly LoadLog[] | undefined> {
		const [number] = await this.#numbers();
		return number === undefined ? undefined : this.#read(number);
	}

	async drop(): Promise<void> {
		const [number] = await this.#numbers();
		if (number !== undefined) await rm(this.#path(number), { force: true });
	}

	async #bound(numbers: readonly number[]): Promise<number> {
		const sizes = await Promise.all(numbers.map((number) => this.#bytes(number)));
		let all = sizes.reduce((sum, bytes) => sum + bytes, 0);
		let lost = 0;
		for (const [index, number] of numbers.slice(0, -1).entries()) {
			if (all <= this.#mostBytes) break;
			lost += (await this.#read(number)).reduce((sum, { samples }) => sum + samples.length, 0);
			await rm(this.#path(number), { force: true });
			all -= sizes[index] ?? 0;
		}
		return lost;
	}

	/** A line that a power cut left half written is passed over. */
	async #read(number: number): Promise<LoadLog[]> {
		const bytes = await readFile(this.#path(number));
		return bytes
			.toString('utf8')
			.split('\n')
			.flatMap((line) => {
				const decoded = line === '' ? undefined : decodePayload(topics.loadLog, Buffer.from(line));
				return decoded?.ok === true ? [decoded.payload] : [];
			});
	}

	async #numbers(): Promise<number[]> {
		const names = await readdir(this.#folder).catch(() => []);
		return names
			.flatMap((name) => /^(\d+)\.jsonl$/.exec(name)?.[1] ?? [])
			.map(Number)
			.sort((a, b) => a - b);
	}

	async #bytes(number: number): Promise<number> {
		return (await stat(this.#path(number))).size;
	}

	#path(number: number): string {
		return join(this.#folder, `${number}.jsonl`);
	}
}
