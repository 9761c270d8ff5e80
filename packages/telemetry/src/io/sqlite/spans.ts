import type { Database, SqlRow, SqlStatement } from '@pilotwire/runtime';
import { packMinutes, unpackMinutes } from '../../core/blocks.ts';
import { type Cell, DAY_MS, HEARD_WITHIN_MS, joined } from '../../core/cell.ts';
import { firstAfter } from '../../energy/rise.ts';
import { hourColumns } from './aged-writing.ts';
import { readBlocks } from './block-writing.ts';
import { dayOf, partsOf } from './days.ts';
import { BLOCKS, blockId, blockOf } from './schema.ts';
import type { Known } from './series.ts';

/** Days of a span; the first is a multiple of it, since 1970. The schema's triggers know it too. */
export const SPAN_DAYS = 16;
const SPAN_MS = SPAN_DAYS * DAY_MS;

/** Spans summed in one slice: some hundred days. */
const SPANS_AT_ONCE = 50;

/** Days since 1970, the last not included. */
export interface Days {
	readonly from: number;
	readonly to: number;
}

/** Days that nothing finer need be read of. */
export interface Whole extends Days {
	readonly cells: readonly Cell[];
}

/** Sums spans of counters whose days changed from their days, a slice of them. True where there is more to do. */
export async function sumSpans(database: Database, all: Iterable<Known>): Promise<boolean> {
	const sql = `SELECT id FROM due_spans LIMIT ${SPANS_AT_ONCE}`;
	const due = (await database.all<SqlRow & { id: number }>(sql)).map(({ id }) => id);
	if (due.length === 0) return false;
	const counters = new Set([...all].filter(({ counter }) => counter).map(({ id }) => id));
	const own = due.filter((id) => counters.has(Math.floor(id / BLOCKS)));
	const ids = own.flatMap(dayIdsOf);
	const daysSql = `SELECT ${hourColumns}, gap FROM days WHERE id IN (SELECT value FROM json_each(?))`;
	const [rows, parts] = await Promise.all([
		database.all(daysSql, [JSON.stringify(ids)]),
		readBlocks(database, 'day_parts', ids),
	]);
	const byId = new Map(rows.map((row) => [Number(row['id']), row]));
	await database.batch([
		...own.flatMap((id) => putSpan(id, byId, parts)),
		{ sql: 'DELETE FROM due_spans WHERE id IN (SELECT value FROM json_each(?))', params: [JSON.stringify(due)] },
	]);
	return due.length === SPANS_AT_ONCE;
}

const dayIdsOf = (id: number): number[] => {
	const first = id - blockOf(id) + blockOf(id) * SPAN_DAYS;
	return Array.from({ length: SPAN_DAYS }, (_, day) => first + day);
};

/** Only a span that was heard all the time says as much as its days. */
function putSpan(
	id: number,
	rows: ReadonlyMap<number, SqlRow>,
	parts: ReadonlyMap<number, Uint8Array>,
): SqlStatement[] {
	const days = dayIdsOf(id).flatMap((dayId) => {
		const row = rows.get(dayId);
		if (row === undefined || Number(row['gap']) > HEARD_WITHIN_MS) return [];
		const [day, part] = [blockOf(dayId), parts.get(dayId)];
		const whole = dayOf(row, day);
		return [{ whole, parts: part === undefined ? [whole] : partsOf(part, day) }];
	});
	const isHeard = days.every(({ whole }, index) => {
		const before = days[index - 1]?.whole.lastAtMs ?? whole.firstAtMs;
		return whole.firstAtMs - before <= HEARD_WITHIN_MS;
	});
	if (days.length < SPAN_DAYS || !isHeard) return [];
	const spanMs = blockOf(id) * SPAN_MS;
	const { min, max, sum, count, first, last, firstAtMs, lastAtMs, rise } = days
		.map(({ whole }) => whole)
		.reduce((all, day) => joined(all, day, { atMs: spanMs, lengthMs: SPAN_MS, counter: true }));
	const data = packMinutes(
		days.flatMap((day) => day.parts),
		spanMs,
		true,
	);
	const columns = [id, min, max, sum, count, first, last, firstAtMs - spanMs, lastAtMs - spanMs, rise, data];
	return [
		{
			sql: `INSERT OR REPLACE INTO spans (${hourColumns}, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			params: columns,
		},
	];
}

/**
 * The spans within some days that say what a counter counted until each of the moments: those that nobody asks about whole,
 * others by the parts of their days where it is asked about nothing but these.
 * @param moments ms since 1970 UTC, in order
 */
export async function readSpans(
	database: Database,
	known: Known,
	{ from, to }: Days,
	moments: readonly number[],
): Promise<Whole[]> {
	const [unasked, cut]: [number[], number[]] = [[], []];
	for (let span = Math.ceil(from / SPAN_DAYS); (span + 1) * SPAN_DAYS <= to; span += 1) {
		const asked = firstAfter(moments, (span + 1) * SPAN_MS - 1) - firstAfter(moments, span * SPAN_MS);
		if (asked === 0) unasked.push(blockId(known.id, span));
		else if (asked <= SPAN_DAYS + 1) cut.push(blockId(known.id, span));
	}
	const sql = `SELECT ${hourColumns} FROM spans WHERE id IN (SELECT value FROM json_each(?))`;
	const [rows, parts] = await Promise.all([
		unasked.length === 0 ? [] : database.all(sql, [JSON.stringify(unasked)]),
		readBlocks(database, 'spans', cut),
	]);
	const isAsked = ({ atMs, lengthMs }: Cell): boolean =>
		(moments[firstAfter(moments, atMs)] ?? Infinity) < atMs + lengthMs;
	const whole = rows.map((row) => {
		const span = blockOf(Number(row['id']));
		return wholeOf(span, [{ ...dayOf(row, span * SPAN_DAYS), lengthMs: SPAN_MS }]);
	});
	const inParts = [...parts].flatMap(([id, data]) => {
		const cells = cellsOf(data, blockOf(id));
		// They may have been cut while the house's clocks were said to be others.
		return cells.some(isAsked) ? [] : [wholeOf(blockOf(id), cells)];
	});
	return [...whole, ...inParts].sort((a, b) => a.from - b.from);
}

const wholeOf = (span: number, cells: readonly Cell[]): Whole => ({
	from: span * SPAN_DAYS,
	to: (span + 1) * SPAN_DAYS,
	cells,
});

/** The parts of all days of a span. */
function cellsOf(data: Uint8Array, span: number): Cell[] {
	const parts = unpackMinutes(data, span * SPAN_MS, true);
	for (const [index, part] of parts.entries()) {
		const endMs = parts[index + 1]?.atMs ?? (span + 1) * SPAN_MS;
		parts[index] = { ...part, lengthMs: endMs - part.atMs };
	}
	return parts;
}
