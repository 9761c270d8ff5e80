import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { messageOf } from '@pilotwire/runtime';
import { csvInvalid, fileUnreadable } from '../errors.ts';
import { type Columns, columnsOf, pointOf, type RowFault } from './csv-rows.ts';
import type { ImportPoint } from './import-points.ts';

/** Faults that are told; one wrong column makes thousands. */
const MOST_TOLD = 20;

/** Reads all of a CSV without taking anything. Gives the number of rows; rejects with `CSV_INVALID`, each fault by its line. */
export async function checkCsv(path: string): Promise<number> {
	const faults: RowFault[] = [];
	let rows = 0;
	let more = 0;
	for await (const { line, result } of rowsOf(path)) {
		rows += 1;
		if ('series' in result) continue;
		if (faults.length < MOST_TOLD) faults.push({ line, ...result });
		else more += 1;
	}
	if (faults.length > 0) throw csvInvalid(path, faults, more);
	return rows;
}

/** The points of a CSV that was checked. */
export async function* pointsOfCsv(path: string): AsyncGenerator<ImportPoint[]> {
	for await (const { result } of rowsOf(path)) if ('series' in result) yield [result];
}

async function* rowsOf(path: string) {
	const lines = createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Infinity });
	let columns: Columns | undefined;
	let number = 0;
	try {
		for await (const line of lines) {
			number += 1;
			if (line.trim() === '') continue;
			if (columns !== undefined) {
				yield { line: number, result: pointOf(line, columns) };
				continue;
			}
			columns = columnsOf(line);
			const expected = 'columns time, series and value, and tags where there are some';
			if (columns === undefined) throw csvInvalid(path, [{ line: number, expected, received: line }], 0);
		}
	} catch (error) {
		if ((error as { code?: unknown }).code === 'CSV_INVALID') throw error;
		throw fileUnreadable(path, messageOf(error));
	} finally {
		lines.close();
	}
}
