import type { HistoryLine, HistorySeries } from '@pilotwire/contract';
import {
	type Clock,
	type Database,
	type Logger,
	openDatabase,
	type SqlRow,
	type SqlStatement,
	type SqlValue,
} from '@pilotwire/runtime';
import { kindOf, type Point, seriesKey } from '../core/point.ts';
import { BEFORE_MS, compareLines, type HistoryStore, type RangeQuery, type WriteOutcome } from '../core/store.ts';

/**
 * The schema, oldest first. Points lie in the order of their series and moment, so that a range is one stretch of the
 * file and needs no index beside it; a series is written once and named by a number.
 */
const migrations = [
	`CREATE TABLE series (
		id INTEGER PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, tags TEXT NOT NULL, UNIQUE (name, tags, kind)
	) STRICT;
	CREATE TABLE raw_number (
		series INTEGER NOT NULL, at INTEGER NOT NULL, value REAL NOT NULL, PRIMARY KEY (series, at)
	) STRICT, WITHOUT ROWID;
	CREATE TABLE raw_text (
		series INTEGER NOT NULL, at INTEGER NOT NULL, value TEXT NOT NULL, PRIMARY KEY (series, at)
	) STRICT, WITHOUT ROWID`,
];

/** Rows of one INSERT: each crossing to the worker costs more than a row. */
const ROWS = 50;
/** Series of a file; each is held in memory. */
const MOST_SERIES = 20_000;
/** Lines of one answer. */
const MOST_LINES = 200;

type Kind = HistorySeries['kind'];

interface Known extends HistorySeries {
	readonly id: number;
}

/** The history in one SQLite file, in a worker: each write is one transaction. */
export class SqliteStore implements HistoryStore {
	readonly name = 'sqlite';
	readonly mostPerWrite = 100_000;
	readonly #path: string;
	readonly #log: Logger;
	readonly #clock: Clock;
	readonly #series = new Map<string, Known>();
	#database: Database | undefined;
	#opening: Promise<Database> | undefined;

	constructor(path: string, log: Logger, clock: Clock) {
		this.#path = path;
		this.#log = log;
		this.#clock = clock;
	}

	async open(): Promise<void> {
		await this.#ready();
	}

	async write(points: readonly Point[]): Promise<WriteOutcome> {
		const database = await this.#ready();
		const fresh = new Map<string, Known>();
		const rows = new Map<string, SqlValue[][]>([
			['number', []],
			['text', []],
		]);
		let refused = 0;
		for (const point of points) {
			const kind = kindOf(point.value);
			const known = this.#knownOrFresh(point, kind, fresh);
			if (known === undefined) refused += 1;
			else rows.get(kind)?.push([known.id, point.at, point.value]);
		}
		const statements = [...[...fresh.values()].map(insertSeries), ...insertPoints(rows)];
		await database.batch(statements);
		// Only now: what a failed transaction numbered is not in the file.
		for (const [key, known] of fresh) this.#series.set(key, known);
		const problem = `more than ${MOST_SERIES} series: something on the bus makes up names`;
		return { written: points.length - refused, refused, ...(refused > 0 ? { problem } : {}) };
	}

	async query(range: RangeQuery): Promise<HistoryLine[]> {
		const database = await this.#ready();
		const matching = [...this.#series.values()].filter((known) => matches(known, range)).slice(0, MOST_LINES);
		const lines = await Promise.all(matching.map((known) => lineOf(database, known, range)));
		return lines.filter((line) => line !== undefined).sort(compareLines);
	}

	async series(name?: string): Promise<HistorySeries[]> {
		await this.#ready();
		return [...this.#series.values()]
			.filter(({ series }) => name === undefined || series === name)
			.map(({ series, tags, kind }) => ({ series, tags, kind }))
			.sort(compareLines);
	}

	async close(): Promise<void> {
		const database = this.#database ?? (await this.#opening?.catch(() => undefined));
		this.#database = undefined;
		await database?.close();
	}

	/** The open file; opened anew where it never was or its thread ended. */
	#ready(): Promise<Database> {
		if (this.#database !== undefined) return Promise.resolve(this.#database);
		this.#opening ??= this.#open().finally(() => {
			this.#opening = undefined;
		});
		return this.#opening;
	}

