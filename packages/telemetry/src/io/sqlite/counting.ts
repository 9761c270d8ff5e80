import type { Calendar } from '@pilotwire/calendar';
import type { Database, SqlRow } from '@pilotwire/runtime';
import { numberBlocks, unpackMinutes } from '../../core/blocks.ts';
import { type Cell, cellsOf, DAY_MS, HEARD_WITHIN_MS, HOUR_MS, MINUTE_MS } from '../../core/cell.ts';
import { firstAfter } from '../../energy/rise.ts';
import { Sparing } from '../../energy/sparing.ts';
import { hourColumns, hourOf } from './aged-writing.ts';
import { readBlocks } from './block-writing.ts';
import { dayKeys, dayOf, hourOfDay, midnightIn, partsOf } from './days.ts';
import { readOpenHours } from './reading.ts';
import { blockId, blockOf } from './schema.ts';
import type { Known } from './series.ts';
import { type Days, readSpans, type Whole } from './spans.ts';

/** Hours read at once: what the process does besides must not wait for long. */
const HOURS_AT_ONCE = 2_000;

/**
 * The cells that say what a counter counted until each of the moments: spans of days and days in which it was heard without
 * a gap and that nobody asks about, or only about the house's midnights in them; hours of the others, minutes of the hours
 * that are asked about.
 * @param moments ms since 1970 UTC, in order
 * @param calendar the house's
 */
export async function countedCells(
	database: Database,
	known: Known,
	range: { readonly fromMs: number; readonly toMs: number },
	moments: readonly number[],
	calendar: Calendar,
): Promise<readonly Cell[]> {
	const days: Days = { from: Math.floor(range.fromMs / DAY_MS), to: Math.ceil(range.toMs / DAY_MS) };
	// Where a cell begins and ends is known of a coarse one too.
	const isAsked = (fromMs: number, lengthMs: number): boolean =>
		(moments[firstAfter(moments, fromMs)] ?? Infinity) < fromMs + lengthMs;
	const [open, spans] = await Promise.all([
		readOpenHours(database, known, { fromMs: days.from * DAY_MS, toMs: days.to * DAY_MS }),
		readSpans(database, known, days, moments),
	]);
	const openDays = open.map(({ id }) => Math.floor(blockOf(id) / 24));
	const isClosed = ({ from, to }: Days): boolean => !openDays.some((day) => day >= from && day < to);
	const closed = spans.filter(isClosed);
	const left = [...inTurn(days, closed)].filter((each) => !('cells' in each));
	const single = (await readDays(database, known, left, isAsked, calendar)).filter(isClosed);
	const whole = [...closed, ...single].sort((a, b) => a.from - b.from);
	const sparing = new Sparing(moments);
	for (const next of inTurn(days, whole)) {
		if ('cells' in next) for (const cell of next.cells) sparing.add(cell);
		else {
			for await (const cell of fineCells(database, known, next, (hourMs) => isAsked(hourMs, HOUR_MS))) {
				sparing.add(cell);
			}
		}
	}
	for (const { id, data } of open) {
		const points = numberBlocks.unpack(data, blockOf(id) * HOUR_MS);
		for (const cell of cellsOf(points, MINUTE_MS, known.counter)) sparing.add(cell);
	}
	return sparing.cells;
}

/** Days of these stretches whose hours need not be read, in order. */
async function readDays(
	database: Database,
	known: Known,
	stretches: readonly Days[],
	isAsked: (fromMs: number, lengthMs: number) => boolean,
	calendar: Calendar,
): Promise<Whole[]> {
	const sql = `SELECT days.${hourColumns.split(', ').join(', days.')} FROM json_each(?) AS asked CROSS JOIN days
		ON days.id >= asked.value ->> 0 AND days.id < asked.value ->> 1 WHERE gap <= ${HEARD_WITHIN_MS} ORDER BY days.id`;
	const keys = stretches.map(({ from, to }) => dayKeys(known, from, to));
	const rows = keys.length === 0 ? [] : await database.all(sql, [JSON.stringify(keys)]);
	const closed = rows.map((row) => dayOf(row, blockOf(Number(row['id']))));
	const isCutOnly = (day: number): boolean => {
		const midnightMs = midnightIn(calendar, day) ?? day * DAY_MS;
		return !isAsked(day * DAY_MS, midnightMs - day * DAY_MS) && !isAsked(midnightMs, (day + 1) * DAY_MS - midnightMs);
	};
	const cut = closed.map(({ atMs }) => atMs / DAY_MS).filter((day) => isAsked(day * DAY_MS, DAY_MS) && isCutOnly(day));
	const parts = await readBlocks(
		database,
		'day_parts',
		cut.map((day) => blockId(known.id, day)),
	);
	return closed.flatMap((cell): Whole[] => {
		const day = cell.atMs / DAY_MS;
		const part = parts.get(blockId(known.id, day));
		const cells = part === undefined ? [cell] : partsOf(part, day);
		// It may have been cut while the house's clocks were said to be others.
		return cells.some(({ atMs, lengthMs }) => isAsked(atMs, lengthMs)) ? [] : [{ from: day, to: day + 1, cells }];
	});
}

/** Whole days, and the stretches between them. */
function* inTurn({ from, to }: Days, whole: readonly Whole[]): Generator<Whole | Days> {
	let next = from;
	for (const each of whole) {
		if (each.from > next) yield { from: next, to: each.from };
		yield each;
		next = each.to;
	}
	if (to > next) yield { from: next, to };
}

/** Hours of a stretch, in order, and the minutes of those that are asked about. */
async function* fineCells(
	database: Database,
	known: Known,
	{ from, to }: Days,
	isAsked: (hourMs: number) => boolean,
): AsyncGenerator<Cell> {
	const end = blockId(known.id, hourOfDay(to));
	const sql = `SELECT ${hourColumns} FROM hours WHERE id >= ? AND id < ? ORDER BY id LIMIT ${HOURS_AT_ONCE}`;
	for (let at = blockId(known.id, hourOfDay(from)); ; ) {
		const rows = await database.all<SqlRow & { id: number }>(sql, [at, end]);
		const asked = rows.map(({ id }) => id).filter((id) => isAsked(blockOf(id) * HOUR_MS));
		const minutes = await readBlocks(database, 'minutes', asked);
		for (const row of rows) {
			const [hour, block] = [blockOf(row.id), minutes.get(row.id)];
			if (block === undefined) yield hourOf(row, hour);
			else yield* unpackMinutes(block, hour * HOUR_MS, known.counter);
		}
		if (rows.length < HOURS_AT_ONCE) break;
		at = (rows.at(-1)?.id ?? at) + 1;
	}
}
