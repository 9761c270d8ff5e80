import type { HistoryLine } from '@pilotwire/contract';
import type { Database, SqlValue } from '@pilotwire/runtime';
import {
	type BlockForm,
	minuteFigures,
	numberBlocks,
	type TextSample,
	textBlocks,
	textChanges,
	unpackMinutes,
} from '../../core/blocks.ts';
import { NumberBuckets, resolutionFor, textFigures } from '../../core/buckets.ts';
import { type Cell, cellsOf, DAY_MS, HOUR_MS, MINUTE_MS, type Resolution } from '../../core/cell.ts';
import { BEFORE_MS, type RangeQuery } from '../../core/store.ts';
import { hourColumns, hourOf } from './aged-writing.ts';
import type { BlobRow } from './block-writing.ts';
import { dayKeys } from './days.ts';
import { BLOCKS, blockId, blockOf } from './schema.ts';
import type { Known } from './series.ts';

/** Hours whose minutes are read at once: what the process does besides must not wait for long. */
const MINUTE_HOURS_AT_ONCE = 96;

/** Hours from the one that holds `fromMs` to the one that holds what is before `toMs`. */
interface Stretch {
	readonly fromMs: number;
	readonly toMs: number;
}

/** The keys of a series' blocks in a stretch: from, to (not included). */
function keys(known: Known, { fromMs, toMs }: Stretch, lengthMs = HOUR_MS): [number, number] {
	const [from, to] = [Math.floor(fromMs / lengthMs), Math.ceil(toMs / lengthMs)];
	return [blockId(known.id, Math.max(from, 0)), blockId(known.id, Math.min(to, BLOCKS - 1))];
}

const blobs = (database: Database, sql: string, params: readonly SqlValue[]) => database.all<BlobRow>(sql, params);

/**
 * Where a series of texts became another one, from the day on that a stretch begins in: the first of that day, and some that
 * change nothing, are among them.
 */
export async function readChanges(database: Database, known: Known, { fromMs, toMs }: Stretch): Promise<TextSample[]> {
	const range = keys(known, { fromMs, toMs }, textBlocks.lengthMs);
	// Those of the newest day, and of days that an earlier version wrote.
	const openSql = `SELECT id, data FROM texts WHERE id >= ? AND id < ?
		AND NOT EXISTS (SELECT 1 FROM changes WHERE changes.id = texts.id) ORDER BY id`;
	const open = await blobs(database, openSql, range);
	// A day that is one and the same text as the day before says nothing, but behind one of which only the texts are there.
	const closedSql = `SELECT id, data FROM (
			SELECT id, data, first, count, lag(last) OVER (ORDER BY id) AS before FROM changes WHERE id >= ? AND id < ?
		) WHERE count > 1 OR before IS NOT first OR id > ?`;
	const closed = await blobs(database, closedSql, [...range, open[0]?.id ?? range[1]]);
	// A day that was closed meanwhile is in both.
	const rows = new Map([...closed, ...open].map((row) => [row.id, row]));
	return [...rows.values()]
		.sort((a, b) => a.id - b.id)
		.flatMap(({ id, data }) => textChanges(data, blockOf(id) * textBlocks.lengthMs))
		.filter(({ at }) => at < toMs);
}

/** The points of a series in a stretch, in order. */
export async function readPoints<Each extends { readonly at: number }>(
	database: Database,
	table: 'points' | 'texts',
	form: BlockForm<Each>,
	known: Known,
	stretch: Stretch,
): Promise<Each[]> {
	const sql = `SELECT id, data FROM ${table} WHERE id >= ? AND id < ? ORDER BY id`;
	const rows = await blobs(database, sql, keys(known, stretch, form.lengthMs));
	return rows
		.flatMap(({ id, data }) => form.unpack(data, blockOf(id) * form.lengthMs))
		.filter(({ at }) => at >= stretch.fromMs && at < stretch.toMs);
}

/** The hours of a stretch whose points are kept, and which no later one was begun after. */
export function readOpenHours(database: Database, known: Known, stretch: Stretch): Promise<BlobRow[]> {
	// Only a series' last block is not rolled up yet.
	const last = 'SELECT max(id) FROM points WHERE id >= ? AND id < ?';
	const sql = `SELECT id, data FROM points WHERE id = (${last}) AND id >= ? AND id < ?
		AND NOT EXISTS (SELECT 1 FROM hours WHERE hours.id = points.id)`;
	return blobs(database, sql, [blockId(known.id, 0), blockId(known.id, BLOCKS), ...keys(known, stretch)]);
}

