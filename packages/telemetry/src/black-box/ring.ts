import type { BoxFolder, SegmentWriter } from '../io/box-folder.ts';
import { BlockWriter } from './block.ts';
import { type SegmentFacts, segmentFacts } from './read.ts';

/** The bounds of a ring. */
export interface RingBounds {
	/** So much recorded time is kept besides the running segment. Milliseconds: an outage makes nothing older. */
	readonly keepMs: number;
	/** All segments together, bytes. */
	readonly mostBytes: number;
}

interface Segment {
	readonly number: number;
	bytes: number;
	lastedMs: number;
}

/** A segment is closed after this long. Milliseconds. */
const SEGMENT_MS = 600_000;
/** Or once it has this share of the ring's bytes. */
const SEGMENT_SHARE = 1 / 8;
/** A disk that loses its power often has a segment for each life: no more than this. */
const MOST_SEGMENTS = 200;

/** The segments of the ring: the newest is written, the oldest fall out. Calls must not overlap. */
export class Ring {
	readonly #folder: BoxFolder;
	readonly #bounds: RingBounds;
	#segments: Segment[] = [];
	#next = 1;
	#running: { writer: SegmentWriter; blocks: BlockWriter; beganMs: number } | undefined;

	constructor(folder: BoxFolder, bounds: RingBounds) {
		this.#folder = folder;
		this.#bounds = bounds;
	}

	/** Reads what earlier lives left. Gives the facts of the last life, all its segments together; undefined: there is none. */
	async open(): Promise<SegmentFacts | undefined> {
		let last: SegmentFacts | undefined;
		this.#segments = [];
		for (const { number, bytes } of await this.#folder.segments()) {
			this.#next = number + 1;
			const facts = segmentFacts(await this.#folder.read(number));
			this.#segments.push({ number, bytes, lastedMs: facts?.lastedMs ?? 0 });
			if (facts === undefined) continue;
			const before = last?.life === facts.life ? last.lastedMs : 0;
			last = { ...facts, lastedMs: before + facts.lastedMs };
		}
		return last;
	}

	/** What it holds: milliseconds recorded and bytes on the disk. */
	get holds(): { readonly ms: number; readonly bytes: number } {
		const sum = (of: (segment: Segment) => number): number => this.#segments.reduce((all, one) => all + of(one), 0);
		return { ms: sum(({ lastedMs }) => lastedMs), bytes: sum(({ bytes }) => bytes) };
	}

	/** Numbers of the segments that hold the newest `ms` and the running one, oldest first. */
	newest(ms: number): number[] {
		const numbers: number[] = [];
		for (let [at, held] = [this.#segments.length - 1, 0]; at >= 0 && held < ms; at--) {
			const segment = this.#segments[at];
			if (segment === undefined) break;
			numbers.unshift(segment.number);
			held += segment.lastedMs;
		}
		return numbers;
	}

	/** Whether what is appended now begins a segment. */
	isFresh(nowMs: number): boolean {
		if (this.#running === undefined || nowMs - this.#running.beganMs >= SEGMENT_MS) return true;
		return (this.#segments.at(-1)?.bytes ?? 0) >= this.#bounds.mostBytes * SEGMENT_SHARE;
	}

	/** Puts text on the disk and gives its bytes there. After a rejection the next append begins a segment. */
	async append(text: string, nowMs: number): Promise<number> {
		if (this.isFresh(nowMs)) await this.#begin(nowMs);
		const running = this.#running;
		const segment = this.#segments.at(-1);
		if (running === undefined || segment === undefined) throw new Error('no segment was begun');
		const block = running.blocks.pack(text);
		try {
			await running.writer.append(block);
		} catch (error) {
			await this.close();
			throw error;
		}
		segment.bytes += block.length;
		segment.lastedMs = nowMs - running.beganMs;
		return block.length;
	}

	/** Gives the oldest segment up; false where nothing but the newest is left. */
	async dropOldest(): Promise<boolean> {
		const [oldest] = this.#segments;
		if (oldest === undefined || this.#segments.length < 2) return false;
		await this.#folder.remove(oldest.number);
		this.#segments.shift();
		return true;
	}

	async close(): Promise<void> {
		const running = this.#running;
		this.#running = undefined;
		await running?.writer.close();
	}

	async #begin(nowMs: number): Promise<void> {
		await this.close();
		await this.#prune();
		const number = this.#next++;
		const writer = await this.#folder.create(number);
		this.#segments.push({ number, bytes: 0, lastedMs: 0 });
		this.#running = { writer, blocks: new BlockWriter(), beganMs: nowMs };
	}

	async #prune(): Promise<void> {
		const { keepMs, mostBytes } = this.#bounds;
		for (;;) {
			const { ms, bytes } = this.holds;
			const spare = ms - (this.#segments[0]?.lastedMs ?? 0) >= keepMs;
			if (!spare && bytes < mostBytes * (1 - SEGMENT_SHARE) && this.#segments.length < MOST_SEGMENTS) return;
			if (!(await this.dropOldest())) return;
		}
	}
}
