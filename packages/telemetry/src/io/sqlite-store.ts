import { Calendar } from '@pilotwire/calendar';
import type { HistoryLine, HistorySeries } from '@pilotwire/contract';
import { type Clock, type Database, type Logger, openDatabase, systemZone } from '@pilotwire/runtime';
import { numberBlocks, type TextSample, textBlocks } from '../core/blocks.ts';
import { HOUR_MS, type Resolution, type Sample } from '../core/cell.ts';
import type { Point } from '../core/point.ts';
import {
	compareLines,
	type HistoryStore,
	hasTags,
	type KeepFor,
	keepFor,
	type MomentsOf,
	type RangeQuery,
	type Selection,
	type SeriesCells,
	type SeriesPoints,
	type WriteOutcome,
} from '../core/store.ts';
import { planAged, planCells } from './sqlite/aged-writing.ts';
import { planNumbers, planTexts } from './sqlite/block-writing.ts';
import { countedCells } from './sqlite/counting.ts';
import { sumDays } from './sqlite/days.ts';
import { Forgetting } from './sqlite/forgetting.ts';
import { lineOf, pages, readCells, readChanges, readPoints } from './sqlite/reading.ts';
import { migrations } from './sqlite/schema.ts';
import { grouped, insertSeries, type Known, MOST_SERIES, SeriesTable } from './sqlite/series.ts';
import { sumSpans } from './sqlite/spans.ts';
import { takeOver } from './sqlite/version-1.ts';

/** Lines of one answer. */
const MOST_LINES = 200;
/** How much of a series is read at once where all of it is asked for. Milliseconds. */
const POINTS_PAGE_MS = 24 * HOUR_MS;
const CELLS_PAGE_MS = 31 * 24 * HOUR_MS;

/** The history in one SQLite file, in a worker: each write is one transaction. */
export class SqliteStore implements HistoryStore {
	readonly name = 'sqlite';
	readonly mostPerWrite = 100_000;
	readonly #path: string;
	readonly #log: Logger;
	readonly #clock: Clock;
	readonly #forgetting: Forgetting;
	readonly #calendar: Calendar;
	#file: OpenFile | undefined;
	#opening: Promise<OpenFile> | undefined;

	/** @param timeZone the house's: energy is asked by its days */
	constructor(path: string, log: Logger, clock: Clock, keep: KeepFor = keepFor(), timeZone = systemZone()) {
		this.#calendar = new Calendar(timeZone);
		this.#path = path;
		this.#log = log;
		this.#clock = clock;
		this.#forgetting = new Forgetting(keep);
	}

	async open(): Promise<void> {
		await this.#ready();
	}

	async write(points: readonly Point[]): Promise<WriteOutcome> {
		const { database, table } = await this.#ready();
		const fresh = new Map<string, Known>();
		const { groups, refused } = grouped(points, table, fresh);
		const { numbers, aged, texts } = sorted(groups);
		const [late, ...plans] = await Promise.all([
			planAged(database, aged),
			planNumbers(database, numbers),
			planTexts(database, texts),
		]);
		const statements = plans.flatMap((plan) => plan.statements);
		await database.batch([...[...fresh.values()].map(insertSeries), ...late, ...statements]);
		// Only now: what a failed transaction numbered is not in the file.
		table.adopt(fresh);
		for (const { tails } of plans) for (const [known, tail] of tails) known.tail = tail;
		const problem = `more than ${MOST_SERIES} series: something on the bus makes up names`;
		return { written: points.length - refused, refused, ...(refused > 0 ? { problem } : {}) };
	}

	async putCells(cells: readonly SeriesCells[]): Promise<void> {
		const { database, table } = await this.#ready();
		const fresh = new Map<string, Known>();
		const given = cells.flatMap((each) => {
			const known = table.of(each, 'number', fresh);
			return known === undefined ? [] : [{ known, cells: each.cells }];
		});
		const statements = await planCells(database, given);
		await database.batch([...[...fresh.values()].map(insertSeries), ...statements]);
		table.adopt(fresh);
	}

