// Which subscription would do: what the house found out, as rows of a table.
import type { AdviceState, AdviceTrial, ReadingState } from '@pilotwire/contract';

/** Volts that French contracts count an ampere of the subscription with. */
const CONTRACT_V = 200;
const HOURS_A_DAY = 24;

/** What a size would be like. */
export interface SizeRow {
	readonly prefKVA: number;
	/** `best`: the smallest that would do. `opens`: the breaker would open. `cold`: rooms would be felt to be colder. */
	readonly verdict: 'best' | 'does' | 'opens' | 'cold';
	/** The subscription held today. */
	readonly held: boolean;
	/** Of the breaker, on the days that were tried; and those that come without any radiator. */
	readonly openings: number;
	readonly openingsWithoutHeating: number;
	readonly minutesShedADay: number;
	/** How much colder a room is on the mean because of the size, K. */
	readonly colderK: number;
	/** More (or, below 0, less) a year than the subscription held; undefined where a price is missing. */
	readonly yearlyDifference: number | undefined;
}

/** The sizes of one layout, from the smallest on. `prices`: what a size costs a year, by kVA. */
export function sizeRows(
	{ trials = [], learned }: AdviceState,
	phases: 1 | 3,
	heldKVA: number | undefined,
	prices: ReadonlyMap<number, number>,
): SizeRow[] {
	const own = trials.filter((trial) => trial.phases === phases);
	const best = own.find(({ suffices }) => suffices);
	const heldPrice = heldKVA === undefined ? undefined : prices.get(heldKVA);
	return own.map((trial) => {
		const { prefKVA, openings, openingsWithoutHeating, minutesShed, comfortLostKh, days } = trial;
		const price = prices.get(prefKVA);
		return {
			...{ prefKVA, openings, openingsWithoutHeating, verdict: verdictOf(trial, best), held: prefKVA === heldKVA },
			minutesShedADay: minutesShed / Math.max(1, days),
			colderK: comfortLostKh / Math.max(1, days * HOURS_A_DAY * (learned?.radiators ?? 1)),
			yearlyDifference: price === undefined || heldPrice === undefined ? undefined : price - heldPrice,
		};
	});
}

function verdictOf(trial: AdviceTrial, best: AdviceTrial | undefined): SizeRow['verdict'] {
	if (trial === best) return 'best';
	if (trial.suffices) return 'does';
	return trial.openings > 0 ? 'opens' : 'cold';
}

/** The subscription held today as the meter says it, kVA; undefined where it does not. */
export function heldKVA(reading: ReadingState | undefined): number | undefined {
	if (reading?.referencePowerKVA !== undefined) return reading.referencePowerKVA;
	if (reading?.subscribedCurrentA === undefined) return undefined;
	return Math.round((reading.subscribedCurrentA * reading.phases * CONTRACT_V) / 1000);
}
