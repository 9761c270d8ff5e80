import type { Calendar } from '@pilotwire/calendar';
import type { Database, SqlRow, SqlStatement } from '@pilotwire/runtime';
import { packMinutes, unpackMinutes } from '../../core/blocks.ts';
import { type Cell, coarser, DAY_MS, HOUR_MS } from '../../core/cell.ts';
import { hourColumns, hourOf } from './aged-writing.ts';
import { BLOCKS, blockId, blockOf } from './schema.ts';
import type { Known } from './series.ts';

/** Days summed in one slice: some thousand hours. */
const DAYS_AT_ONCE = 50;

/** The day that a row means; `day`: since 1970. */
export function dayOf(row: SqlRow, day: number): Cell {
	const { lengthMs: _, ...cell } = hourOf(row, day * 24);
	return { ...cell, lengthMs: DAY_MS };
}

/** When the house's own day begins within a day of UTC, ms since 1970 UTC; `day`: since 1970. */
export function midnightIn(calendar: Calendar, day: number): number | undefined {
	const atMs = calendar.startOf('day', (day + 1) * DAY_MS - 1);
	return atMs > day * DAY_MS ? atMs : undefined;
}

/** The two parts that a row of `day_parts` means: before the house's midnight and after it. */
export function partsOf(data: Uint8Array, day: number): Cell[] {
	const dayMs = day * DAY_MS;
	return unpackMinutes(data, dayMs, true).map((part, index, all) => {
		const endMs = all[index + 1]?.atMs ?? dayMs + DAY_MS;
		return { ...part, lengthMs: endMs - part.atMs };
	});
}

/**
 * Sums days that are over from their hours, a slice of them. True where there is more to do.
 * @param calendar the house's, whose days counters are asked about
 */
export async function sumDays(
	database: Database,
	all: Iterable<Known>,
	calendar: Calendar,
	nowMs: number,
): Promise<boolean> {
	const sql = `SELECT id FROM due_days WHERE id % ${BLOCKS} < ? LIMIT ${DAYS_AT_ONCE}`;
	const due = await database.all<SqlRow & { id: number }>(sql, [Math.floor(nowMs / DAY_MS)]);
	if (due.length === 0) return false;
	const ids = due.map(({ id }) => id);
	const counters = new Set([...all].filter(({ counter }) => counter).map(({ id }) => id));
	const hours = await database.all(
		`SELECT due.value AS day, hours.${hourColumns.split(', ').join(', hours.')} FROM json_each(?) AS due CROSS JOIN hours
			ON hours.id >= due.value - due.value % ${BLOCKS} + due.value % ${BLOCKS} * 24
			AND hours.id < due.value - due.value % ${BLOCKS} + due.value % ${BLOCKS} * 24 + 24 ORDER BY hours.id`,
		[JSON.stringify(ids)],
	);
	const byDay = new Map<number, Cell[]>();
	for (const row of hours) {
		const day = Number(row['day']);
		const cells = byDay.get(day) ?? [];
		byDay.set(day, cells);
		cells.push(hourOf(row, blockOf(Number(row['id']))));
	}
	const done = {
		sql: 'DELETE FROM due_days WHERE id IN (SELECT value FROM json_each(?))',
		params: [JSON.stringify(ids)],
	};
	const statements = [...byDay].flatMap(([id, cells]) => {
		const counter = counters.has(Math.floor(id / BLOCKS));
		const whole = putDay(id, cells, counter);
		return counter ? [whole, ...putParts(id, cells, midnightIn(calendar, blockOf(id)))] : [whole];
	});
	await database.batch([...statements, done]);
	return due.length === DAYS_AT_ONCE;
}

/** Both parts of a day where its hours say them: in zones whose midnight is within an hour, they are asked each time. */
function putParts(id: number, hours: readonly Cell[], midnightMs: number | undefined): SqlStatement[] {
	if (midnightMs === undefined || midnightMs % HOUR_MS !== 0) return [];
	const dayMs = blockOf(id) * DAY_MS;
	const parts = [
		{ fromMs: dayMs, of: hours.filter(({ atMs }) => atMs < midnightMs) },
		{ fromMs: midnightMs, of: hours.filter(({ atMs }) => atMs >= midnightMs) },
	].flatMap(({ fromMs, of }) => coarser(of, DAY_MS, true).map((cell) => ({ ...cell, atMs: fromMs })));
	const sql = 'INSERT OR REPLACE INTO day_parts (id, data) VALUES (?, ?)';
	return [{ sql, params: [id, packMinutes(parts, dayMs, true)] }];
}

function putDay(id: number, hours: readonly Cell[], counter: boolean): SqlStatement {
	const [day] = coarser(hours, DAY_MS, counter) as [Cell];
	const { atMs, min, max, sum, count, first, last, firstAtMs, lastAtMs, rise } = day;
	const gap = Math.max(0, ...hours.slice(1).map((hour, index) => hour.firstAtMs - (hours[index] as Cell).lastAtMs));
	return {
		sql: `INSERT OR REPLACE INTO days (${hourColumns}, gap) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		params: [id, min, max, sum, count, first, last, firstAtMs - atMs, lastAtMs - atMs, rise, gap],
	};
}

/** The keys of days since 1970: from the first, to (not included). */
export function dayKeys(known: Known, fromDay: number, toDay: number): [number, number] {
	return [blockId(known.id, Math.max(0, fromDay)), blockId(known.id, Math.min(toDay, BLOCKS - 1))];
}

/** The hour that a day begins with. */
export const hourOfDay = (day: number): number => (day * DAY_MS) / HOUR_MS;
