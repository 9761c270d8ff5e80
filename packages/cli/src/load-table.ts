// A load curve as people have it: exported by a spreadsheet or a program, with gaps.
import { type LoadCurve, type LoadCurveFault, parseLoadCurve } from '@pilotwire/house';
import { curveInvalid } from './errors.ts';

const MINUTE_MS = 60_000;
/** More of what stands in a file isn't told. Characters. */
const LONGEST_SHOWN = 160;
const TIME = 'time';
const TIME_FORM = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)/;
const ZONE = /(Z|[+-]\d\d:?\d\d)$/;
/** The first rows of an InfluxDB export: annotations, or the columns of a query. */
const INFLUX = /^(#(group|datatype|default)\b|,result,table,|name,time,)/;

/**
 * The table of a file as commas and decimal points have it: without a byte order mark and quotes; semicolons or tabs
 * between columns, and then decimal commas too; times with a zone in the zone of the first.
 */
export function loadTable(text: string): string {
	const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
	const [header = ''] = lines;
	const separator = [',', ';', '\t'].find((one) => header.includes(one)) ?? ',';
	const isPlain =
		separator === ',' && !text.includes('"') && !/\s/.test(header.trim()) && !ZONE.test(timeCell(lines[1], header));
	if (isPlain) return lines.join('\n');
	const timeAt = cellsOf(header, separator).indexOf(TIME);
	const zone = ZONE.exec(cellsOf(lines[1] ?? '', separator)[timeAt] ?? '')?.[1];
	const row = (line: string): string => {
		if (line === '') return '';
		const cells = cellsOf(line, separator).map((cell) => cell.replace(/^(-?\d+),(\d+)$/, '$1.$2'));
		if (zone !== undefined && timeAt >= 0) cells[timeAt] = inZone(cells[timeAt] ?? '', zone);
		return cells.join(',');
	};
	return [cellsOf(header, separator).join(','), ...lines.slice(1).map(row)].join('\n');
}

/** The curve of a table. Throws `CURVE_INVALID` with what is wrong in each line. */
export function curveOf(path: string, table: string): LoadCurve {
	const parsed = parseLoadCurve(table);
	if ('curve' in parsed) return parsed.curve;
	throw curveInvalid(path, faultsOf(table).map(faultText));
}

function faultsOf(table: string): readonly LoadCurveFault[] {
	const lines = table.split('\n');
	const [header = ''] = lines;
	if (INFLUX.test(header)) {
		const expected =
			'columns time and active_power_w: leave out the lines that begin with #, rename _time (or time) and _value (or mean), keep a row a minute';
		return [{ line: 1, expected, received: 'an InfluxDB export' }];
	}
	const coarse = minutesApart(lines, header);
	if (coarse > 1) {
		const received = `rows ${coarse} minutes apart: means over so long hide the peaks that matter`;
		return [{ line: 3, expected: 'a row a minute', received }];
	}
	const parsed = parseLoadCurve(table);
	return 'faults' in parsed ? parsed.faults : [];
}

/** How far the first rows are apart where all of them are equally far, minutes; otherwise 1. */
function minutesApart(lines: readonly string[], header: string): number {
	const [first = Number.NaN, second = Number.NaN, third = Number.NaN] = lines
		.slice(1, 4)
		.map((line) => instantOf(timeCell(line, header)) / MINUTE_MS);
	return second - first === third - second ? second - first : 1;
}

/** Minutes since 1970 as the cell's clock shows them, ms; NaN where it holds no time. */
function instantOf(cell: string): number {
	const [, date, time] = TIME_FORM.exec(cell) ?? [];
	return date === undefined ? Number.NaN : Date.parse(`${date}T${time}Z`);
}

const timeCell = (line: string | undefined, header: string): string =>
	(line ?? '').split(',')[header.split(',').indexOf(TIME)] ?? '';

/** Cells without the quotes and blanks around them; a separator in quotes stays. */
function cellsOf(line: string, separator: string): string[] {
	const cells: string[] = [''];
	let isQuoted = false;
	for (const letter of line) {
		if (letter === '"') isQuoted = !isQuoted;
		else if (letter === separator && !isQuoted) cells.push('');
		else cells[cells.length - 1] += letter;
	}
	return cells.map((cell) => cell.trim());
}

/** An instant as the clocks of another zone show it. */
function inZone(cell: string, zone: string): string {
	const atMs = Date.parse(cell.replace(' ', 'T'));
	if (!ZONE.test(cell) || Number.isNaN(atMs)) return cell;
	const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)$/.exec(zone) ?? [];
	const aheadMin = sign === undefined ? 0 : Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes));
	return `${new Date(atMs + aheadMin * MINUTE_MS).toISOString().slice(0, 19)}${zone}`;
}

const faultText = ({ line, expected, received }: LoadCurveFault): string =>
	`line ${line}: expected ${expected}, got ${received.slice(0, LONGEST_SHOWN)}`;
