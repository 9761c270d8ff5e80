import type { HistoryLine } from '@pilotwire/contract';
import type { Database, SqlValue } from '@pilotwire/runtime';
import { type BlockForm, numberBlocks, textBlocks, unpackMinutes } from '../../core/blocks.ts';
import { NumberBuckets, resolutionFor, textFigures } from '../../core/buckets.ts';
import { type Cell, cellsOf, HOUR_MS, MINUTE_MS, type Resolution } from '../../core/cell.ts';
import { BEFORE_MS, type RangeQuery } from '../../core/store.ts';
import { hourColumns, hourOf } from './aged-writing.ts';
import type { BlobRow } from './block-writing.ts';
import { BLOCKS, blockId, blockOf } from './schema.ts';
import type { Known } from './series.ts';

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
function readOpenHours(database: Database, known: Known, stretch: Stretch): Promise<BlobRow[]> {
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
	else if (resolution === 'minute') {
		for (const cell of await readCells(database, known, range, 'minute')) buckets.addCell(cell);
	} else await addPoints(database, known, range, buckets);
	return buckets;
}

/** Hours are gathered where they lie: ten years of them are many. */
async function addHours(database: Database, known: Known, range: RangeQuery, buckets: NumberBuckets): Promise<void> {
	const { fromMs, bucketMs } = range;
	const sql = `SELECT max(((id % ${BLOCKS}) * ${HOUR_MS} - ?) / ?, 0) AS bucket,
		min(min) AS low, max(max) AS high, sum(sum) AS sum, sum(count) AS count
		FROM hours WHERE id >= ? AND id < ? GROUP BY bucket`;
	const [rows, open] = await Promise.all([
		database.all(sql, [fromMs, bucketMs, ...keys(known, range)]),
		readOpenHours(database, known, range),
	]);
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
