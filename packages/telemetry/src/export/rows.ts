import type { HistorySeries } from '@pilotwire/contract';
import { instantOf } from '@pilotwire/runtime';
import type { Cell } from '../core/cell.ts';

/** What an export is written in. */
export type ExportFormat = 'csv' | 'jsonl';

/** One line of an export: a point, or a minute or an hour of which no points are kept any more. */
interface Row {
	readonly time: string;
	readonly series: string;
	readonly tags: Readonly<Record<string, string>>;
	/** The point's, or the mean of the minute or hour. */
	readonly value: number | string;
	readonly min?: number;
	readonly max?: number;
	readonly count?: number;
	/** How long the minute or hour is, seconds. */
	readonly lengthS?: number;
}

/** The first line of a CSV of points. */
export const SERIES_HEAD = 'time,series,tags,value,min,max,count,lengthS\n';
/** The first line of a CSV of energy by tariff. */
export const TARIFF_HEAD = 'from,to,period,colour,energyWh,cost,currency\n';

/** A point as a line. */
export function pointLine(
	format: ExportFormat,
	{ series, tags }: Pick<HistorySeries, 'series' | 'tags'>,
	{ at, value }: { readonly at: number; readonly value: number | string },
): string {
	return rowLine(format, { time: instantOf(at), series, tags, value });
}

/** A minute or an hour as a line. */
export function cellLine(
	format: ExportFormat,
	{ series, tags }: Pick<HistorySeries, 'series' | 'tags'>,
	{ atMs, lengthMs, min, max, sum, count }: Cell,
): string {
	const value = Number((sum / count).toPrecision(12));
	return rowLine(format, { time: instantOf(atMs), series, tags, value, min, max, count, lengthS: lengthMs / 1_000 });
}

function rowLine(format: ExportFormat, row: Row): string {
	if (format === 'jsonl') return `${JSON.stringify(row)}\n`;
	const { time, series, tags, value, min = '', max = '', count = '', lengthS = '' } = row;
	const named = Object.entries(tags)
		.sort(([a], [b]) => (a < b ? -1 : 1))
		.map(([name, text]) => `${name}=${text}`)
		.join(';');
	return csvLine([time, series, named, typeof value === 'number' ? value : { text: value }, min, max, count, lengthS]);
}

/** Values as one line of CSV (RFC 4180). A text that a spreadsheet would take for a formula gets an apostrophe before it. */
export function csvLine(values: readonly (string | number | { readonly text: string })[]): string {
	const fields = values.map((value) => {
		if (typeof value === 'number') return String(value);
		// Always in quotes: a text of digits is still a text where it is read again.
		return typeof value === 'string' ? csvText(value, /[",\r\n]/.test(value)) : csvText(value.text, true);
	});
	return `${fields.join(',')}\n`;
}

function csvText(text: string, isQuoted: boolean): string {
	const safe = /^[=+@\t\r-]/.test(text) ? `'${text}` : text;
	return isQuoted ? `"${safe.replaceAll('"', '""')}"` : safe;
}
