// Answers of the history as curves on one axis of time.
import type { HistoryAnswer, HistoryLine } from '@pilotwire/contract';
import type { TimeWindow } from './time-window.ts';

/** One curve; null where nothing is known. */
export interface Curve {
	/** What it is of: a phase, a probe, a circuit. */
	readonly key: string;
	readonly values: readonly (number | null)[];
}

/** Curves over the same times. */
export interface Curves {
	/** Where each bucket begins, s since 1970 by the browser's clock. */
	readonly timesS: readonly number[];
	readonly bucketMs: number;
	readonly curves: readonly Curve[];
}

export const noCurves: Curves = { timesS: [], bucketMs: 0, curves: [] };

type NumberLine = Extract<HistoryLine, { kind: 'number' }>;

/** A value holds this long although no point says it again: states that don't move are written every ten minutes. */
const HOLDS_MS = 11 * 60_000;

interface Reading {
	readonly key: (tags: Readonly<Record<string, string>>) => string | undefined;
	readonly figure?: 'mean' | 'max';
	/** The figure holds until the next one: gaps up to eleven minutes are filled. */
	readonly holds?: boolean;
}

/**
 * The numbers of an answer on one grid. `shiftMs` is added to every time: the clocks' difference, or the step between two
 * ranges that are compared.
 */
export function curvesOf(
	answer: HistoryAnswer,
	{ fromMs, toMs }: TimeWindow,
	shiftMs: number,
	{ key, figure = 'mean', holds = false }: Reading,
): Curves {
	const { bucketMs } = answer;
	const lines = answer.lines.filter((line): line is NumberLine => line.kind === 'number');
	const count = Math.max(0, Math.ceil((toMs - fromMs) / bucketMs));
	const timesS = Array.from({ length: count }, (_, index) => (fromMs + index * bucketMs) / 1000);
	const curves = new Map<string, (number | null)[]>();
	for (const line of lines) {
		const name = key(line.tags);
		if (name === undefined) continue;
		const values = curves.get(name) ?? Array.from({ length: count }, (): number | null => null);
		curves.set(name, values);
		for (const [place, at] of line.atMs.entries()) {
			const index = Math.round((at + shiftMs - fromMs) / bucketMs);
			if (index >= 0 && index < count) values[index] = line[figure][place] ?? null;
		}
		if (holds) hold(values, bucketMs, line.before && { ...line.before, agoMs: fromMs - line.before.atMs - shiftMs });
	}
	const sorted = [...curves].sort(([a], [b]) => a.localeCompare(b, undefined, { numeric: true }));
	return { timesS, bucketMs, curves: sorted.map(([name, values]) => ({ key: name, values })) };
}

/** `before`: what was said last before the first value, and how long before. */
function hold(
	values: (number | null)[],
	bucketMs: number,
	before: { readonly value: number; readonly agoMs: number } | undefined,
): void {
	const longest = Math.ceil(HOLDS_MS / bucketMs);
	let held: number | null = before?.value ?? null;
	let left = Math.ceil((HOLDS_MS - (before?.agoMs ?? 0)) / bucketMs);
	// What is not over yet holds no further than the last point.
	const last = values.findLastIndex((value) => value !== null);
	for (let index = 0; index <= last; index += 1) {
		const value = values[index] ?? null;
		if (value !== null) {
			held = value;
			left = longest;
		} else if (held !== null && left > 0) {
			values[index] = held;
			left -= 1;
		}
	}
}

/** The sum of all curves, at each time of those that are known. */
export function sumOf({ curves, timesS }: Curves): (number | null)[] {
	return timesS.map((_, index) => {
		const known = curves.map(({ values }) => values[index]).filter((value) => typeof value === 'number');
		return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
	});
}

/** Curves one on top of the other, the lowest first: each is the sum of those up to it. */
export function stacked(all: Curves): Curve[] {
	return all.curves.map(({ key }, row) => ({ key, values: sumOf({ ...all, curves: all.curves.slice(0, row + 1) }) }));
}

/** A row of the table behind a chart: the mean and the maximum of each curve over a part of the range. */
export interface TableRow {
	readonly fromMs: number;
	readonly means: readonly (number | null)[];
	readonly highest: readonly (number | null)[];
}

/** At most `most` rows of equal length. */
export function rowsOf({ timesS, curves }: Curves, most: number): TableRow[] {
	const step = Math.max(1, Math.ceil(timesS.length / most));
	const starts = Array.from({ length: Math.ceil(timesS.length / step) }, (_, row) => row * step);
	return starts.map((start) => {
		const parts = curves.map(({ values }) => values.slice(start, start + step).filter((value) => value !== null));
		return {
			fromMs: (timesS[start] ?? 0) * 1000,
			means: parts.map((part) => (part.length === 0 ? null : part.reduce((sum, one) => sum + one, 0) / part.length)),
			highest: parts.map((part) => (part.length === 0 ? null : Math.max(...part))),
		};
	});
}
