import type { ExportPage, HistorySeries } from '@pilotwire/contract';
import { cellMs, cellStart } from '../core/cell.ts';
import { seriesKey } from '../core/point.ts';
import { compareLines, type HistoryReader, hasTags } from '../core/store.ts';
import type { Stretch } from '../energy/rise.ts';
import { cellLine, type ExportFormat, pointLine, SERIES_HEAD } from './rows.ts';

/** Text of one page: it goes over the bus. Characters. */
const PAGE = 150_000;

/** What is exported. Moments: ms since 1970 UTC. */
export interface ExportQuestion extends Stretch {
	/** Names of series; all where empty. */
	readonly series: readonly string[];
	readonly tags: Readonly<Record<string, string>>;
	readonly format: ExportFormat;
}

/** Where a page begins: at a moment of the so-manieth line. */
interface Cursor {
	readonly line: number;
	readonly atMs: number;
}

/**
 * One page of an export: line after line, each in order of time; minutes and hours where points are kept no more. A text
 * cursor says where the next page begins, so that an export of any length needs the memory of one page.
 */
export async function exportPage(reader: HistoryReader, asked: ExportQuestion, cursor?: string): Promise<ExportPage> {
	const lines = await linesOf(reader, asked);
	let { line, atMs } = cursor === undefined ? { line: 0, atMs: asked.fromMs } : cursorOf(cursor);
	const page = new Page(cursor === undefined && asked.format === 'csv' ? SERIES_HEAD : '');
	for (; line < lines.length; line += 1, atMs = asked.fromMs) {
		const next = await addLine(page, reader, lines[line] as HistorySeries, { ...asked, fromMs: atMs });
		if (next !== undefined) return { text: page.text, next: `${line}.${next}` };
	}
	return { text: page.text };
}

class Page {
	#parts: string[] = [];
	#length = 0;

	constructor(head: string) {
		this.add(head);
	}

	get isFull(): boolean {
		return this.#length >= PAGE;
	}

	get text(): string {
		return this.#parts.join('');
	}

	add(text: string): void {
		this.#parts.push(text);
		this.#length += text.length;
	}
}

/** Adds what fits of one line; gives the moment from which it did not. */
async function addLine(
	page: Page,
	reader: HistoryReader,
	line: HistorySeries,
	{ fromMs, toMs, format }: ExportQuestion,
): Promise<number | undefined> {
	const pointsMs = await firstPointMs(reader, line, fromMs, toMs);
	if (line.kind === 'number' && pointsMs > fromMs) {
		// The minute that has points left is written as points.
		const untilMs = pointsMs === Infinity ? toMs : cellStart(pointsMs, cellMs.minute);
		const { series, tags } = line;
		for await (const part of reader.cells({ series, tags, fromMs, toMs: untilMs }, 'minute')) {
			if (!isSame(part, line)) continue;
			for (const cell of part.cells) {
				if (page.isFull) return cell.atMs;
				page.add(cellLine(format, line, cell));
			}
		}
	}
	if (pointsMs === Infinity) return undefined;
	for await (const part of reader.points({ ...line, fromMs: Math.max(fromMs, pointsMs), toMs })) {
		if (!isSame(part, line)) continue;
		for (const point of part.points) {
			if (page.isFull) return point.at;
			page.add(pointLine(format, line, point));
		}
	}
	return undefined;
}

async function firstPointMs(reader: HistoryReader, line: HistorySeries, fromMs: number, toMs: number): Promise<number> {
	for await (const part of reader.points({ ...line, fromMs, toMs })) {
		const [first] = isSame(part, line) ? part.points : [];
		if (first !== undefined) return first.at;
	}
	return Infinity;
}

/** A selection takes series with more tags too. */
function isSame(part: Pick<HistorySeries, 'series' | 'tags'>, line: HistorySeries): boolean {
	return seriesKey(part) === seriesKey(line);
}

async function linesOf(reader: HistoryReader, { series, tags }: ExportQuestion): Promise<HistorySeries[]> {
	const all = await reader.series(series.length === 1 ? series[0] : undefined);
	return all
		.filter((line) => (series.length === 0 || series.includes(line.series)) && hasTags(line, tags))
		.sort(compareLines);
}

function cursorOf(text: string): Cursor {
	const [line = 0, atMs = 0] = text.split('.').map(Number);
	return { line, atMs };
}
