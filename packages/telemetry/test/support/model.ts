// What a history must answer, the slow and obvious way.
import type { HistoryLine } from '@pilotwire/contract';
import fc from 'fast-check';
import { type Draft, kindOf, type Point, seriesKey, toPoint } from '../../src/core/point.ts';
import { BEFORE_MS, compareLines, type RangeQuery } from '../../src/core/store.ts';

export const START_MS = Date.UTC(2026, 0, 15, 17);

/** A point that every store takes. */
export function point(draft: Partial<Draft>): Point {
	const made = toPoint({ series: 'load.apparentPowerVA', tags: { meter: 'main' }, at: START_MS, value: 0, ...draft });
	if (made === undefined) throw new Error('not a point');
	return made;
}

const awkward = fc.oneof(
	fc.string({ unit: 'binary', maxLength: 12 }),
	fc.string({ unit: fc.constantFrom(',', ' ', '=', '"', "'", '\\', '\n', '\t', 'a', 'é', '°', '#'), maxLength: 8 }),
);

/** Points close to each other, of few series, so that they meet in buckets and overwrite each other. */
export const points = (series: string): fc.Arbitrary<Point[]> =>
	fc.array(
		fc
			.record({
				series: fc.constantFrom(series, `${series}.more`),
				tags: fc.record({ meter: awkward, phase: fc.constantFrom('1', '2', '') }),
				at: fc.integer({ min: START_MS - 2_000, max: START_MS + 4_000 }),
				value: fc.oneof(fc.double({ min: -1e9, max: 1e9, noNaN: true }), fc.integer({ min: -1e6, max: 1e6 }), awkward),
			})
			.map((draft) => point(draft)),
		{ maxLength: 40 },
	);

/** Groups what survives overwriting into buckets. */
export function expectedLines(points: readonly Point[], range: RangeQuery): HistoryLine[] {
	const series = new Map<string, Map<number, Point>>();
	for (const each of points) {
		const matches = Object.entries(range.tags).every(([name, value]) => each.tags[name] === value);
		if (each.series !== range.series || !matches) continue;
		const key = `${kindOf(each.value)} ${seriesKey(each)}`;
		series.set(key, (series.get(key) ?? new Map<number, Point>()).set(each.at, each));
	}
	const lines = [...series.values()].map((byMoment) => {
		const ordered = [...byMoment.values()].sort((a, b) => a.at - b.at);
		return expectedLine(ordered, range);
	});
	return lines.filter((line) => line !== undefined).sort(compareLines);
}

function expectedLine(ordered: readonly Point[], { fromMs, toMs, bucketMs }: RangeQuery): HistoryLine | undefined {
	const [first] = ordered;
	if (first === undefined) return undefined;
	const { series, tags } = first;
	const buckets = new Map<number, Point[]>();
	for (const each of ordered) {
		if (each.at < fromMs || each.at >= toMs) continue;
		const start = each.at - ((each.at - fromMs) % bucketMs);
		buckets.set(start, [...(buckets.get(start) ?? []), each]);
	}
	const earlier = ordered.filter(({ at }) => at < fromMs && at >= fromMs - BEFORE_MS).at(-1);
	if (buckets.size === 0 && earlier === undefined) return undefined;
	const groups = [...buckets.values()];
	const shared = { series, tags: { ...tags }, atMs: [...buckets.keys()], count: groups.map(({ length }) => length) };
	const before = earlier === undefined ? {} : { before: { atMs: earlier.at, value: earlier.value } };
	if (kindOf(first.value) === 'text') {
		return { kind: 'text', ...shared, text: groups.map((group) => group.at(-1)?.value), ...before } as HistoryLine;
	}
	const values = groups.map((group) => group.map(({ value }) => Number(value)));
	return {
		kind: 'number',
		...shared,
		min: values.map((group) => Math.min(...group)),
		max: values.map((group) => Math.max(...group)),
		mean: values.map((group) => group.reduce((sum, value) => sum + value, 0) / group.length),
		...before,
	} as HistoryLine;
}

/** Means are sums in another order: compared as closely as that allows; the rest exactly. */
export function comparable(lines: readonly HistoryLine[]): unknown[] {
	return lines.map((line) => (line.kind === 'text' ? line : { ...line, mean: line.mean.map((mean) => rounded(mean)) }));
}

const rounded = (value: number): number => Math.round(value * 1_000) / 1_000 + 0;
