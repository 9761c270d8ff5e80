import type { ImportPoint } from './import-points.ts';

/** A row that can't be taken, and why. */
export interface RowFault {
	/** Of the file, from 1. */
	readonly line: number;
	readonly expected: string;
	readonly received: string;
}

/** Where the columns stand that an import needs. */
export interface Columns {
	readonly time: number;
	readonly series: number;
	readonly tags: number | undefined;
	readonly value: number;
}

interface Field {
	readonly text: string;
	readonly quoted: boolean;
}

const SERIES = /^[A-Za-z][A-Za-z0-9._-]{0,63}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;

/** The columns that a first line names; undefined where one is missing. */
export function columnsOf(line: string): Columns | undefined {
	const names = (fieldsOf(line.replace(/^\uFEFF/, '')) ?? []).map(({ text }) => text.trim());
	const at = (name: string): number | undefined => (names.includes(name) ? names.indexOf(name) : undefined);
	const [time, series, value] = [at('time'), at('series'), at('value')];
	if (time === undefined || series === undefined || value === undefined) return undefined;
	return { time, series, value, tags: at('tags') };
}

/** A row as a point, or what is wrong with it. */
export function pointOf(line: string, columns: Columns): ImportPoint | Omit<RowFault, 'line'> {
	const fields = fieldsOf(line);
	if (fields === undefined) return { expected: 'every quote to be closed', received: line };
	const field = (index: number): Field => fields[index] ?? { text: '', quoted: false };
	const time = field(columns.time).text.trim();
	const at = TIME.test(time) ? Date.parse(time) : Number.NaN;
	if (Number.isNaN(at)) return { expected: 'a time such as 2026-01-31T22:00:00Z', received: time };
	const series = field(columns.series).text.trim();
	if (!SERIES.test(series)) return { expected: 'the name of a series such as load.currentA', received: series };
	const tags = tagsOf(columns.tags === undefined ? '' : field(columns.tags).text);
	if (tags === undefined) {
		return { expected: 'tags such as meter=main;phase=1', received: field(columns.tags ?? 0).text };
	}
	const { text, quoted } = field(columns.value);
	const number = Number(text);
	if (quoted || text.trim() === '') {
		if (!quoted) return { expected: 'a number, or a text in quotes', received: 'nothing' };
		return { series, tags, at, value: text.replace(/^'(?=[=+@\t\r-])/, '').slice(0, 1_000) };
	}
	if (!Number.isFinite(number)) return { expected: 'a number, or a text in quotes', received: text };
	return { series, tags, at, value: number };
}

function tagsOf(text: string): Record<string, string> | undefined {
	const tags: Record<string, string> = {};
	for (const part of text.split(';').filter((given) => given.trim() !== '')) {
		const [, name, value] = /^\s*([A-Za-z][A-Za-z0-9_-]{0,63})=(.{0,100})$/.exec(part) ?? [];
		if (name === undefined || value === undefined) return undefined;
		tags[name] = value;
	}
	return tags;
}

/** The fields of one line (RFC 4180); undefined where a quote stays open. */
function fieldsOf(line: string): Field[] | undefined {
	const fields: Field[] = [];
	const form = /("(?:[^"]|"")*"|[^,"]*)(,|$)/y;
	for (let index = 0; index <= line.length; index = form.lastIndex) {
		form.lastIndex = index;
		const [match, field = '', end] = form.exec(line) ?? [];
		if (match === undefined) return undefined;
		const quoted = field.startsWith('"');
		fields.push({ text: quoted ? field.slice(1, -1).replaceAll('""', '"') : field, quoted });
		if (end === '') return fields;
	}
	return fields;
}
