import { crc32 } from 'node:zlib';
import { type Point, seriesKey } from './point.ts';

/** The series of one segment by their numbers there. */
export type SegmentSeries = Pick<Point, 'series' | 'tags'>[];

interface Body {
	/** The moment that the others are told from, ms since 1970 UTC. */
	readonly t: number;
	/** Series that this record is the first of its segment to name: each has a number there. */
	readonly s?: readonly [number: number, series: string, tags: Point['tags']][];
	/** Number of the series, ms after `t`, value. */
	readonly p: readonly [number, number, number | string][];
}

/** Writes records of one segment: a line each, `checksum count body`, where a body names each series once a segment. */
export class RecordWriter {
	readonly #numbers = new Map<string, number>();

	encode(points: readonly Point[]): Buffer {
		const t = points[0]?.at ?? 0;
		const s: [number, string, Point['tags']][] = [];
		const p = points.map((point): Body['p'][number] => {
			const key = seriesKey(point);
			let number = this.#numbers.get(key);
			if (number === undefined) {
				number = this.#numbers.size;
				this.#numbers.set(key, number);
				s.push([number, point.series, point.tags]);
			}
			return [number, point.at - t, point.value];
		});
		const rest = `${points.length} ${JSON.stringify({ t, ...(s.length > 0 ? { s } : {}), p } satisfies Body)}`;
		return Buffer.from(`${checksum(rest)} ${rest}\n`);
	}
}

/** How many points a line says that it holds; 0 where it is none. */
export function countOf(line: string): number {
	return Number(/^[0-9a-f]{8} (\d{1,9}) \{/.exec(line)?.[1] ?? 0);
}

/** The points of a line; `series` learns what it names. Undefined where the line is damaged. */
export function decodeRecord(line: string, series: SegmentSeries): Point[] | undefined {
	const rest = line.slice(9);
	if (line.slice(0, 8) !== checksum(rest)) return undefined;
	const { t, s = [], p } = JSON.parse(rest.slice(rest.indexOf(' ') + 1)) as Body;
	for (const [number, name, tags] of s) series[number] = { series: name, tags };
	return p.flatMap(([number, after, value]) => {
		const known = series[number];
		return known === undefined ? [] : [{ ...known, at: t + after, value }];
	});
}

function checksum(text: string): string {
	return crc32(text).toString(16).padStart(8, '0');
}
