import type { HistoryLine, HistorySeries } from '@pilotwire/contract';
import { BEFORE_MS, type RangeQuery } from './store.ts';

/** The field that holds a point's value: two, since a field has one type for ever. */
export const fields = { number: 'value', text: 'text' } as const;

type Kind = HistorySeries['kind'];

/** One series of an answer to `/query` (InfluxDB's HTTP API): rows of `columns`, for one combination of tags. */
export interface InfluxSeries {
	readonly name: string;
	readonly tags?: Readonly<Record<string, string>>;
	readonly columns: readonly string[];
	readonly values: readonly (readonly (number | string | null)[])[];
}

const escaped = (text: string, quote: string): string =>
	`${quote}${text.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`)}${quote}`;

/** A name as InfluxQL quotes it. */
export function identifier(name: string): string {
	return escaped(name, '"');
}

/** A text as InfluxQL quotes it. */
export function textLiteral(text: string): string {
	return escaped(text, "'");
}

function where({ tags }: RangeQuery, fromMs: number, toMs: number): string {
	const wanted = Object.entries(tags).map(([name, value]) => `${identifier(name)} = ${textLiteral(value)}`);
	return [`time >= ${fromMs}ms`, `time < ${toMs}ms`, ...wanted].join(' AND ');
}

/** The figures of each bucket. Times are asked and answered in ms (`epoch=ms`). */
export function bucketsQuery(range: RangeQuery, kind: Kind): string {
	const { series, fromMs, toMs, bucketMs } = range;
	const field = identifier(fields[kind]);
	const figures =
		kind === 'number'
			? `min(${field}) AS "min", max(${field}) AS "max", mean(${field}) AS "mean"`
			: `last(${field}) AS "text"`;
	// InfluxDB aligns buckets at 1970; the offset moves them to the range's beginning.
	const buckets = `time(${bucketMs}ms, ${fromMs % bucketMs}ms)`;
	return (
		`SELECT ${figures}, count(${field}) AS "count" FROM ${identifier(series)} ` +
		`WHERE ${where(range, fromMs, toMs)} GROUP BY ${buckets}, * fill(none)`
	);
}

/** The last point of the day before the range. */
export function beforeQuery(range: RangeQuery, kind: Kind): string {
	const field = identifier(fields[kind]);
	const condition = where(range, range.fromMs - BEFORE_MS, range.fromMs);
	return `SELECT last(${field}) AS "value" FROM ${identifier(range.series)} WHERE ${condition} GROUP BY *`;
}

/** Which series have a point since `fromMs`, with the last number and text of each; `number`: the field of numbers. */
export function seriesQuery(name: string | undefined, fromMs: number, number: string = fields.number): string {
	const from = name === undefined ? '/.+/' : identifier(name);
	const last = `last(${identifier(number)}) AS "number", last("${fields.text}") AS "text"`;
	return `SELECT ${last} FROM ${from} WHERE time >= ${fromMs}ms GROUP BY *`;
}

/** Tags as they were written: `GROUP BY *` names those that a series lacks as empty ones. */
export function tagsOf({ tags = {} }: InfluxSeries): Record<string, string> {
	return Object.fromEntries(Object.entries(tags).filter(([, value]) => value !== ''));
}

function column<Value>({ columns, values }: InfluxSeries, name: string): Value[] {
	const index = columns.indexOf(name);
	return values.map((row) => row[index] as Value);
}

const keyOf = (series: InfluxSeries): string => JSON.stringify(Object.entries(tagsOf(series)).sort());

/** The lines that two answers mean: the buckets and what was before them. */
export function linesOf(
	series: string,
	kind: Kind,
	buckets: readonly InfluxSeries[],
	befores: readonly InfluxSeries[],
): HistoryLine[] {
	const byTags = new Map<string, { of: InfluxSeries; buckets?: InfluxSeries; before?: InfluxSeries }>();
	for (const each of buckets) byTags.set(keyOf(each), { of: each, buckets: each });
	for (const each of befores) byTags.set(keyOf(each), { of: each, ...byTags.get(keyOf(each)), before: each });
	return [...byTags.values()].map(({ of, buckets: found, before }) => {
		const rows = found ?? { ...of, values: [] };
		const shared = {
			series,
			tags: tagsOf(of),
			atMs: column<number>(rows, 'time'),
			count: column<number>(rows, 'count'),
		};
		if (kind === 'text') return { kind, ...shared, text: column<string>(rows, 'text'), ...beforeOf<string>(before) };
		const figures = { min: column<number>(rows, 'min'), max: column<number>(rows, 'max') };
		return { kind, ...shared, ...figures, mean: column<number>(rows, 'mean'), ...beforeOf<number>(before) };
	});
}

/** What was before a range, from an answer to `beforeQuery`. */
export function beforeOf<Value>(series: InfluxSeries | undefined): { before?: { atMs: number; value: Value } } {
	if (series === undefined) return {};
	const [atMs] = column<number>(series, 'time');
	const [value] = column<Value>(series, 'value');
	return atMs === undefined || value === undefined ? {} : { before: { atMs, value } };
}

/** The series that an answer to `seriesQuery` means. */
export function seriesOf(answer: readonly InfluxSeries[]): HistorySeries[] {
	return answer.flatMap((each) =>
		(['number', 'text'] as const)
			.filter((kind) => column(each, kind).some((value) => value !== null && value !== undefined))
			.map((kind) => ({ series: each.name, tags: tagsOf(each), kind })),
	);
}
