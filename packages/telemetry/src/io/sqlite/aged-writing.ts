import type { Database, SqlRow, SqlStatement } from '@pilotwire/runtime';
import { merged, unpackMinutes } from '../../core/blocks.ts';
import { type Cell, coarser, HOUR_MS, MINUTE_MS, type Sample } from '../../core/cell.ts';
import { withLate } from '../../core/late.ts';
import type { SeriesCells } from '../../core/store.ts';
import { putHour, putMinutes, readBlocks } from './block-writing.ts';
import { blockId } from './schema.ts';
import type { Known } from './series.ts';

type HourRow = SqlRow & {
	id: number;
	min: number;
	max: number;
	sum: number;
	count: number;
	first: number;
	last: number;
	first_after: number;
	last_after: number;
	rise: number;
};

export const hourColumns = 'id, min, max, sum, count, first, last, first_after, last_after, rise';

/** The hour that a row means; `hour`: since 1970. */
export function hourOf(row: SqlRow, hour: number): Cell {
	const { min, max, sum, count, first, last, first_after, last_after, rise } = row as HourRow;
	const atMs = hour * HOUR_MS;
	const moments = { firstAtMs: atMs + first_after, lastAtMs: atMs + last_after };
	return { atMs, lengthMs: HOUR_MS, min, max, sum, count, first, last, ...moments, rise };
}

/** Points of hours whose points are kept no longer: they count in the minutes and the hour, see {@link withLate}. */
export async function planAged(
	database: Database,
	groups: ReadonlyMap<Known, readonly Sample[]>,
): Promise<SqlStatement[]> {
	const hours = [...groups].flatMap(([known, points]) =>
		[...byHour(points)].map(([hour, list]) => ({ known, hour, points: list })),
	);
	const ids = hours.map(({ known, hour }) => blockId(known.id, hour));
	const [minutes, wholes] = await Promise.all([readBlocks(database, 'minutes', ids), readHours(database, ids)]);
	return hours.flatMap(({ known, hour, points }, index) => {
		const id = ids[index] as number;
		const block = minutes.get(id);
		const whole = wholes.get(id);
		const hasMinutes = hour >= known.minutesFrom && (block !== undefined || whole === undefined);
		if (!hasMinutes) {
			const added = withLate(whole === undefined ? [] : [hourOf(whole, hour)], points, HOUR_MS, known.counter);
			return added.map((cell) => putHour(known, cell));
		}
		const before = block === undefined ? [] : unpackMinutes(block, hour * HOUR_MS, known.counter);
		const cells = withLate(before, points, MINUTE_MS, known.counter);
		return [
			putMinutes(known, hour, cells),
			...coarser(cells, HOUR_MS, known.counter).map((cell) => putHour(known, cell)),
		];
	});
}

function byHour(points: readonly Sample[]): Map<number, Sample[]> {
	const hours = new Map<number, Sample[]>();
	for (const point of merged([], points)) {
		const hour = Math.floor(point.at / HOUR_MS);
		const list = hours.get(hour);
		if (list === undefined) hours.set(hour, [point]);
		else list.push(point);
	}
	return hours;
}

async function readHours(database: Database, ids: readonly number[]): Promise<Map<number, SqlRow>> {
	const sql = `SELECT ${hourColumns} FROM hours WHERE id IN (SELECT value FROM json_each(?))`;
	const rows = await database.all(sql, [JSON.stringify(ids)]);
	return new Map(rows.map((row) => [Number(row['id']), row]));
}

/** Cells in the place of those that are there, but for hours whose points are kept. */
export async function planCells(
	database: Database,
	given: readonly { readonly known: Known; readonly cells: SeriesCells['cells'] }[],
): Promise<SqlStatement[]> {
	const hours = given.flatMap(({ known, cells }) => {
		const byStart = new Map<number, Cell[]>();
		for (const cell of cells) {
			const hour = Math.floor(cell.atMs / HOUR_MS);
			byStart.set(hour, [...(byStart.get(hour) ?? []), cell]);
		}
		return [...byStart].map(([hour, list]) => ({ id: blockId(known.id, hour), known, hour, cells: list }));
	});
	const ids = hours.map(({ id }) => id);
	const [points, minutes] = await Promise.all([
		readBlocks(database, 'points', ids),
		readBlocks(database, 'minutes', ids),
	]);
	return hours.flatMap(({ id, known, hour, cells }) => {
		if (points.has(id)) return [];
		const wholes = cells.filter(({ lengthMs }) => lengthMs === HOUR_MS);
		const fine = cells.filter(({ lengthMs }) => lengthMs === MINUTE_MS);
		const before = minutes.get(id);
		if (fine.length === 0 && before !== undefined) return [];
		if (fine.length === 0 || hour < known.minutesFrom) return wholes.map((cell) => putHour(known, cell));
		const kept = before === undefined ? [] : unpackMinutes(before, hour * HOUR_MS, known.counter);
		const byStart = new Map([...kept, ...fine].map((cell) => [cell.atMs, cell]));
		const all = [...byStart.values()].sort((a, b) => a.atMs - b.atMs);
		return [putMinutes(known, hour, all), ...coarser(all, HOUR_MS, known.counter).map((cell) => putHour(known, cell))];
	});
}
