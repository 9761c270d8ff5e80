import { riseBetween } from './counter.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;
/** Between two readings of a register that is heard, at most: it is written again every ten minutes. Milliseconds. */
export const HEARD_WITHIN_MS = 3_600_000;

/** How finely numbers are rolled up: cells of UTC minutes or hours. */
export type Resolution = 'minute' | 'hour';

/** A number at its moment, ms since 1970 UTC. */
export interface Sample {
	readonly at: number;
	readonly value: number;
}

/** What a minute, an hour or a day holds of one series of numbers. Moments: ms since 1970 UTC. */
export interface Cell {
	/** Where it begins: a whole minute, hour or day of UTC. */
	readonly atMs: number;
	/** How long it is: a minute, an hour or a day. */
	readonly lengthMs: number;
	readonly min: number;
	readonly max: number;
	readonly sum: number;
	readonly count: number;
	readonly first: number;
	readonly firstAtMs: number;
	readonly last: number;
	readonly lastAtMs: number;
	/** By how much a counter rose from `first` to `last`, across resets: {@link riseBetween} of each pair; 0 where none counts. */
	readonly rise: number;
}

/** The length of a cell. Milliseconds. */
export const cellMs: Readonly<Record<Resolution, number>> = { minute: MINUTE_MS, hour: HOUR_MS };

/** The moment at which the cell begins that holds this one. */
export function cellStart(at: number, lengthMs: number): number {
	return at - (at % lengthMs);
}

/** Whether a series is a counter of energy: its name says it by its unit. */
export function isCounter(series: string): boolean {
	return series.endsWith('Wh') || series.endsWith('VArh');
}

/** The cells of samples that are in order of their moments. */
export function cellsOf(samples: readonly Sample[], lengthMs: number, counter: boolean): Cell[] {
	const cells: Cell[] = [];
	for (let from = 0; from < samples.length; ) {
		const atMs = cellStart((samples[from] as Sample).at, lengthMs);
		let to = from + 1;
		while (to < samples.length && (samples[to] as Sample).at < atMs + lengthMs) to += 1;
		cells.push(cellOf(samples.slice(from, to), atMs, lengthMs, counter));
		from = to;
	}
	return cells;
}

function cellOf(samples: readonly Sample[], atMs: number, lengthMs: number, counter: boolean): Cell {
	const first = samples[0] as Sample;
	let [min, max, sum, rise, last] = [first.value, first.value, 0, 0, first];
	for (const sample of samples) {
		if (sample.value < min) min = sample.value;
		if (sample.value > max) max = sample.value;
		sum += sample.value;
		if (counter) rise += riseBetween(last, sample);
		last = sample;
	}
	const edges = { first: first.value, firstAtMs: first.at, last: last.value, lastAtMs: last.at };
	return { atMs, lengthMs, min, max, sum, count: samples.length, ...edges, rise };
}

/** Two cells, or parts of one, as one; no point may be in both. */
export function joined(a: Cell, b: Cell, { atMs, lengthMs, counter }: Joint): Cell {
	const [early, late] = a.firstAtMs <= b.firstAtMs ? [a, b] : [b, a];
	const end = early.lastAtMs >= late.lastAtMs ? early : late;
	const [before, after] = [
		{ at: early.lastAtMs, value: early.last },
		{ at: late.firstAtMs, value: late.first },
	];
	return {
		atMs,
		lengthMs,
		min: Math.min(a.min, b.min),
		max: Math.max(a.max, b.max),
		sum: a.sum + b.sum,
		count: a.count + b.count,
		first: early.first,
		firstAtMs: early.firstAtMs,
		last: end.last,
		lastAtMs: end.lastAtMs,
		rise: counter ? early.rise + riseBetween(before, after) + late.rise : 0,
	};
}

/** What two cells become. */
interface Joint {
	readonly atMs: number;
	readonly lengthMs: number;
	readonly counter: boolean;
}

/** Fine cells in order, as coarser ones. */
export function coarser(cells: readonly Cell[], lengthMs: number, counter: boolean): Cell[] {
	const made: Cell[] = [];
	for (const cell of cells) {
		const atMs = cellStart(cell.atMs, lengthMs);
		const open = made.at(-1);
		if (open?.atMs === atMs) made[made.length - 1] = joined(open, cell, { atMs, lengthMs, counter });
		else made.push({ ...cell, atMs, lengthMs });
	}
	return made;
}
