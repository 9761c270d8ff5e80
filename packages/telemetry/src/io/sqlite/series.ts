import type { HistorySeries } from '@pilotwire/contract';
import type { Database, SqlRow, SqlStatement } from '@pilotwire/runtime';
import { isCounter } from '../../core/cell.ts';
import { kindOf, type Point, seriesKey } from '../../core/point.ts';

/** Series of a file; each is held in memory. */
export const MOST_SERIES = 20_000;

/** A series of the file. */
export interface Known extends HistorySeries {
	readonly id: number;
	/** Whether its values are a counter's. */
	readonly counter: boolean;
	/** The hour, since 1970, from which on its points are kept; from which on its minutes are. */
	pointsFrom: number;
	minutesFrom: number;
	/** Its newest block and the moment of the last point there; undefined until it is looked up. */
	tail: Tail | undefined;
}

/** The end of a series; `block` is -1 where there is no point. */
export interface Tail {
	readonly block: number;
	readonly lastAt: number;
}

export const NO_TAIL: Tail = { block: -1, lastAt: Number.NEGATIVE_INFINITY };

type Row = SqlRow & {
	id: number;
	kind: HistorySeries['kind'];
	name: string;
	tags: string;
	raw_from: number;
	minutes_from: number;
};

/** The series of one file, by what they are. */
export class SeriesTable {
	readonly #known = new Map<string, Known>();

	static async read(database: Database): Promise<SeriesTable> {
		const table = new SeriesTable();
		const rows = await database.all<Row>('SELECT id, kind, name, tags, raw_from, minutes_from FROM series');
		for (const { id, kind, name, tags, raw_from: pointsFrom, minutes_from: minutesFrom } of rows) {
			const series = { series: name, tags: JSON.parse(tags) as Known['tags'] };
			const known = { id, kind, ...series, counter: isCounter(name), pointsFrom, minutesFrom, tail: undefined };
			table.#known.set(keyOf(kind, series), known);
		}
		return table;
	}

	all(): IterableIterator<Known> {
		return this.#known.values();
	}

	/**
	 * The series of a point. A new one is numbered and put in `fresh`, for {@link adopt} once it is in the file; undefined
	 * where there are too many.
	 */
	of(point: Pick<Point, 'series' | 'tags'>, kind: Known['kind'], fresh: Map<string, Known>): Known | undefined {
		const key = keyOf(kind, point);
		const known = this.#known.get(key) ?? fresh.get(key);
		if (known !== undefined) return known;
		const id = this.#known.size + fresh.size + 1;
		if (id > MOST_SERIES) return undefined;
		const { series, tags } = point;
		const counter = isCounter(series);
		const made: Known = { id, kind, series, tags, counter, pointsFrom: 0, minutesFrom: 0, tail: NO_TAIL };
		fresh.set(key, made);
		return made;
	}

	/** What a failed transaction numbered is not in the file: only after a commit. */
	adopt(fresh: ReadonlyMap<string, Known>): void {
		for (const [key, known] of fresh) this.#known.set(key, known);
	}
}

/** The points of a write by their series; those of a series beyond the bound are counted. */
export function grouped(points: readonly Point[], table: SeriesTable, fresh: Map<string, Known>) {
	const groups = new Map<Known, Point[]>();
	// What comes from one place shares its tags, object by object: told apart so, a point needs no key of its own.
	const lists = new Map<Point['tags'], Map<string, Point[]>>();
	let refused = 0;
	for (const point of points) {
		const { series, tags, value } = point;
		const name = typeof value === 'number' ? series : `${series}\t`;
		const ready = lists.get(tags)?.get(name);
		if (ready !== undefined) {
			ready.push(point);
			continue;
		}
		const known = table.of(point, kindOf(value), fresh);
		if (known === undefined) {
			refused += 1;
			continue;
		}
		const group = groups.get(known) ?? [];
		groups.set(known, group);
		group.push(point);
		const byName = lists.get(tags) ?? new Map<string, Point[]>();
		lists.set(tags, byName.set(name, group));
	}
	return { groups, refused };
}

export function insertSeries({ id, kind, series, tags }: Known): SqlStatement {
	const sorted = Object.fromEntries(Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1)));
	return {
		sql: 'INSERT INTO series (id, kind, name, tags) VALUES (?, ?, ?, ?)',
		params: [id, kind, series, JSON.stringify(sorted)],
	};
}

const keyOf = (kind: Known['kind'], series: Pick<Point, 'series' | 'tags'>): string => `${kind} ${seriesKey(series)}`;