/** The cells of a series that lie in a stretch, in order, each once. */
export async function readCells(
	database: Database,
	known: Known,
	stretch: Stretch,
	resolution: Resolution,
): Promise<Cell[]> {
	const range = keys(known, stretch);
	const isMinutes = resolution === 'minute';
	const withoutMinutes = isMinutes ? 'AND NOT EXISTS (SELECT 1 FROM minutes WHERE minutes.id = hours.id)' : '';
	const [open, hours, minutes] = await Promise.all([
		readOpenHours(database, known, stretch),
		database.all(`SELECT ${hourColumns} FROM hours WHERE id >= ? AND id < ? ${withoutMinutes}`, range),
		isMinutes ? blobs(database, 'SELECT id, data FROM minutes WHERE id >= ? AND id < ?', range) : [],
	]);
	const lengthMs = isMinutes ? MINUTE_MS : HOUR_MS;
	const cells = [
		...hours.map((row) => hourOf(row, blockOf(Number(row['id'])))),
		...minutes.flatMap(({ id, data }) => unpackMinutes(data, blockOf(id) * HOUR_MS, known.counter)),
		...open.flatMap(({ id, data }) =>
			cellsOf(numberBlocks.unpack(data, blockOf(id) * HOUR_MS), lengthMs, known.counter),
		),
	];
	return cells.sort((a, b) => a.atMs - b.atMs);
}

/** The line of a series over a range; undefined where it has nothing there nor in the day before. */
export async function lineOf(database: Database, known: Known, range: RangeQuery): Promise<HistoryLine | undefined> {
	const { series, tags } = known;
	const shared = { series, tags: { ...tags } };
	if (known.kind === 'text') {
		const stretch = { fromMs: range.fromMs - BEFORE_MS, toMs: range.toMs };
		const points = await readPoints(database, 'texts', textBlocks, known, stretch);
		const figures = textFigures(range, points);
		const before = points.findLast(({ at }) => at < range.fromMs);
		if (figures.atMs.length === 0 && before === undefined) return undefined;
		return { kind: 'text', ...shared, ...figures, ...beforeOf(before) };
	}
	const [buckets, before] = await Promise.all([numbersOf(database, known, range), lastBefore(database, known, range)]);
	const figures = buckets.figures();
	if (figures.atMs.length === 0 && before === undefined) return undefined;
	return { kind: 'number', ...shared, ...figures, ...beforeOf(before) };
}

function beforeOf<Value>(point: { at: number; value: Value } | undefined) {
	return point === undefined ? {} : { before: { atMs: point.at, value: point.value } };
}

async function numbersOf(database: Database, known: Known, range: RangeQuery): Promise<NumberBuckets> {
	const buckets = new NumberBuckets(range);
	const resolution = resolutionFor(range);
	if (resolution === 'hour') await addHours(database, known, range, buckets);
	else if (resolution === 'minute') await addMinutes(database, known, range, buckets);
	else await addPoints(database, known, range, buckets);
	return buckets;
}

/** Minutes are counted straight out of their blocks, a few days at once; the hours where there are none any more. */
async function addMinutes(database: Database, known: Known, range: RangeQuery, buckets: NumberBuckets): Promise<void> {
	const withoutMinutes = 'NOT EXISTS (SELECT 1 FROM minutes WHERE minutes.id = hours.id)';
	const hourSql = `SELECT ${hourColumns} FROM hours WHERE id >= ? AND id < ? AND ${withoutMinutes}`;
	const [rows, open] = await Promise.all([
		database.all(hourSql, keys(known, range)),
		readOpenHours(database, known, range),
	]);
	for (const row of rows) buckets.addCell(hourOf(row, blockOf(Number(row['id']))));
	for (const { id, data } of open) {
		const points = numberBlocks.unpack(data, blockOf(id) * HOUR_MS);
		for (const cell of cellsOf(points, MINUTE_MS, false)) buckets.addCell(cell);
	}
	const sql = 'SELECT id, data FROM minutes WHERE id >= ? AND id < ?';
	for (let fromMs = range.fromMs; fromMs < range.toMs; ) {
		const toMs = Math.min(range.toMs, (Math.floor(fromMs / HOUR_MS) + MINUTE_HOURS_AT_ONCE) * HOUR_MS);
		for (const { id, data } of await blobs(database, sql, keys(known, { fromMs, toMs }))) {
			const hourMs = blockOf(id) * HOUR_MS;
			const { minutes, count, min, max, sum } = minuteFigures(data);
			for (let index = 0; index < minutes.length; index += 1) {
				const atMs = hourMs + (minutes[index] as number) * MINUTE_MS;
				const figures = { min: min[index] as number, max: max[index] as number, sum: sum[index] as number };
				buckets.addCell({ atMs, lengthMs: MINUTE_MS, ...figures, count: count[index] as number });
			}
		}
		fromMs = toMs;
	}
}

