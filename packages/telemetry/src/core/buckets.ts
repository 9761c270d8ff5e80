import type { HistoryLine } from '@pilotwire/contract';
import { type Cell, HOUR_MS, MINUTE_MS, type Resolution } from './cell.ts';
import type { RangeQuery } from './store.ts';

/** A range of so little is read point by point, whatever its buckets. Milliseconds. */
const SHORT_MS = 6 * HOUR_MS;

/** What a range should be read from: as coarse as its buckets allow, none of them being left without a cell. */
export function resolutionFor({ fromMs, toMs, bucketMs }: RangeQuery): Resolution | 'point' {
	if (toMs - fromMs <= SHORT_MS) return 'point';
	if (bucketMs >= HOUR_MS) return 'hour';
	return bucketMs >= MINUTE_MS ? 'minute' : 'point';
}

interface Bucket {
	min: number;
	max: number;
	sum: number;
	count: number;
}

type Figure = 'min' | 'max' | 'sum' | 'count';
type Figures = Pick<Extract<HistoryLine, { kind: 'number' }>, 'atMs' | 'min' | 'max' | 'mean' | 'count'>;

/** Gathers points and cells of one series in the buckets of a range, in any order. */
export class NumberBuckets {
	readonly #range: RangeQuery;
	readonly #buckets = new Map<number, Bucket>();

	constructor(range: RangeQuery) {
		this.#range = range;
	}

	/** A point outside of the range is passed over. */
	addPoint(at: number, value: number): void {
		const { fromMs, toMs, bucketMs } = this.#range;
		if (at < fromMs || at >= toMs) return;
		this.add(Math.floor((at - fromMs) / bucketMs), value, value, value, 1);
	}

	/** A cell that lies in two buckets counts in its first; one that the range cuts counts whole. */
	addCell({ atMs, lengthMs, min, max, sum, count }: Pick<Cell, 'atMs' | 'lengthMs' | Figure>): void {
		const { fromMs, toMs, bucketMs } = this.#range;
		if (atMs + lengthMs <= fromMs || atMs >= toMs) return;
		this.add(Math.max(0, Math.floor((atMs - fromMs) / bucketMs)), min, max, sum, count);
	}

	add(index: number, min: number, max: number, sum: number, count: number): void {
		const bucket = this.#buckets.get(index);
		if (bucket === undefined) {
			this.#buckets.set(index, { min, max, sum, count });
			return;
		}
		if (min < bucket.min) bucket.min = min;
		if (max > bucket.max) bucket.max = max;
		bucket.sum += sum;
		bucket.count += count;
	}

	/** A column for each figure; buckets without a point are left out. */
	figures(): Figures {
		const { fromMs, bucketMs } = this.#range;
		const figures: Figures = { atMs: [], min: [], max: [], mean: [], count: [] };
		for (const [index, { min, max, sum, count }] of [...this.#buckets].sort(([a], [b]) => a - b)) {
			figures.atMs.push(fromMs + index * bucketMs);
			figures.min.push(min);
			figures.max.push(max);
			// A sum of many is rounded: the mean of equal numbers must not lie beside them.
			figures.mean.push(Math.min(Math.max(sum / count, min), max));
			figures.count.push(count);
		}
		return figures;
	}
}

/** The last text of each bucket; points come in order. */
export function textFigures(
	range: RangeQuery,
	points: Iterable<{ readonly at: number; readonly value: string }>,
): Pick<Extract<HistoryLine, { kind: 'text' }>, 'atMs' | 'text' | 'count'> {
	const { fromMs, toMs, bucketMs } = range;
	const figures = { atMs: [] as number[], text: [] as string[], count: [] as number[] };
	for (const { at, value } of points) {
		if (at < fromMs || at >= toMs) continue;
		const startMs = at - ((at - fromMs) % bucketMs);
		if (figures.atMs.at(-1) !== startMs) {
			figures.atMs.push(startMs);
			figures.text.push(value);
			figures.count.push(1);
		} else {
			figures.text[figures.text.length - 1] = value;
			figures.count[figures.count.length - 1] = (figures.count.at(-1) ?? 0) + 1;
		}
	}
	return figures;
}
