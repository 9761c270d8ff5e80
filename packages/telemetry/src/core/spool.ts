import type { Logger } from '@pilotwire/runtime';
import { spoolFailed } from '../errors.ts';
import type { SpoolFolder, SpoolWriter } from '../io/spool-folder.ts';
import type { Point } from './point.ts';
import { PendingPoints } from './spool-pending.ts';
import { type Place, SpoolReader } from './spool-reader.ts';
import { countOf, RecordWriter } from './spool-record.ts';

/** A segment that is done with may go once it has this size: files that come and go wear a card as well. Bytes. */
const ROTATE_BYTES = 65_536;
/** Segments of a full spool: so much is dropped at once. */
const SEGMENTS = 32;
/** Points in memory while the disk takes none; beyond it the oldest are given up. */
const MOST_PENDING = 100_000;

interface Segment {
	readonly number: number;
	/** What is on the disk for certain. */
	bytes: number;
	points: number;
}

/** A store's way through the spool. */
interface Follower {
	readonly reader: SpoolReader;
	place: Place;
	/** Points that it has left to read. */
	waiting: number;
	dropped: number;
}

/**
 * Every point on its way to the stores, on the disk and in order: what a message says is there before the broker hears
 * that the message arrived. One append and one sync for all that came since the last one. Stores follow, each at its own
 * pace; what all of them have is removed.
 */
export class Spool {
	readonly #folder: SpoolFolder;
	readonly #log: Logger;
	readonly #mostBytes: number;
	readonly #pending: PendingPoints;
	readonly #followers = new Map<string, Follower>();
	#segments: Segment[] = [];
	#writer: { readonly file: SpoolWriter; readonly records: RecordWriter } | undefined;
	#commits = 0;
	#problem: string | undefined;
	#busy: Promise<unknown> = Promise.resolve();
	#lastNumber = 0;

	/** @param mostBytes what it may take on the disk */
	constructor(folder: SpoolFolder, log: Logger, mostBytes: number, mostPending = MOST_PENDING) {
		this.#folder = folder;
		this.#log = log;
		this.#mostBytes = mostBytes;
		this.#pending = new PendingPoints(log, mostPending);
	}

