import type { HistoryLine, HistorySeries } from '@pilotwire/contract';
import type { Cell, Resolution } from './cell.ts';
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

/** What is read of the history. Times: ms since 1970 UTC. */
export interface Selection {
	/** Every series unless named. */
	readonly series?: string;
	/** Only lines with these tags, and any others beside. */
	readonly tags?: Readonly<Record<string, string>>;
	readonly kind?: HistorySeries['kind'];
	readonly fromMs: number;
	/** Not included. */
	readonly toMs: number;
}

/** Some points of one series, in order of their moments (ms since 1970 UTC). */
export interface SeriesPoints extends HistorySeries {
	readonly points: readonly { readonly at: number; readonly value: number | string }[];
}

/** Some cells of one series of numbers, in order. */
export interface SeriesCells extends Pick<HistorySeries, 'series' | 'tags'> {
	readonly cells: readonly Cell[];
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

/** What answers questions about the history. Rejections are `PilotwireError`s; it may be asked again after one. */
export interface HistoryReader {
	/** Such as `sqlite`. */
	readonly name: string;
	/**
	 * A line for each combination of tags that has a point in the range, or in the day before it. From points where they
	 * are kept and the buckets are short, else from minutes or hours: a cell that lies in two buckets counts in its first.
	 */
	query(range: RangeQuery): Promise<HistoryLine[]>;
	/** Every series there is, or those of this name. */
	series(name?: string): Promise<HistorySeries[]>;
	/** The points that are kept one by one, series by series, each in order; a series comes in several parts. */
	points(selection: Selection): AsyncIterable<SeriesPoints>;
	/**
	 * The cells that begin in the selection, of series of numbers, series by series, each in order and each cell once.
	 * `minute`: minutes as far back as they are kept, hours before (`lengthMs` says which).
	 */
	cells(selection: Selection, resolution: Resolution): AsyncIterable<SeriesCells>;
	/**
	 * Cells of counters that say what was counted until each moment that is asked for, as minutes everywhere would: fine
	 * around these moments, as coarse between as nobody can tell. Series by series, each in order.
	 */
	counted(selection: Selection, moments: MomentsOf): AsyncIterable<SeriesCells>;
	/** Texts where they became other ones, and some between; a little from before the selection may be among them. */
	changes(selection: Selection): AsyncIterable<SeriesPoints>;
}

/** The moments that are asked about of the counter with these tags, ms since 1970 UTC, in order. */
export type MomentsOf = (tags: HistorySeries['tags']) => Promise<readonly number[]>;

/**
 * Where the history is kept. A point is known by its series, its tags, whether it is a number or a text, and its
 * moment: written again it is there once, with the value that came last. One write at a time.
 */
export interface HistoryStore extends HistoryReader {
	/** Most points one write should carry. */
	readonly mostPerWrite: number;
	/** Gets ready, where that can be known now. An error with an exit code is for a person to put right. */
	open(): Promise<void>;
	/** Resolves once the store has confirmed what it took; a rejection says nothing was confirmed. */
	write(points: readonly Point[]): Promise<WriteOutcome>;
	/**
	 * Puts cells in the place of those that are there, for stretches whose points are kept no more or never were: what an
	 * import brings. Where points are kept, the cells follow from them and these are passed over.
	 */
	putCells(cells: readonly SeriesCells[]): Promise<void>;
	/**
	 * What is to be done between writes: a little of what is kept no longer is deleted, at `sureMs` and never where that is
	 * undefined, since the clock may be wrong then. True where there is more to do.
	 */
	upkeep(sureMs: number | undefined): Promise<boolean>;
	close(): Promise<void>;
}

/** How long a store keeps what it has, ms. Hours and texts stay for ever where nothing is said. */
export interface KeepFor {
	readonly pointsMs: number;
	readonly minutesMs: number;
	readonly hoursMs: number | undefined;
}

const DAY_MS = 86_400_000;

/** From days. */
export function keepFor({
	points = 7,
	minutes = 731,
	hours,
}: {
	points?: number;
	minutes?: number;
	hours?: number | undefined;
} = {}): KeepFor {
	const hoursMs = hours === undefined ? undefined : hours * DAY_MS;
	return { pointsMs: points * DAY_MS, minutesMs: minutes * DAY_MS, hoursMs };
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

/** Whether a series has these tags, and any others beside. */
export function hasTags({ tags }: Pick<HistorySeries, 'tags'>, wanted: Readonly<Record<string, string>> = {}): boolean {
	return Object.entries(wanted).every(([name, value]) => tags[name] === value);
}
