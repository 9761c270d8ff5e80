// What this browser has watched of machines: bounded by number and age, drawn as curves, and written out as files.
import type { HostLog } from '@pilotwire/contract';

/** A sample as it is kept: of the processes the busiest only. */
export interface Kept extends Omit<HostLog, 'everyS' | 'problem'> {
	/** When it was measured, the house's clock, ms. */
	readonly atMs: number;
}

/** The bounds of one machine's record: a night at 2 s, about 20 MB. */
export const KEPT_SAMPLES = 15_000;
export const KEPT_MS = 7 * 86_400_000;
const KEPT_PROCESSES = 10;

/** What is kept of a sample. */
export function keep({ everyS: _, problem: __, ...sample }: HostLog): Kept {
	return { ...sample, atMs: Date.parse(sample.at), processes: sample.processes.slice(0, KEPT_PROCESSES) };
}

/** One sample in the curves. */
export interface Point {
	readonly atMs: number;
	readonly cpu: number;
	/** Percent of the whole. */
	readonly memory: number;
	readonly temperatureC: number | undefined;
}

export function pointOf({ atMs, cpuPercent, memory, temperatureC }: Omit<Kept, 'processes'>): Point {
	const share = memory.totalBytes === 0 ? 0 : (memory.usedBytes / memory.totalBytes) * 100;
	return { atMs, cpu: cpuPercent, memory: share, temperatureC };
}

/** Points within the bounds after one more; one from before the last is left out. */
export function withPoint(points: readonly Point[], point: Point): Point[] {
	const last = points.at(-1);
	if (last !== undefined && point.atMs <= last.atMs) return [...points];
	const kept = [...points, point];
	const oldest = kept.findIndex(({ atMs }) => point.atMs - atMs <= KEPT_MS);
	return kept.slice(Math.max(oldest, kept.length - KEPT_SAMPLES));
}

/** Where a curve goes through, as shares of its field; `undefined` where nothing was watched for long. */
export type CurvePlace = readonly [x: number, y: number] | undefined;

/** As many places as a field can show: of each the highest, since it is peaks that people look for. */
export function curveOf(
	points: readonly Point[],
	figure: (point: Point) => number | undefined,
	most: number,
	top: number,
) {
	const [first, last] = [points[0], points.at(-1)];
	if (first === undefined || last === undefined || last.atMs === first.atMs) return [];
	const step = Math.max(1, Math.ceil(points.length / most));
	const places: CurvePlace[] = [];
	let beforeMs = first.atMs;
	for (let start = 0; start < points.length; start += step) {
		const part = points.slice(start, start + step);
		const values = part.map(figure).filter((value) => value !== undefined);
		const atMs = part[0]?.atMs ?? 0;
		// In places, not in time: nights without a watch would press all that was seen into a line.
		if (atMs - beforeMs > GAP_MS) places.push(undefined);
		beforeMs = part.at(-1)?.atMs ?? atMs;
		if (values.length === 0) places.push(undefined);
		else places.push([start / Math.max(1, points.length - 1), Math.min(1, Math.max(...values) / top)]);
	}
	return places;
}

/** Longer without a sample, and the machine was not watched: the slowest rhythm is a minute. */
const GAP_MS = 150_000;

/** An SVG path of a curve in a field so wide and high. */
export function pathOf(places: readonly CurvePlace[], width: number, height: number): string {
	let pen = 'M';
	const parts: string[] = [];
	for (const place of places) {
		if (place === undefined) pen = 'M';
		else {
			parts.push(`${pen}${(place[0] * width).toFixed(1)} ${(height - place[1] * height).toFixed(1)}`);
			pen = 'L';
		}
	}
	return parts.join('');
}

const columns = ['at', 'cpuPercent', 'coresPercent', 'load', 'memoryUsedBytes', 'memoryTotalBytes'] as const;
const moreColumns = ['swapUsedBytes', 'temperatureC', 'underVoltage', 'throttled'] as const;
const lastColumns = ['receivedBytesPerS', 'sentBytesPerS', 'processCount', 'busiest'] as const;

/** The first line of a CSV file. */
export const csvHead = `${[...columns, ...moreColumns, ...lastColumns].join(',')}\n`;

/** A sample as a line of CSV (RFC 4180); what it doesn't know is empty. */
export function csvLine({
	at,
	cpuPercent,
	coresPercent,
	load,
	memory,
	swap,
	temperatureC,
	throttling,
	...rest
}: Kept): string {
	const total = (of: 'receivedBytesPerS' | 'sentBytesPerS') => rest.network.reduce((sum, one) => sum + one[of], 0);
	const cells = [
		...[at, cpuPercent, coresPercent.join(' '), load, memory.usedBytes, memory.totalBytes],
		...[swap?.usedBytes, temperatureC, throttling?.underVoltage, throttling?.throttled],
		...[total('receivedBytesPerS'), total('sentBytesPerS'), rest.processCount, rest.processes[0]?.command],
	];
	return `${cells.map(cell).join(',')}\n`;
}

function cell(value: string | number | boolean | undefined): string {
	const text = String(value ?? '');
	// What a spreadsheet would take for a formula is a text: any process may name itself so.
	const safe = typeof value === 'string' && /^[=+@\t\r-]/.test(text) ? `'${text}` : text;
	return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** A sample as a line of JSON. */
export function jsonLine({ atMs: _, ...sample }: Kept): string {
	return `${JSON.stringify(sample)}\n`;
}
