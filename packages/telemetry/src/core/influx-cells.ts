import { type Cell, HOUR_MS, MINUTE_MS } from './cell.ts';
import { type InfluxSeries, identifier, tagsOf, textLiteral } from './influxql.ts';
import type { SeriesPoints } from './store.ts';

/** The fields of a cell; its moment is where it begins. */
export const cellFields = ['min', 'max', 'sum', 'count', 'first', 'firstAt', 'last', 'lastAt', 'rise'] as const;

interface Asked {
	readonly series: string;
	readonly tags?: Readonly<Record<string, string>> | undefined;
	readonly fromMs: number;
	readonly toMs: number;
}

function condition({ tags = {}, fromMs, toMs }: Asked): string {
	const wanted = Object.entries(tags).map(([name, value]) => `${identifier(name)} = ${textLiteral(value)}`);
	return [`time >= ${fromMs}ms`, `time < ${toMs}ms`, ...wanted].join(' AND ');
}

/** Every point of a series, `field` being that of its kind. */
export function pointsQuery(asked: Asked, field: string): string {
	const from = identifier(asked.series);
	return `SELECT ${identifier(field)} AS "value" FROM ${from} WHERE ${condition(asked)} GROUP BY *`;
}

/** Every cell of a series that begins in a range. */
export function cellsQuery(asked: Asked): string {
	const fields = cellFields.map((field) => identifier(field)).join(', ');
	return `SELECT ${fields} FROM ${identifier(asked.series)} WHERE ${condition(asked)} GROUP BY *`;
}

/**
 * A stretch gathered in buckets that are aligned at `alignedMs`: of the points themselves, or of the cells, where one that
 * the stretch cuts counts whole.
 */
export function gatheredQuery(
	asked: Asked,
	part: 'points' | 'minutes' | 'hours',
	bucketMs: number,
	alignedMs: number,
): string {
	const figures =
		part === 'points'
			? 'min("value") AS "min", max("value") AS "max", sum("value") AS "sum", count("value") AS "count"'
			: 'min("min") AS "min", max("max") AS "max", sum("sum") AS "sum", sum("count") AS "count"';
	const lengthMs = part === 'points' ? 1 : part === 'hours' ? HOUR_MS : MINUTE_MS;
	const whole = { ...asked, fromMs: asked.fromMs - (asked.fromMs % lengthMs) };
	const buckets = `time(${bucketMs}ms, ${alignedMs % bucketMs}ms)`;
	return `SELECT ${figures} FROM ${identifier(asked.series)} WHERE ${condition(whole)} GROUP BY ${buckets}, * fill(none)`;
}

/** When a series begins; `field`: one that each of its points has. */
export function firstQuery(series: string, field: string): string {
	return `SELECT first(${identifier(field)}) AS "value" FROM ${identifier(series)}`;
}

/** The points that an answer to `pointsQuery` means, line by line. */
export function pointsOf(series: string, kind: SeriesPoints['kind'], answer: readonly InfluxSeries[]): SeriesPoints[] {
	return answer.map((each) => ({
		series,
		tags: tagsOf(each),
		kind,
		points: each.values
			.filter(([, value]) => value !== null)
			.map(([at, value]) => ({ at: Number(at), value: value as number | string })),
	}));
}

/** The cells that an answer to `cellsQuery` means. */
export function cellsFrom({ values }: InfluxSeries, part: 'minutes' | 'hours'): Cell[] {
	const lengthMs = part === 'minutes' ? MINUTE_MS : HOUR_MS;
	return values
		.filter(([, min]) => min !== null)
		.map((row) => {
			const [atMs, min, max, sum, count, first, firstAtMs, last, lastAtMs, rise] = row.map(Number) as [
				number,
				number,
				number,
				number,
				number,
				number,
				number,
				number,
				number,
				number,
			];
			return { atMs, lengthMs, min, max, sum, count, first, firstAtMs, last, lastAtMs, rise };
		});
}
