import type { HistoryLine, HistorySeries } from '@pilotwire/contract';
import type { Point } from './point.ts';

/** A range cut in buckets of equal length, aligned at its beginning. Times: ms since 1970 UTC. */
export interface RangeQuery {
	readonly series: string;
	/** Only lines with these tags, and any others beside. */
	readonly tags: Readonly<Record<string, string>>;
	readonly fromMs: number;
	/** Not included. */
	readonly toMs: number;
	readonly bucketMs: number;
}

/** What became of the points of one write. */
export interface WriteOutcome {
	/** Confirmed by the store. */
	readonly written: number;
	/** Not taken, whenever they come. */
	readonly refused: number;
	/** Why, in a sentence. */
	readonly problem?: string;
}

/**
 * Where the history is kept. A point is known by its series, its tags, whether it is a number or a text, and its
 * moment: written again it is there once, with the value that came last. One write at a time. Rejections are
 * `PilotwireError`s; the store may be asked again after one.
 */
export interface HistoryStore {
	/** Such as `sqlite`. */
	readonly name: string;
	/** Most points one write should carry. */
	readonly mostPerWrite: number;
	/** Gets ready, where that can be known now. An error with an exit code is for a person to put right. */
	open(): Promise<void>;
	/** Resolves once the store has confirmed what it took; a rejection says nothing was confirmed. */
	write(points: readonly Point[]): Promise<WriteOutcome>;
	/** A line for each combination of tags that has a point in the range, or in the day before it. */
	query(range: RangeQuery): Promise<HistoryLine[]>;
	/** Every series there is, or those of this name. */
	series(name?: string): Promise<HistorySeries[]>;
	close(): Promise<void>;
}

/** How far before a range the last point is looked for. Milliseconds. */
export const BEFORE_MS = 86_400_000;

/** In one order in every store: by series, then tags, then kind. */
export function compareLines(a: HistorySeries, b: HistorySeries): number {
	// A tab comes before every character of a name: what has fewer tags comes first.
	const text = ({ series, tags, kind }: HistorySeries) =>
		[series, ...Object.entries(tags).sort().flat()].concat('', kind).join('\t');
	const [left, right] = [text(a), text(b)];
	return left < right ? -1 : left > right ? 1 : 0;
}