	async upkeep(sureMs: number | undefined): Promise<boolean> {
		if (sureMs === undefined) return false;
		const { database, table } = await this.#ready();
		const more = await this.#forgetting.slice(database, table.all(), sureMs);
		const moreDays = await sumDays(database, table.all(), this.#calendar, sureMs);
		return (await sumSpans(database, table.all())) || moreDays || more;
	}

	async query(range: RangeQuery): Promise<HistoryLine[]> {
		const { database, table } = await this.#ready();
		const matching = matches(table, range).slice(0, MOST_LINES);
		const lines = await Promise.all(matching.map((known) => lineOf(database, known, range)));
		return lines.filter((line) => line !== undefined).sort(compareLines);
	}

	async series(name?: string): Promise<HistorySeries[]> {
		const { table } = await this.#ready();
		return [...table.all()]
			.filter(({ series }) => name === undefined || series === name)
			.map(({ series, tags, kind }) => ({ series, tags, kind }))
			.sort(compareLines);
	}

	async *points(selection: Selection): AsyncGenerator<SeriesPoints> {
		const { database, table } = await this.#ready();
		for (const known of matches(table, selection)) {
			const { series, tags, kind } = known;
			for await (const stretch of pages(database, known, selection, POINTS_PAGE_MS)) {
				const points: SeriesPoints['points'] =
					kind === 'number'
						? await readPoints(database, 'points', numberBlocks, known, stretch)
						: await readPoints(database, 'texts', textBlocks, known, stretch);
				if (points.length > 0) yield { series, tags, kind, points };
			}
		}
	}

	async *cells(selection: Selection, resolution: Resolution): AsyncGenerator<SeriesCells> {
		const { database, table } = await this.#ready();
		for (const known of matches(table, { ...selection, kind: 'number' })) {
			const { series, tags } = known;
			for await (const stretch of pages(database, known, selection, CELLS_PAGE_MS)) {
				const all = await readCells(database, known, stretch, resolution);
				const cells = all.filter(({ atMs }) => atMs >= stretch.fromMs && atMs < stretch.toMs);
				if (cells.length > 0) yield { series, tags, cells };
			}
		}
	}

	async *counted(selection: Selection, moments: MomentsOf): AsyncGenerator<SeriesCells> {
		const { database, table } = await this.#ready();
		const asked = matches(table, { ...selection, kind: 'number' }).map(async (known) => {
			const { series, tags } = known;
			return {
				series,
				tags,
				cells: await countedCells(database, known, selection, await moments(tags), this.#calendar),
			};
		});
		// A meter's registers are few: they are asked at once.
		for (const part of await Promise.all(asked)) if (part.cells.length > 0) yield part;
	}

	async *changes(selection: Selection): AsyncGenerator<SeriesPoints> {
		const { database, table } = await this.#ready();
		for (const known of matches(table, { ...selection, kind: 'text' })) {
			const { series, tags, kind } = known;
			const points = await readChanges(database, known, selection);
			if (points.length > 0) yield { series, tags, kind, points };
		}
	}

	async close(): Promise<void> {
		const file = this.#file ?? (await this.#opening?.catch(() => undefined));
		this.#file = undefined;
		await file?.database.close();
	}

	/** The open file; opened anew where it never was or its thread ended. */
	#ready(): Promise<OpenFile> {
		if (this.#file !== undefined) return Promise.resolve(this.#file);
		this.#opening ??= this.#open().finally(() => {
			this.#opening = undefined;
		});
		return this.#opening;
	}

	async #open(): Promise<OpenFile> {
		const database = await openDatabase({
			path: this.#path,
			migrations,
			log: this.#log,
			clock: this.#clock,
			// A point leaves the spool once it is here: then it must be here after a power cut too.
			synchronous: 'full',
			// Measuring goes on; the damaged file stays beside the new one.
			replaceCorrupt: true,
			onCrash: () => {
				this.#file = undefined;
			},
		});
		try {
			const table = await SeriesTable.read(database);
			await takeOver(database, table, this.#log);
			this.#file = { database, table };
			return this.#file;
		} catch (error) {
			await database.close().catch(() => undefined);
			throw error;
		}
	}
}

interface OpenFile {
	readonly database: Database;
	readonly table: SeriesTable;
}

/** The groups of a write: numbers, numbers of hours whose points are kept no longer, texts. */
function sorted(groups: ReadonlyMap<Known, readonly Point[]>) {
	const numbers = new Map<Known, readonly Sample[]>();
	const aged = new Map<Known, Sample[]>();
	const texts = new Map<Known, readonly TextSample[]>();
	for (const [known, points] of groups) {
		if (known.kind === 'text') {
			texts.set(known, points as readonly TextSample[]);
			continue;
		}
		const fromMs = known.pointsFrom * HOUR_MS;
		const late = points.filter(({ at }) => at < fromMs) as Sample[];
		if (late.length > 0) aged.set(known, late);
		if (late.length < points.length) {
			const rest = late.length === 0 ? points : points.filter(({ at }) => at >= fromMs);
			numbers.set(known, rest as readonly Sample[]);
		}
	}
	return { numbers, aged, texts };
}

/** The series of a selection, in the order of answers. */
function matches(table: SeriesTable, { series, tags, kind }: Pick<Selection, 'series' | 'tags' | 'kind'>): Known[] {
	return [...table.all()]
		.filter((known) => series === undefined || known.series === series)
		.filter((known) => (kind === undefined || known.kind === kind) && hasTags(known, tags))
		.sort(compareLines);
}
