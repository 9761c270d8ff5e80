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

/** Hours read at once: what the process does besides must not wait for long. */
const HOURS_AT_ONCE = 2_000;

/** Days since 1970, the last not included. */
interface Days {
	readonly from: number;
	readonly to: number;
}

/**
 * The cells that say what a counter counted until each of the moments: days in which it was heard without a gap and that
 * nobody asks about, or only about the house's midnight in them; hours of the others, minutes of the hours that are asked
 * about.
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
	const open = await readOpenHours(database, known, { fromMs: days.from * DAY_MS, toMs: days.to * DAY_MS });
	const openMs = open.map(({ id }) => blockOf(id) * HOUR_MS);
	const isOpen = (dayMs: number): boolean => openMs.some((hourMs) => hourMs >= dayMs && hourMs < dayMs + DAY_MS);
	const sql = `SELECT ${hourColumns} FROM days WHERE id >= ? AND id < ? AND gap <= ${HEARD_WITHIN_MS} ORDER BY id`;
	const rows = await database.all(sql, dayKeys(known, days.from, days.to));
	const closed = rows.map((row) => dayOf(row, blockOf(Number(row['id'])))).filter(({ atMs }) => !isOpen(atMs));
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
	const whole = closed.flatMap((cell): Whole[] => {
		const day = cell.atMs / DAY_MS;
		const part = parts.get(blockId(known.id, day));
		const cells = part === undefined ? [cell] : partsOf(part, day);
		// It may have been cut while the house's clocks were said to be others.
		return cells.some(({ atMs, lengthMs }) => isAsked(atMs, lengthMs)) ? [] : [{ day, cells }];
	});
	const sparing = new Sparing(moments);
	for (const next of inTurn(days, whole)) {
		if ('day' in next) for (const cell of next.cells) sparing.add(cell);
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

/** A day that its hours need not be read of. */
interface Whole {
	readonly day: number;
	readonly cells: readonly Cell[];
}

/** Whole days, and the stretches between them. */
function* inTurn({ from, to }: Days, whole: readonly Whole[]): Generator<Whole | Days> {
	let next = from;
	for (const each of whole) {
		if (each.day > next) yield { from: next, to: each.day };
		yield each;
		next = each.day + 1;
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
