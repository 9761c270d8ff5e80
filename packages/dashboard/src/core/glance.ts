// The house in a few figures: inside and outside, the tariff, and what this hour costs.
import { type CostAnswer, costAnswer, type TariffColour, type TariffPeriodName } from '@pilotwire/contract';
import { firstMeter, type House, trueAtMs } from './house.ts';
import { periodOf } from './words.ts';

/** A probe that stands for the weather is named so; all others are inside. */
const OUTSIDE = /^(outside|outdoors?|exterieur|dehors)/;
/** A probe that said nothing for longer is not counted. Milliseconds. */
const PROBE_SILENCE_MS = 3_600_000;

/** Temperatures now, °C; undefined where no probe says. */
export interface Temperatures {
	readonly inside: { readonly mean: number; readonly low: number; readonly high: number } | undefined;
	readonly outside: number | undefined;
}

/** The probe that stands for the weather. */
export function outsideProbe({ probes }: House): string | undefined {
	return [...probes].find(([id, { value }]) => value.room === undefined && OUTSIDE.test(id))?.[0];
}

export function temperatures(house: House, nowMs: number): Temperatures {
	const inside: number[] = [];
	let outside: number | undefined;
	for (const [id, { value }] of house.probes) {
		const { temperatureC, at } = value;
		if (temperatureC === undefined || nowMs - trueAtMs(house, at) > PROBE_SILENCE_MS) continue;
		if (value.room === undefined && OUTSIDE.test(id)) outside ??= temperatureC;
		else inside.push(temperatureC);
	}
	if (inside.length === 0) return { inside: undefined, outside };
	const mean = inside.reduce((sum, degrees) => sum + degrees, 0) / inside.length;
	return { inside: { mean, low: Math.min(...inside), high: Math.max(...inside) }, outside };
}

/** The tariff in force. */
export interface TariffNow {
	readonly period: TariffPeriodName | undefined;
	/** The meter's own word, where that is all there is. */
	readonly label: string | undefined;
	readonly next: { readonly atMs: number; readonly period: TariffPeriodName } | undefined;
	readonly today: TariffColour | undefined;
	readonly tomorrow: TariffColour | undefined;
	/** The contract has colours. */
	readonly coloured: boolean;
}

/** From `tariff/state`; from the meter's reading while nobody says that one. Undefined where nothing is known. */
export function tariffNow(house: House): TariffNow | undefined {
	const said = house.tariff?.value;
	if (said?.period !== undefined || said?.colourToday !== undefined) {
		const today = said.colourToday ?? said.colour;
		const next = said.next && { atMs: trueAtMs(house, said.next.at), period: said.next.period };
		const coloured = today !== undefined || said.colourTomorrow !== undefined;
		return { period: said.period, label: said.label, next, today, tomorrow: said.colourTomorrow, coloured };
	}
	const reading = firstMeter(house.readings)?.value;
	if (reading?.tariffPeriod === undefined) return undefined;
	const { colourToday = reading.tariffPeriod.colour, colourTomorrow } = reading;
	const coloured = colourToday !== undefined || colourTomorrow !== undefined;
	const label = reading.tariffPeriod.text;
	const period = periodOf(reading.tariffPeriod.name);
	return { period, label, next: undefined, today: colourToday, tomorrow: colourTomorrow, coloured };
}

/** What this hour and this day have cost so far. */
export interface CostNow {
	readonly hour: number;
	readonly day: number;
	readonly currency: string;
}

/** Reads a day by the hour; undefined where it is no answer, or no price is known. */
export function costNow(answer: unknown, nowMs: number): CostNow | undefined {
	const parsed = costAnswer.safeParse(answer);
	if (!parsed.success) return undefined;
	const { periods, currency }: CostAnswer = parsed.data;
	if (periods.every(({ unpricedWh, energyWh, cost }) => unpricedWh === energyWh && cost.total === 0)) return undefined;
	const hour = periods.find(({ from, to }) => Date.parse(from) <= nowMs && nowMs < Date.parse(to));
	const day = periods.reduce((sum, { cost }) => sum + cost.total, 0);
	return { hour: hour?.cost.total ?? 0, day, currency };
}