/** Hours, or days where a bucket holds some, are gathered where they lie: ten years of them are many. */
async function addHours(database: Database, known: Known, range: RangeQuery, buckets: NumberBuckets): Promise<void> {
	const { fromMs, bucketMs } = range;
	const gathered = (table: 'hours' | 'days', lengthMs: number, more = '') =>
		`SELECT max(((id % ${BLOCKS}) * ${lengthMs} - ?) / ?, 0) AS bucket,
			min(min) AS low, max(max) AS high, sum(sum) AS sum, sum(count) AS count
			FROM ${table} WHERE id >= ? AND id < ? ${more} GROUP BY bucket`;
	const withDays = bucketMs >= DAY_MS;
	const [first, last] = [Math.ceil(fromMs / DAY_MS), Math.floor(range.toMs / DAY_MS)];
	const wholeDays = dayKeys(known, first, Math.max(first, last));
	// Only whole days, and those that aren't summed yet by their hours.
	const withoutDay = `AND NOT EXISTS (SELECT 1 FROM days WHERE days.id = hours.id - hours.id % ${BLOCKS} +
		hours.id % ${BLOCKS} / 24 AND days.id >= ${wholeDays[0]} AND days.id < ${wholeDays[1]})`;
	const parameters = [fromMs, bucketMs];
	const [hours, days, open] = await Promise.all([
		database.all(gathered('hours', HOUR_MS, withDays ? withoutDay : ''), [...parameters, ...keys(known, range)]),
		withDays ? database.all(gathered('days', DAY_MS), [...parameters, ...wholeDays]) : [],
		readOpenHours(database, known, range),
	]);
	const rows = [...hours, ...days];
	for (const { bucket, low, high, sum, count } of rows) {
		buckets.add(Number(bucket), Number(low), Number(high), Number(sum), Number(count));
	}
	for (const { id, data } of open) {
		const points = numberBlocks.unpack(data, blockOf(id) * HOUR_MS);
		for (const cell of cellsOf(points, HOUR_MS, false)) buckets.addCell(cell);
	}
}

/** Points where they are kept, the cells of the hours where they are not. */
async function addPoints(database: Database, known: Known, range: RangeQuery, buckets: NumberBuckets): Promise<void> {
	const withPoints = new Set<number>();
	for (let fromMs = range.fromMs; fromMs < range.toMs; ) {
		// A few hours at once: what the process does besides must not wait for long.
		const toMs = Math.min(range.toMs, (Math.floor(fromMs / HOUR_MS) + 4) * HOUR_MS);
		const sql = 'SELECT id, data FROM points WHERE id >= ? AND id < ?';
		for (const { id, data } of await blobs(database, sql, keys(known, { fromMs, toMs }))) {
			withPoints.add(blockOf(id));
			for (const { at, value } of numberBlocks.unpack(data, blockOf(id) * HOUR_MS)) buckets.addPoint(at, value);
		}
		fromMs = toMs;
	}
	const hours = keys(known, range);
	if (withPoints.size === hours[1] - hours[0]) return;
	for (const cell of await readCells(database, known, range, 'minute')) {
		if (!withPoints.has(Math.floor(cell.atMs / HOUR_MS))) buckets.addCell(cell);
	}
}

/** The last point of the day before a range; of what is rolled up, the last of a cell. */
async function lastBefore(database: Database, known: Known, { fromMs }: RangeQuery) {
	const stretch = { fromMs: fromMs - BEFORE_MS, toMs: fromMs };
	const [from, to] = keys(known, stretch);
	const sql = 'SELECT id, data FROM points WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT 2';
	const rows = await blobs(database, sql, [from, to]);
	for (const { id, data } of rows) {
		const points = numberBlocks.unpack(data, blockOf(id) * HOUR_MS);
		const last = points.findLast(({ at }) => at < fromMs);
		if (last !== undefined) return last.at >= stretch.fromMs ? last : undefined;
	}
	const cells = await readCells(database, known, stretch, 'minute');
	const cell = cells.findLast(({ lastAtMs }) => lastAtMs < fromMs && lastAtMs >= stretch.fromMs);
	return cell === undefined ? undefined : { at: cell.lastAtMs, value: cell.last };
}

/** The stretches of a selection in which a series has something, page by page: it may be asked for from 1970 on. */
export async function* pages(
	database: Database,
	known: Known,
	{ fromMs, toMs }: Stretch,
	pageMs: number,
): AsyncGenerator<Stretch> {
	const tables = known.kind === 'text' ? ['texts'] : ['points', 'hours'];
	const lengthMs = known.kind === 'text' ? textBlocks.lengthMs : HOUR_MS;
	const nextSql = tables.map((table) => `SELECT min(id) AS id FROM ${table} WHERE id >= ? AND id < ?`);
	for (let from = fromMs; ; ) {
		const range = keys(known, { fromMs: from, toMs }, lengthMs);
		const found = await Promise.all(nextSql.map((sql) => database.all(sql, range)));
		const ids = found.flatMap(([row]) => (row?.['id'] === null || row === undefined ? [] : Number(row['id'])));
		if (ids.length === 0) return;
		const start = Math.max(from, blockOf(Math.min(...ids)) * lengthMs);
		const end = Math.min(toMs, (Math.floor(start / lengthMs) + pageMs / lengthMs) * lengthMs);
		yield { fromMs: start, toMs: end };
		if (end >= toMs) return;
		from = end;
	}
}
