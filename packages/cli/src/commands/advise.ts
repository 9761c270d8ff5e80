import { setImmediate } from 'node:timers/promises';
import type { AdviceHouse } from '@pilotwire/house';
import { readRecording } from '@pilotwire/meter-reader';
import type { Command } from 'commander';
import { isSure, sentences, splitText, suffices, tableOf, triedText } from '../advise/advice-text.ts';
import { askTelemetry } from '../advise/ask-telemetry.ts';
import { type OwnHouse, ownHouse, sizesOnSale, trySizes } from '../advise/own-history.ts';
import { radiatorsOfHouse, readHouse, shedderMeter } from '../config.ts';
import { curveInvalid } from '../errors.ts';
import { curveOf, loadTable } from '../load-table.ts';
import type { ConfigOptions } from './options.ts';

interface AdviseOptions extends ConfigOptions {
	/** The load without the radiators; without it the house's own history. */
	readonly load?: string;
	readonly history?: true;
	/** Ratings, W, instead of the configuration's radiators. */
	readonly radiators?: readonly number[];
	readonly outside: number;
	readonly days: number;
	readonly mode: 'strict' | 'tolerant';
	/** What a size costs a year, by kVA. */
	readonly price?: ReadonlyMap<number, number>;
	/** The size held today, kVA: prices are compared with its. */
	readonly now?: number;
	readonly json?: true;
}

/** The house that asks, and where its load came from. */
interface Asking {
	readonly house: AdviceHouse;
	readonly from?: OwnHouse['from'];
}

/** `pilotwire advise --load FILE | --history`: which subscription would do? Each size is tried on the load. */
export async function adviseSubscription(options: AdviseOptions, command: Command): Promise<void> {
	const { load, history } = options;
	if ((load === undefined) === (history === undefined))
		command.error('error: either --load FILE or --history is needed');
	const { price, now } = options;
	if (price !== undefined && now !== undefined && !price.has(now)) {
		command.error(`error: --now ${now} has no price to compare with: give --price ${now}=AMOUNT too`);
	}
	const isQuiet = options.json === true || !process.stderr.isTTY;
	const progress = (text: string) => void (isQuiet || process.stderr.write(`\r\x1b[K${text}`));
	const { house, from } = load === undefined ? await recordedHouse(options, progress) : await loadHouse(load, options);
	const results = await trySizes(house, async (number, { prefKVA, phases }) => {
		progress(`${number} of ${sizesOnSale.length}: ${prefKVA} kVA, ${phases} phase(s)`);
		// An interrupt is heard between two sizes.
		await setImmediate();
	});
	if (results === undefined) {
		throw curveInvalid(load ?? 'history', ['the end: expected a whole day from midnight to midnight, got less']);
	}
	const trials = results.map((trial) => ({ ...trial, ...difference(trial.prefKVA, options) }));
	progress('');
	const compared = comparedWith(options);
	const smallest = ([1, 3] as const).map((phases) => suffices(trials, phases, house.radiators.length));
	if (options.json === true) {
		const estimate = from && { ...estimateOf(from), sure: isSure(from.split) };
		console.log(JSON.stringify({ history: estimate, trials, smallest: smallest.filter(Boolean) }, undefined, 2));
		return;
	}
	if (from !== undefined) console.log(`${splitText(from.history, from.split, options.outside)}\n`);
	const said = sentences(smallest, compared).join('\n');
	const tried = { days: trials[0]?.days ?? 0, from: load ?? 'the history', whose: whose(options) };
	console.log(`${tableOf(trials)}\n\n${triedText(house, tried)}\n\n${said}`);
}

async function loadHouse(path: string, options: AdviseOptions): Promise<Asking> {
	const chunks: Uint8Array[] = [];
	for await (const chunk of readRecording(path)) chunks.push(chunk);
	const curve = curveOf(path, loadTable(Buffer.concat(chunks).toString('utf8')));
	const { outside: outsideC, days, mode } = options;
	return { house: { curve, radiators: await radiatorsOf(options), outsideC, days, mode } };
}

/** The house of the configuration, as telemetry remembers it. */
async function recordedHouse(options: AdviseOptions, progress: (text: string) => void): Promise<OwnHouse> {
	const house = await readHouse(options);
	const { outside: outsideC, days, mode } = options;
	const onDay = (day: number) => progress(`history: day ${day} of ${days}`);
	const scope = { meter: shedderMeter(house), radiators: radiatorsOfHouse(house), days, nowMs: Date.now(), onDay };
	return askTelemetry(house, (ask) => ownHouse(ask, scope, { outsideC, mode }));
}

function estimateOf({ history, split }: NonNullable<Asking['from']>) {
	const { days, daysLeftOut, filledMinutes, circuits } = history;
	const { otherVA: _, ...figures } = split;
	return { days, daysLeftOut, filledMinutes, radiators: circuits.length, ...figures };
}

async function radiatorsOf(options: AdviseOptions): Promise<AdviceHouse['radiators']> {
	if (options.radiators !== undefined) return options.radiators.map((powerW) => ({ powerW }));
	const { radiators, boards } = await readHouse(options);
	const phaseOf = new Map(boards.modules.map(({ address, phase }) => [address, phase]));
	return radiators.map(({ powerW, board }) => ({ powerW, phase: phaseOf.get(board) }));
}

/** The size that prices are compared with: the one held, or the first that has a price. */
function comparedWith({ price, now }: AdviseOptions): number | undefined {
	return now ?? [...(price?.keys() ?? [])][0];
}

function difference(prefKVA: number, options: AdviseOptions): { yearlyDifference?: number } {
	const { price } = options;
	const own = price?.get(prefKVA);
	const compared = price?.get(comparedWith(options) ?? prefKVA);
	return own === undefined || compared === undefined ? {} : { yearlyDifference: own - compared };
}

/** Whose radiators were tried, where nobody named any. */
function whose({ load, config, radiators }: AdviseOptions): string {
	if (load === undefined || config !== undefined || radiators !== undefined) return '';
	return ' (those of the demonstration house: give yours with --radiators, or --config)';
}
