import { type Cell, MINUTE_MS, type Sample } from './cell.ts';
import { ColumnReader, ColumnWriter } from './columns.ts';

/** A text at its moment, ms since 1970 UTC. */
export interface TextSample {
	readonly at: number;
	readonly value: string;
}

/** How the points of one stretch of a series lie in the store: one part after another, each packed by itself. */
export interface BlockForm<Each> {
	/** How long a block is. Milliseconds. */
	readonly lengthMs: number;
	/** One part of the block that begins at `startMs`; its points are in order and none is earlier. */
	pack(points: readonly Each[], startMs: number): Uint8Array;
	/** All points of a block, part by part. */
	unpack(block: Uint8Array, startMs: number): Each[];
}

/** Numbers: the hour is also what they are rolled up by. */
export const numberBlocks: BlockForm<Sample> = {
	lengthMs: 3_600_000,
	pack(points, startMs) {
		const writer = new ColumnWriter();
		writer.whole(points.length);
		const values = points.map(({ value }) => value);
		writer.column(
			points.map(({ at }) => at - startMs),
			2,
		);
		writer.column(values);
		return writer.bytes();
	},
	unpack(block, startMs) {
		const reader = new ColumnReader(block);
		const points: Sample[] = [];
		while (!reader.isAtEnd) {
			const count = reader.whole();
			const moments = reader.column(count, 2);
			const values = reader.column(count);
			for (let index = 0; index < count; index += 1) {
				points.push({ at: startMs + (moments[index] as number), value: values[index] as number });
			}
		}
		return points;
	},
};

/** Texts: each once, and which one held when. */
export const textBlocks: BlockForm<TextSample> = {
	lengthMs: 86_400_000,
	pack(points, startMs) {
		const writer = new ColumnWriter();
		const numbers = new Map<string, number>();
		for (const { value } of points) if (!numbers.has(value)) numbers.set(value, numbers.size);
		writer.whole(points.length);
		writer.whole(numbers.size);
		for (const text of numbers.keys()) writer.text(text);
		writer.column(
			points.map(({ at }) => at - startMs),
			2,
		);
		writer.column(points.map(({ value }) => numbers.get(value) as number));
		return writer.bytes();
	},
	unpack(block, startMs) {
		const reader = new ColumnReader(block);
		const points: TextSample[] = [];
		while (!reader.isAtEnd) {
			const count = reader.whole();
			const texts = Array.from({ length: reader.whole() }, () => reader.text());
			const moments = reader.column(count, 2);
			const words = reader.column(count);
			for (let index = 0; index < count; index += 1) {
				points.push({ at: startMs + (moments[index] as number), value: texts[words[index] as number] as string });
			}
		}
		return points;
	},
};

/** The texts of a block, each where it became another one within its part. */
export function textChanges(block: Uint8Array, startMs: number): TextSample[] {
	const reader = new ColumnReader(block);
	const changes: TextSample[] = [];
	while (!reader.isAtEnd) {
		const count = reader.whole();
		const texts = Array.from({ length: reader.whole() }, () => reader.text());
		const moments = reader.column(count, 2);
		const words = reader.column(count);
		for (let index = 0; index < count; index += 1) {
			const word = words[index] as number;
			if (index > 0 && word === words[index - 1]) continue;
			changes.push({ at: startMs + (moments[index] as number), value: texts[word] as string });
		}
	}
	return changes;
}

/** What a chart needs of the minutes of one hour. */
interface MinuteFigures {
	readonly minutes: readonly number[];
	readonly count: readonly number[];
	readonly min: readonly number[];
	readonly max: readonly number[];
	readonly sum: readonly number[];
}

/** The first columns that {@link packMinutes} packed: the rest isn't looked at. `minutes`: since the hour began. */
export function minuteFigures(block: Uint8Array): MinuteFigures {
	const reader = new ColumnReader(block);
	const length = reader.whole();
	const [minutes, count, min, max, sum] = Array.from({ length: 5 }, () => reader.column(length)) as [
		number[],
		number[],
		number[],
		number[],
		number[],
	];
	return { minutes, count, min, max, sum };
}

/** The minutes of one hour, columns of differences: a dozen bytes each. `counter`: whether a rise is kept. */
export function packMinutes(minutes: readonly Cell[], hourMs: number, counter: boolean): Uint8Array {
	const writer = new ColumnWriter();
	const column = (of: (cell: Cell) => number): void => writer.column(minutes.map(of));
	writer.whole(minutes.length);
	column(({ atMs }) => (atMs - hourMs) / MINUTE_MS);
	column(({ count }) => count);
	column(({ min }) => min);
	column(({ max }) => max);
	column(({ sum }) => sum);
	column(({ first }) => first);
	column(({ last }) => last);
	column(({ atMs, firstAtMs }) => firstAtMs - atMs);
	column(({ atMs, lastAtMs }) => lastAtMs - atMs);
	if (counter) column(({ rise }) => rise);
	return writer.bytes();
}

/** What {@link packMinutes} packed. */
export function unpackMinutes(block: Uint8Array, hourMs: number, counter: boolean): Cell[] {
	const reader = new ColumnReader(block);
	const length = reader.whole();
	const columns = Array.from({ length: counter ? 10 : 9 }, () => reader.column(length));
	const [minutes = [], count = [], min = [], max = [], sum = [], first = [], last = []] = columns;
	const [firstAfter = [], lastAfter = [], rise] = columns.slice(7);
	return minutes.map((minute, index) => {
		const atMs = hourMs + minute * MINUTE_MS;
		return {
			atMs,
			lengthMs: MINUTE_MS,
			min: min[index] as number,
			max: max[index] as number,
			sum: sum[index] as number,
			count: count[index] as number,
			first: first[index] as number,
			firstAtMs: atMs + (firstAfter[index] as number),
			last: last[index] as number,
			lastAtMs: atMs + (lastAfter[index] as number),
			rise: rise?.[index] ?? 0,
		};
	});
}

/** Points in order, each moment once: of two at the same moment the later one of `fresh` counts. */
export function merged<Each extends { readonly at: number }>(kept: readonly Each[], fresh: readonly Each[]): Each[] {
	const last = kept.at(-1);
	if (fresh.length === 0) return [...kept];
	if (last !== undefined && isOrdered(fresh) && (fresh[0] as Each).at > last.at) return [...kept, ...fresh];
	const byMoment = new Map<number, Each>();
	for (const point of kept) byMoment.set(point.at, point);
	for (const point of fresh) byMoment.set(point.at, point);
	return [...byMoment.values()].sort((a, b) => a.at - b.at);
}

/** Whether each point is later than the one before. */
export function isOrdered(points: readonly { readonly at: number }[]): boolean {
	return points.every(({ at }, index) => index === 0 || (points[index - 1]?.at ?? 0) < at);
}