	async #open(): Promise<Database> {
		const database = await openDatabase({
			path: this.#path,
			migrations,
			log: this.#log,
			clock: this.#clock,
			// Measuring goes on; the damaged file stays beside the new one.
			replaceCorrupt: true,
			onCrash: () => {
				this.#database = undefined;
			},
		});
		const rows = await database.all<SqlRow & { id: number; kind: Kind; name: string; tags: string }>(
			'SELECT id, kind, name, tags FROM series',
		);
		this.#series.clear();
		for (const { id, kind, name, tags } of rows) {
			const known: Known = { id, kind, series: name, tags: JSON.parse(tags) as Known['tags'] };
			this.#series.set(`${kind} ${seriesKey(known)}`, known);
		}
		this.#database = database;
		return database;
	}

	#knownOrFresh({ series, tags }: Point, kind: Kind, fresh: Map<string, Known>): Known | undefined {
		const key = `${kind} ${seriesKey({ series, tags })}`;
		const known = this.#series.get(key) ?? fresh.get(key);
		if (known !== undefined) return known;
		const id = this.#series.size + fresh.size + 1;
		if (id > MOST_SERIES) return undefined;
		const made = { id, kind, series, tags };
		fresh.set(key, made);
		return made;
	}
}

function insertSeries({ id, kind, series, tags }: Known): SqlStatement {
	const sorted = Object.fromEntries(Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1)));
	return {
		sql: 'INSERT INTO series (id, kind, name, tags) VALUES (?, ?, ?, ?)',
		params: [id, kind, series, JSON.stringify(sorted)],
	};
}

function* insertPoints(rows: ReadonlyMap<string, readonly SqlValue[][]>): Generator<SqlStatement> {
	for (const [kind, all] of rows) {
		for (let from = 0; from < all.length; ) {
			// Two sizes only, so that two statements are prepared once and used for ever.
			const size = all.length - from >= ROWS ? ROWS : 1;
			const values = Array(size).fill('(?, ?, ?)').join(', ');
			const sql = `INSERT INTO raw_${kind} (series, at, value) VALUES ${values}
				ON CONFLICT (series, at) DO UPDATE SET value = excluded.value`;
			yield { sql, params: all.slice(from, from + size).flat() };
			from += size;
		}
	}
}

function matches({ series, tags }: Known, range: RangeQuery): boolean {
	return series === range.series && Object.entries(range.tags).every(([name, value]) => tags[name] === value);
}

async function lineOf(database: Database, known: Known, range: RangeQuery): Promise<HistoryLine | undefined> {
	const { id, kind, series, tags } = known;
	const { fromMs, toMs, bucketMs } = range;
	// A column beside a lone max() comes from the row that has the maximum: the last text of the bucket.
	const figures =
		kind === 'number' ? 'min(value) AS low, max(value) AS high, avg(value) AS mean' : 'max(at) AS last, value AS text';
	const [rows, [earlier]] = await Promise.all([
		database.all(
			`SELECT (at - ?) / ? AS bucket, ${figures}, count(*) AS n FROM raw_${kind}
			WHERE series = ? AND at >= ? AND at < ? GROUP BY bucket ORDER BY bucket`,
			[fromMs, bucketMs, id, fromMs, toMs],
		),
		database.all(`SELECT at, value FROM raw_${kind} WHERE series = ? AND at >= ? AND at < ? ORDER BY at DESC LIMIT 1`, [
			id,
			fromMs - BEFORE_MS,
			fromMs,
		]),
	]);
	if (rows.length === 0 && earlier === undefined) return undefined;
	const column = <Value>(name: string): Value[] => rows.map((row) => row[name] as Value);
	const shared = {
		series,
		tags: { ...tags },
		atMs: column<number>('bucket').map((bucket) => fromMs + bucket * bucketMs),
		count: column<number>('n'),
	};
	const before = <Value>() =>
		earlier === undefined ? {} : { before: { atMs: Number(earlier['at']), value: earlier['value'] as Value } };
	if (kind === 'text') return { kind, ...shared, text: column('text'), ...before<string>() };
	return { kind, ...shared, min: column('low'), max: column('high'), mean: column('mean'), ...before<number>() };
}
