import { setImmediate } from 'node:timers/promises';
import { type AdviceHouse, type LoadCurve, parseLoadCurve, SIZES_KVA, SubscriptionAdvisor } from '@pilotwire/house';
import { readRecording } from '@pilotwire/meter-reader';
import { type Command, InvalidArgumentError } from 'commander';
import { type Advised, isSure, sentences, splitText, suffices, tableOf } from '../advise/advice-text.ts';
import { askTelemetry } from '../advise/ask-telemetry.ts';
import { readHistory } from '../advise/read-history.ts';
import type { RecordedHouse } from '../advise/recorded-house.ts';
import { type SplitLoad, splitHeating } from '../advise/split-heating.ts';
import { readHouse, shedderMeter } from '../config.ts';
import { curveInvalid } from '../errors.ts';
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
	readonly from?: { readonly history: RecordedHouse; readonly split: SplitLoad };
}

/** `pilotwire advise --load FILE | --history`: which subscription would do? Each size is tried on the load. */
export async function adviseSubscription(options: AdviseOptions, command: Command): Promise<void> {
	const { load, history } = options;
	if ((load === undefined) === (history === undefined))
		command.error('error: either --load FILE or --history is needed');
	const isQuiet = options.json === true || !process.stderr.isTTY;
	const progress = (text: string) => void (isQuiet || process.stderr.write(`\r\x1b[K${text}`));
	const { house, from } = load === undefined ? await ownHouse(options, progress) : await loadHouse(load, options);
	const advisor = new SubscriptionAdvisor(house);
	if (advisor.days < 1) {
		throw curveInvalid(load ?? 'history', ['the end: expected a whole day from midnight to midnight, got less']);
	}
	const trials: Advised[] = [];
	const sizes = ([1, 3] as const).flatMap((phases) => SIZES_KVA.map((prefKVA) => ({ phases, prefKVA })));
	for (const { prefKVA, phases } of sizes) {
		progress(`${trials.length + 1} of ${sizes.length}: ${prefKVA} kVA, ${phases} phase(s)`);
		trials.push({ ...advisor.try(prefKVA, phases), ...difference(prefKVA, options) });
		// An interrupt is heard between two sizes.
		await setImmediate();
	}
	progress('');
	const smallest = ([1, 3] as const).map((phases) => suffices(trials, phases, house.radiators.length));
	if (options.json === true) {
		const estimate = from && { ...estimateOf(from), sure: isSure(from.split) };
		console.log(JSON.stringify({ history: estimate, trials, smallest: smallest.filter(Boolean) }, undefined, 2));
		return;
	}
	if (from !== undefined) console.log(`${splitText(from.history, from.split, options.outside)}\n`);
	console.log(`${tableOf(trials)}\n\n${sentences(smallest).join('\n')}`);
}

/** `--radiators`: ratings in watts, comma-separated. */
export function ratingsOf(text: string): number[] {
	const ratings = text.split(',').map(Number);
	if (ratings.some((watts) => !(watts > 0 && watts <= 10_000))) {
		throw new InvalidArgumentError('expected ratings in watts up to 10000, such as 1500,1000,750.');
	}
	return ratings;
}

/** `--price 9=182.4`, repeated: euros (or any money) a year for a size in kVA. */
export function priceOf(text: string, known: ReadonlyMap<number, number> = new Map()): ReadonlyMap<number, number> {
	const [, kva, price] = /^(\d+)=(\d+(?:\.\d+)?)$/.exec(text) ?? [];
	if (kva === undefined || !SIZES_KVA.some((size) => size === Number(kva))) {
		throw new InvalidArgumentError(`expected SIZE=PRICE, such as 9=182.40; sizes are ${SIZES_KVA.join(', ')} kVA.`);
	}
	return new Map([...known, [Number(kva), Number(price)]]);
}

async function loadHouse(path: string, options: AdviseOptions): Promise<Asking> {
	const chunks: Uint8Array[] = [];
	for await (const chunk of readRecording(path)) chunks.push(chunk);
	const parsed = parseLoadCurve(Buffer.concat(chunks).toString('utf8'));
	if ('faults' in parsed) {
		const told = parsed.faults.map(
			({ line, expected, received }) => `line ${line}: expected ${expected}, got ${received.slice(0, 80)}`,
		);
		throw curveInvalid(path, told);
	}
	const { outside: outsideC, days, mode } = options;
	return { house: { curve: parsed.curve, radiators: await radiatorsOf(options), outsideC, days, mode } };
}

/** The house of the configuration, as telemetry remembers it. */
async function ownHouse(options: AdviseOptions, progress: (text: string) => void): Promise<Asking> {
	const house = await readHouse(options);
	const { outside: outsideC, days, mode } = options;
	const radiators = house.radiators.map(({ id, powerW, board }) => {
		return { id, powerW, phase: house.boards.modules.find(({ address }) => address === board)?.phase ?? 1 };
	});
	const onDay = (day: number) => progress(`history: day ${day} of ${days}`);
	const scope = { meter: shedderMeter(house), radiators, days, nowMs: Date.now(), onDay };
	const history = await askTelemetry(house, (ask) => readHistory(ask, scope));
	const split = splitHeating(history, outsideC);
	const powers = history.circuits.map(({ powerW, phase }) => ({ powerW, phase }));
	return {
		house: { curve: curveOf(split), radiators: powers, outsideC, days: history.days, mode },
		from: { history, split },
	};
}

/** What is left without the radiators, as a curve that begins at midnight. */
function curveOf({ otherVA }: SplitLoad): LoadCurve {
	const apparentVA = new Float64Array(otherVA[0]?.length ?? 0);
	for (const values of otherVA) {
		for (const [minute, va] of values.entries()) apparentVA[minute] = (apparentVA[minute] as number) + va;
	}
	const none = new Float64Array(apparentVA.length);
	const subMeters = { kitchenW: none, laundryW: none, waterHeaterW: none };
	return { startMinute: 0, apparentVA, phasesVA: otherVA, ...subMeters, emptyRows: 0 };
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

function difference(prefKVA: number, { price, now }: AdviseOptions): { yearlyDifference?: number } {
	const own = price?.get(prefKVA);
	const compared = now === undefined ? [...(price?.values() ?? [])][0] : price?.get(now);
	return own === undefined || compared === undefined ? {} : { yearlyDifference: own - compared };
}
