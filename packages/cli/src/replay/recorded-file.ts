// The file to be replayed: a recorded line, or a load curve as a table.
import { type LoadSteps, loadSteps } from '@pilotwire/house';
import { lineSpeedOf, readRecording } from '@pilotwire/meter-reader';
import { type TicDate, TicDecoder, type TicGroup, toReading } from '@pilotwire/teleinfo';
import { lineNotTic } from '../errors.ts';
import { curveOf, loadTable } from '../load-table.ts';

/** What a household drew beside the circuits under control. */
export interface CurveFile {
	readonly kind: 'curve';
	/** When it begins, ms since 1970 UTC. */
	readonly startMs: number;
	readonly minutes: number;
	/** Phases that the table tells apart: 1 where it has one column for all. */
	readonly phases: 1 | 3;
	/** What each phase of a house of so many draws, as appliances that start and stop. */
	steps(phases: 1 | 3): LoadSteps;
}

/** A line as it was recorded. */
export interface LineFile {
	readonly kind: 'line';
	/** Its bytes, from the start. */
	readonly bytes: AsyncIterable<Uint8Array>;
	readonly baud: number;
	readonly phases: 1 | 3;
	/** When it begins, where the meter said it: ms since 1970 UTC. */
	readonly startMs: number | undefined;
}

export type RecordedFile = CurveFile | LineFile;

/** The first row of a table that names its columns. */
const HEADER = /^\uFEFF?[^\n]*\btime\b[^\n]*[,;\t]|^[^\n]*[,;\t]"?time\b/;
/** A column for each phase. */
const PHASE_COLUMN = /^(active_power_w|reactive_power_var)_([123])$/;
/** One frame of each mode is in this much, whatever was recorded first. Bytes. */
const LEAD_BYTES = 12_000;
const MINUTE_MS = 60_000;
const SEED = 1;

/** Opens the file. Rejects with `RECORDING_*`, `CURVE_INVALID` or `LINE_NOT_TIC`. */
export async function openRecorded(path: string): Promise<RecordedFile> {
	const chunks = readRecording(path);
	const lead: Uint8Array[] = [];
	for (let length = 0; length < LEAD_BYTES; ) {
		const next = await chunks.next();
		if (next.done === true) break;
		lead.push(next.value);
		length += next.value.length;
	}
	const first = Buffer.concat(lead);
	const start = first.subarray(0, 1_000).toString('utf8');
	if (!HEADER.test(start)) {
		const facts = lineFacts(first);
		if (facts !== undefined) return { kind: 'line', bytes: joined(first, chunks), ...facts };
		if (!isText(start)) throw lineNotTic(path);
	}
	for await (const chunk of chunks) lead.push(chunk);
	return readCurve(path, loadTable(Buffer.concat(lead).toString('utf8')));
}

/** Whether a file without a single group of a meter is meant as a table: a row of columns, and nothing but text. */
function isText(start: string): boolean {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what no table holds.
	return /^[^\n]*[,;\t][^\n]*\n/.test(start) && !/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/.test(start);
}

async function* joined(first: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
	yield first;
	yield* rest;
}

/** What the first frames say; undefined where none of their groups is right. */
function lineFacts(lead: Uint8Array): Pick<LineFile, 'baud' | 'phases' | 'startMs'> | undefined {
	let groups: TicGroup[] = [];
	let longest: TicGroup[] = [];
	const ended = (): void => {
		if (groups.length > longest.length) longest = groups;
		groups = [];
	};
	const decoder = new TicDecoder({
		onEvent: (event) => {
			if (event.type === 'group') groups.push(event.group);
			else if (event.type === 'frame' || event.type === 'interruption') ended();
		},
	});
	decoder.push(lead);
	ended();
	if (longest.length === 0) return undefined;
	const { phases, clock } = toReading(longest);
	return { baud: lineSpeedOf(lead), phases, startMs: clock && utcMsOf(clock) };
}

/** The meter's clock is local legal time: an hour before UTC in winter, two in summer. */
function utcMsOf({ year, month, day, hour, minute, second, season }: TicDate): number {
	return Date.UTC(year, month - 1, day, hour - (season === 'summer' ? 2 : 1), minute, second);
}

function readCurve(path: string, text: string): CurveFile {
	const [header = '', first = ''] = text.split(/\r?\n/, 2);
	const columns = header.split(',');
	const phases = [...new Set(columns.map((name) => PHASE_COLUMN.exec(name)?.[2]))].filter((one) => one !== undefined);
	const startMs = instantOfCell(first.split(',')[columns.indexOf('time')] ?? '');
	if (phases.length === 0) {
		const curve = curveOf(path, text);
		const steps = (of: 1 | 3): LoadSteps => loadSteps(curve, { phases: of, scale: 1, seed: SEED });
		return { kind: 'curve', startMs, minutes: curve.apparentVA.length, phases: 1, steps };
	}
	const curves = phases.sort().map((phase) => curveOf(path, tableOfPhase(text, columns, phase)));
	const all = curves.map((curve) => loadSteps(curve, { phases: 1, scale: 1, seed: SEED }));
	const steps = {
		atS: all.map(({ atS }) => atS[0] as Uint32Array),
		watts: all.map(({ watts }) => watts[0] as Float64Array),
	};
	const minutes = Math.min(...curves.map(({ apparentVA }) => apparentVA.length));
	return { kind: 'curve', startMs, minutes, phases: phases.length === 1 ? 1 : 3, steps: () => steps };
}

/** The same table with the columns of one phase alone, under the names that a table of one phase has. */
function tableOfPhase(text: string, columns: readonly string[], phase: string): string {
	const kept = columns.flatMap((name, at): [number, string][] => {
		if (name === 'time') return [[at, name]];
		const found = PHASE_COLUMN.exec(name);
		return found?.[2] === phase ? [[at, found[1] as string]] : [];
	});
	const rows = text.split(/\r?\n/).slice(1);
	const row = (line: string): string => {
		if (line === '') return '';
		const cells = line.split(',');
		return kept.map(([at]) => cells[at] ?? '').join(',');
	};
	return [kept.map(([, name]) => name).join(','), ...rows.map(row)].join('\n');
}

/** A time without a zone is French winter time all year, as meters' load curves are kept. */
function instantOfCell(cell: string): number {
	const text = cell.trim().replace(' ', 'T');
	const ms = Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}+01:00`);
	return Number.isNaN(ms) ? 0 : ms - (ms % MINUTE_MS);
}
