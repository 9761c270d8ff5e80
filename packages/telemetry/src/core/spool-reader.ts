import type { SpoolFolder } from '../io/spool-folder.ts';
import type { Point } from './point.ts';
import { decodeRecord, type SegmentSeries } from './spool-record.ts';

/** Read at once. Bytes. */
const CHUNK_BYTES = 262_144;

/** A place in the spool: what lies before it is done with. */
export interface Place {
	readonly segment: number;
	/** Bytes from the segment's beginning. */
	readonly offset: number;
}

/** Points of the spool and the place after them. */
export interface Stretch {
	readonly points: Point[];
	readonly to: Place;
}

/** Goes through the segments of a spool in order, from one place to the next. */
export class SpoolReader {
	readonly #folder: SpoolFolder;
	/** Where reading stands, and what the segment has named until there. */
	#at: Place = { segment: -1, offset: 0 };
	#series: SegmentSeries = [];
	/** Lines that no checksum holds for. */
	damaged = 0;

	constructor(folder: SpoolFolder) {
		this.#folder = folder;
	}

	/**
	 * At least one record from `from` on, and records up to so many points. Undefined at the segment's end.
	 * @param end where what is on the disk for certain ends, bytes
	 */
	async read(from: Place, end: number, mostPoints: number): Promise<Stretch | undefined> {
		if (from.segment !== this.#at.segment || from.offset !== this.#at.offset) await this.#find(from);
		const points: Point[] = [];
		while (points.length < mostPoints && this.#at.offset < end) {
			const before = this.#at.offset;
			await this.#chunk(end, (record) => {
				if (record !== undefined && points.length > 0 && points.length + record.length > mostPoints) return false;
				for (const point of record ?? []) points.push(point);
				return true;
			});
			if (this.#at.offset === before) break;
		}
		return this.#at.offset === from.offset ? undefined : { points, to: this.#at };
	}

	/** Reads a segment from its beginning up to a place, for the series that it names. */
	async #find(place: Place): Promise<void> {
		this.#at = { segment: place.segment, offset: 0 };
		this.#series = [];
		while (this.#at.offset < place.offset) {
			const before = this.#at.offset;
			await this.#chunk(place.offset, () => true);
			if (this.#at.offset === before) break;
		}
		this.#at = place;
	}

	/** Whole lines of one read, until `take` wants no more. A line longer than a read is read whole. */
	async #chunk(end: number, take: (points: Point[] | undefined) => boolean): Promise<void> {
		const { segment, offset } = this.#at;
		let bytes = await this.#folder.read(segment, offset, Math.min(CHUNK_BYTES, end - offset));
		if (!bytes.includes(10) && offset + bytes.length < end)
			bytes = await this.#folder.read(segment, offset, end - offset);
		let start = 0;
		for (let stop = bytes.indexOf(10); stop >= 0; stop = bytes.indexOf(10, start)) {
			const points = decodeRecord(bytes.toString('utf8', start, stop), this.#series);
			// One that is not taken comes again with the next read.
			if (!take(points)) return;
			if (points === undefined) this.damaged += 1;
			start = stop + 1;
			this.#at = { segment, offset: offset + start };
		}
		// The half of a line that a power cut left is nobody's.
		if (offset + bytes.length >= end && start < bytes.length) this.#at = { segment, offset: end };
	}
}
