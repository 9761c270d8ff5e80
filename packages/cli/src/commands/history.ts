import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { type CostAnswer, costAnswer, type EnergyAnswer, energyAnswer, exportPage } from '@pilotwire/contract';
import { messageOf } from '@pilotwire/runtime';
import { readHouse, shedderMeter } from '../config.ts';
import { fileUnreadable } from '../errors.ts';
import { configurationOf, rowLengthS, StatisticsPoints, type StatisticsRow } from '../history/ancestor-rows.ts';
import { type CallTelemetry, callTelemetry } from '../history/call-telemetry.ts';
import { checkCsv, pointsOfCsv } from '../history/csv-file.ts';
import { type ImportPoint, importPoints } from '../history/import-points.ts';
import { costTable, energyTable } from '../history/tables.ts';
import { AncestorFile } from '../io/ancestor-file.ts';
import type { ConfigOptions } from './options.ts';

/** How often a copy is asked how far it is. Milliseconds. */
const LOOK_MS = 1_000;

interface RangeOptions extends ConfigOptions {
	readonly from: string;
	readonly to: string;
	readonly meter?: string;
}

interface ExportOptions extends RangeOptions {
	readonly series?: string;
	readonly format: 'csv' | 'jsonl';
	readonly by?: 'tariff';
	readonly step: string;
	readonly out?: string;
}

interface AskOptions extends RangeOptions {
	readonly by: string;
	readonly compare?: string;
	readonly json?: true;
}

/** `pilotwire history energy` and `cost`. */
export async function askHistory(name: 'energy' | 'cost', options: AskOptions): Promise<void> {
	const { from, to, by, meter, compare, json } = options;
	const house = await readHouse(options);
	const question = { from, to, by, ...(meter && { meter }), ...(compare && { compare }) };
	const answer = await callTelemetry(house, (call) => call(`history.${name}`, question));
	if (json === true) console.log(JSON.stringify(answer, undefined, 2));
	else if (name === 'energy') console.log(energyTable(energyAnswer.parse(answer) as EnergyAnswer, by));
	else console.log(costTable(costAnswer.parse(answer) as CostAnswer, by));
}

/** `pilotwire history export`. */
export async function exportHistory(options: ExportOptions): Promise<void> {
	const { from, to, series, format, by, step, meter, out } = options;
	const house = await readHouse(options);
	const names = series === undefined ? {} : { series: series.split(',').map((name) => name.trim()) };
	const tags = meter !== undefined && by === undefined ? { tags: { meter } } : {};
	const question = { from, to, format, ...names, ...tags, ...(by && { by, step, ...(meter && { meter }) }) };
	const progress = progressOf('exported');
	await callTelemetry(house, async (call) => {
		const first = exportPage.parse(await call('history.export', question));
		const pages = pagesOf(first, call, question, progress.told);
		if (out === undefined) await pipeline(pages, process.stdout, { end: false });
		else await pipeline(pages, await newFile(out));
	});
	progress.end();
}

/** A file that is there already is not written over. */
async function newFile(path: string) {
	try {
		return createWriteStream(path, { fd: await open(path, 'wx') });
	} catch (error) {
		throw fileUnreadable(path, messageOf(error));
	}
}

async function* pagesOf(
	first: { text: string; next?: string | undefined },
	call: CallTelemetry,
	question: Record<string, unknown>,
	told: (text: string) => void,
): AsyncGenerator<string> {
	let characters = 0;
	for (let page = first; ; page = exportPage.parse(await call('history.export', { ...question, cursor: page.next }))) {
		yield page.text;
		characters += page.text.length;
		told(`${(characters / 1e6).toFixed(1)} MB`);
		if (page.next === undefined) return;
	}
}

/** `pilotwire history import`. */
export async function importHistory(path: string, options: ConfigOptions & { readonly meter?: string }): Promise<void> {
	const house = await readHouse(options);
	const progress = progressOf('imported');
	if (!/\.(db|sqlite3?)$/i.test(path)) {
		const rows = await checkCsv(path);
		const taken = await callTelemetry(house, (call) =>
			importPoints(call, pointsOfCsv(path), (done) => progress.told(`${done} of ${rows} rows`)),
		);
		progress.end();
		console.log(`${taken} rows imported.`);
		return;
	}
	const file = await AncestorFile.open(path);
	try {
		const tables = await file.tables();
		if (tables.has('statistics')) {
			const rows = await file.countStatistics();
			const meter = options.meter ?? shedderMeter(house);
			const points = pointsOfAncestor(file, meter, rows, progress.told);
			await callTelemetry(house, (call) => importPoints(call, points, () => undefined));
			progress.end();
			console.log(`${rows} rows of statistics imported for meter ${meter}.`);
		}
		if (tables.has('dashboard')) {
			console.log(`\nFor the configuration file; look it through:\n\n${configurationOf(await file.dashboard())}`);
		}
	} finally {
		await file.close();
	}
}

async function* pointsOfAncestor(
	file: AncestorFile,
	meter: string,
	rows: number,
	told: (text: string) => void,
): AsyncGenerator<ImportPoint[]> {
	const statistics = new StatisticsPoints(meter, rowLengthS(await file.starts()));
	let before: StatisticsRow | undefined;
	let done = 0;
	for await (const some of file.statistics()) {
		for (const row of some) {
			if (before !== undefined) yield statistics.points(before, row.start);
			before = row;
			done += 1;
			told(`${done} of ${rows} rows`);
		}
	}
	if (before !== undefined) yield statistics.points(before, undefined);
}

interface Copied {
	readonly from: string;
	readonly until: string;
	readonly doneUntil: string;
	readonly isDone: boolean;
	readonly points: number;
	readonly problem?: string;
}

/** `pilotwire history copy`. Follows the copy, which telemetry makes: it goes on without this command, and after a restart. */
export async function copyHistory(
	options: ConfigOptions & { readonly to: string; readonly afresh?: true },
): Promise<void> {
	const { to, afresh = false } = options;
	const house = await readHouse(options);
	const progress = progressOf(`copied to ${to}`);
	const copied = await callTelemetry(house, async (call) => {
		let state = (await call('history.copy', { to, afresh }, 'telemetry-admin')) as Copied;
		while (!state.isDone) {
			const [fromMs, doneMs, untilMs] = [state.from, state.doneUntil, state.until].map((at) => Date.parse(at));
			const share = ((doneMs ?? 0) - (fromMs ?? 0)) / Math.max(1, (untilMs ?? 0) - (fromMs ?? 0));
			const problem = state.problem === undefined ? '' : `; waits: ${state.problem}`;
			progress.told(`${Math.floor(share * 100)} %, ${state.doneUntil.slice(0, 10)}${problem}`);
			await wait(LOOK_MS);
			state = (await call('history.copyState', {}, 'telemetry-admin')) as Copied;
		}
		return state;
	});
	progress.end();
	console.log(`${copied.points} points and roll-ups copied to ${to}, until ${copied.until}.`);
}

/** A line on standard error that is written over, at most some times a second, where a person looks on. */
function progressOf(what: string) {
	let toldMs = 0;
	const isShown = process.stderr.isTTY === true;
	return {
		told: (text: string): void => {
			if (!isShown || Date.now() - toldMs < 200) return;
			toldMs = Date.now();
			process.stderr.write(`\r\x1b[K${what}: ${text}`);
		},
		end: (): void => {
			if (isShown) process.stderr.write('\r\x1b[K');
		},
	};
}