	/** Finds what was left, and where each of these stores stood. Never rejects: a disk that fails is tried again. */
	async open(stores: readonly string[]): Promise<void> {
		await this.#ordered(async () => {
			const places = placesOf(await this.#folder.remembered());
			const files = await this.#folder.segments();
			for (const { number, bytes } of files) {
				this.#segments.push({ number, bytes, points: await this.#count(number, 0, bytes) });
			}
			this.#lastNumber = Math.max(
				0,
				...files.map(({ number }) => number),
				...[...places.values()].map((at) => at.segment),
			);
			for (const store of stores) await this.#follow(store, places.get(store));
			await this.#clean();
		}).catch((error: unknown) => this.#failed(error));
		for (const store of stores) if (!this.#followers.has(store)) await this.#follow(store, undefined);
	}

	/** Takes points; `acknowledge` is called once they are on the disk. */
	add(points: readonly Point[], acknowledge: () => void = () => undefined): void {
		this.#pending.add(points, acknowledge);
	}

	/** Puts what came on the disk. Never rejects: what could not be written still waits. */
	async commit(): Promise<void> {
		await this.#ordered(() => this.#append()).catch((error: unknown) => this.#failed(error));
	}

	/** What a store has to take next, in order; undefined where it has everything. */
	async next(store: string, mostPoints: number): Promise<{ points: Point[]; to: Place } | undefined> {
		const follower = this.#follower(store);
		for (;;) {
			const { place } = follower;
			const segment = this.#segments.find(({ number }) => number >= place.segment);
			if (segment === undefined) return undefined;
			const from = segment.number === place.segment ? place : { segment: segment.number, offset: 0 };
			const found = await follower.reader.read(from, segment.bytes, mostPoints);
			if (found !== undefined) return found;
			if (segment === this.#segments.at(-1)) return undefined;
			// It may have moved on while this was read: what fell out at the bound is not looked for again.
			if (follower.place === place) follower.place = { segment: segment.number + 1, offset: 0 };
		}
	}

	/** A store has confirmed what lies before this place. */
	async confirm(store: string, to: Place, points: number): Promise<void> {
		const follower = this.#follower(store);
		if (to.segment < follower.place.segment) return;
		follower.place = to;
		follower.waiting = Math.max(0, follower.waiting - points);
		await this.#ordered(() => this.#clean()).catch((error: unknown) => this.#failed(error));
	}

	/** Points that wait for a store, and those of it that fell out at the bound. */
	of(store: string): { readonly waiting: number; readonly dropped: number } {
		const { waiting, dropped } = this.#follower(store);
		return { waiting: waiting + this.#pending.count, dropped: dropped + this.#pending.givenUp };
	}

	get state() {
		return {
			bytes: this.#segments.reduce((sum, { bytes }) => sum + bytes, 0),
			pending: this.#pending.count,
			commits: this.#commits,
			...(this.#problem === undefined ? {} : { problem: this.#problem }),
		};
	}

	/** Puts what came on the disk, notes where the stores stand, and lets go of the files. */
	async close(): Promise<void> {
		await this.commit();
		if (this.#pending.count > 0) {
			this.#log.error({}, `${this.#pending.count} points are lost: ${this.#problem ?? 'the disk takes none'}`);
		}
		await this.#ordered(async () => {
			await this.#remember();
			await this.#writer?.file.close();
			this.#writer = undefined;
		}).catch((error: unknown) => this.#failed(error));
	}

	/** One thing at a time on the disk. */
	#ordered<Result>(work: () => Promise<Result>): Promise<Result> {
		const done = this.#busy.then(work);
		this.#busy = done.catch(() => undefined);
		return done;
	}

	async #append(): Promise<void> {
		const { batch } = this.#pending;
		const points = batch.flatMap((each) => each.points);
		if (points.length > 0) {
			const writer = await this.#writable();
			const bytes = writer.records.encode(points);
			try {
				await writer.file.append(bytes);
			} catch (error) {
				await this.#endSegment();
				throw error;
			}
			const segment = this.#segments.at(-1) as Segment;
			segment.bytes += bytes.length;
			segment.points += points.length;
			for (const follower of this.#followers.values()) follower.waiting += points.length;
			this.#commits += 1;
			this.#well();
		}
		this.#pending.settle(batch);
		await this.#bound();
	}

	async #writable() {
		const segment = this.#segments.at(-1);
		const most = Math.max(ROTATE_BYTES, this.#mostBytes / SEGMENTS);
		if (segment !== undefined && segment.bytes >= most) await this.#endSegment();
		if (this.#writer !== undefined) return this.#writer;
		this.#lastNumber += 1;
		const file = await this.#folder.create(this.#lastNumber);
		this.#segments.push({ number: this.#lastNumber, bytes: 0, points: 0 });
		this.#writer = { file, records: new RecordWriter() };
		return this.#writer;
	}

	/** Nothing more is written to the newest segment; an empty one is removed. */
	async #endSegment(): Promise<void> {
		const writer = this.#writer;
		const segment = this.#segments.at(-1);
		this.#writer = undefined;
		if (writer === undefined) return;
		await writer.file.close().catch(() => undefined);
		if (segment === undefined || segment.bytes > 0) return;
		this.#segments.pop();
		await this.#folder.remove(segment.number).catch(() => undefined);
	}

	/** At the bound the oldest segment goes, whoever has not read it. */
	async #bound(): Promise<void> {
		for (;;) {
			const [oldest] = this.#segments;
			const bytes = this.#segments.reduce((sum, each) => sum + each.bytes, 0);
			if (oldest === undefined || this.#segments.length < 2 || bytes <= this.#mostBytes) return;
			for (const [store, follower] of this.#followers) {
				if (follower.place.segment > oldest.number) continue;
				const offset = follower.place.segment === oldest.number ? follower.place.offset : 0;
				const lost = offset === 0 ? oldest.points : await this.#count(oldest.number, offset, oldest.bytes);
				if (follower.dropped === 0 && lost > 0) {
					this.#log.error({ store }, `${store} is away for too long: the oldest points are lost to it`);
				}
				follower.dropped += lost;
				follower.waiting = Math.max(0, follower.waiting - lost);
				follower.place = { segment: oldest.number + 1, offset: 0 };
			}
			await this.#folder.remove(oldest.number);
			this.#segments.shift();
		}
	}

	/** Removes what every store has. */
	async #clean(): Promise<void> {
		const isDone = ({ number, bytes }: Segment): boolean =>
			[...this.#followers.values()].every(
				({ place }) => place.segment > number || (place.segment === number && place.offset >= bytes),
			);
		const last = this.#segments.at(-1);
		if (last !== undefined && this.#writer !== undefined && last.bytes >= ROTATE_BYTES && isDone(last)) {
			await this.#endSegment();
		}
		const before = this.#segments.length;
		for (const segment of [...this.#segments]) {
			if (!isDone(segment) || (segment === last && this.#writer !== undefined)) break;
			await this.#folder.remove(segment.number);
			this.#segments.shift();
		}
		if (this.#segments.length < before) await this.#remember();
	}

	async #remember(): Promise<void> {
		const places = [...this.#followers].map(([store, { place }]) => [store, [place.segment, place.offset]] as const);
		await this.#folder.remember(Object.fromEntries(places));
	}

	async #follow(store: string, place: Place | undefined): Promise<void> {
		const [oldest] = this.#segments;
		const first =
			oldest === undefined ? { segment: this.#lastNumber + 1, offset: 0 } : { segment: oldest.number, offset: 0 };
		const from = place === undefined || place.segment < first.segment ? first : place;
		let waiting = 0;
		for (const { number, points, bytes } of this.#segments) {
			if (number > from.segment) waiting += points;
			else if (number === from.segment) waiting += await this.#count(number, from.offset, bytes);
		}
		this.#followers.set(store, { reader: new SpoolReader(this.#folder), place: from, waiting, dropped: 0 });
	}

	async #count(number: number, offset: number, end: number): Promise<number> {
		const bytes = await this.#folder.read(number, offset, Math.max(0, end - offset));
		let points = 0;
		for (let start = 0, stop = bytes.indexOf(10); stop >= 0; start = stop + 1, stop = bytes.indexOf(10, start)) {
			points += countOf(bytes.toString('latin1', start, Math.min(stop, start + 24)));
		}
		return points;
	}

	#follower(store: string): Follower {
		const follower = this.#followers.get(store);
		if (follower === undefined) throw new Error(`${store} does not follow the spool`);
		return follower;
	}

	#well(): void {
		if (this.#problem !== undefined) this.#log.info({}, 'the spool is written again');
		this.#problem = undefined;
	}

	#failed(error: unknown): void {
		const { message } = spoolFailed(error);
		if (this.#problem !== message) this.#log.error({ err: error }, message);
		this.#problem = message;
	}
}

/** Where stores stood, from what was remembered. */
function placesOf(remembered: unknown): Map<string, Place> {
	const places = new Map<string, Place>();
	if (typeof remembered !== 'object' || remembered === null) return places;
	for (const [store, place] of Object.entries(remembered)) {
		const [segment, offset] = Array.isArray(place) ? place : [];
		if (Number.isInteger(segment) && Number.isInteger(offset)) places.set(store, { segment, offset });
	}
	return places;
}
