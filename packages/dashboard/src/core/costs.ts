// What the house cost: a day, month or year of the calendar, summed up and split for the screen.
import { addDays } from '@pilotwire/calendar';
import type { Cost, CostAnswer, CostPeriod, TariffColour, TariffPeriodName } from '@pilotwire/contract';

/** What the screen shows at once; each is drawn in the parts below it. */
export type CostSpan = 'day' | 'month' | 'year';

/** The parts that a span is drawn in. */
export const PART_OF = { day: 'hour', month: 'day', year: 'month' } as const;

/** A span by its first day, and the first day after it; local dates. */
export interface DateRange {
	readonly from: string;
	readonly to: string;
}

/** The day, month or year that a date lies in. */
export function rangeOf(span: CostSpan, date: string): DateRange {
	if (span === 'day') return { from: date, to: addDays(date, 1) };
	if (span === 'month') {
		const from = `${date.slice(0, 7)}-01`;
		return { from, to: `${addDays(from, 31).slice(0, 7)}-01` };
	}
	const year = Number(date.slice(0, 4));
	return { from: `${year}-01-01`, to: `${year + 1}-01-01` };
}

/** The span before (-1) or after (1) that of a date, by its first day. */
export function neighbour(span: CostSpan, date: string, step: 1 | -1): string {
	const { from, to } = rangeOf(span, date);
	return step === 1 ? to : rangeOf(span, addDays(from, -1)).from;
}

/** A tariff period of a colour. */
export interface Tariff {
	readonly period: TariffPeriodName;
	readonly colour: TariffColour | undefined;
}

/** One tariff's share of a span. */
export interface TariffShare extends Tariff {
	readonly energyWh: number;
	readonly cost: number;
	/** Of the energy, 0 to 1. */
	readonly share: number;
}

/** Everything of a span together. */
export interface CostTotal {
	readonly energyWh: number;
	readonly exportedWh: number;
	readonly credit: number;
	readonly cost: Cost;
	readonly unpricedWh: number;
	/** Every part that is over was measured without a gap. */
	readonly complete: boolean;
	/** The dearest word first as it is in the contract's order. */
	readonly byTariff: readonly TariffShare[];
}

const keyOf = ({ period, colour = '' }: { period: string; colour?: string | undefined }): string =>
	`${period} ${colour}`;

/** Sums parts up. */
export function totalOf(periods: readonly CostPeriod[]): CostTotal {
	const sum = (of: (period: CostPeriod) => number): number => periods.reduce((total, period) => total + of(period), 0);
	const energyWh = sum((period) => period.energyWh);
	const tariffs = new Map<string, { -readonly [Name in keyof TariffShare]: TariffShare[Name] }>();
	for (const one of periods.flatMap(({ byTariff }) => byTariff)) {
		const { period, colour } = one;
		const entry = tariffs.get(keyOf(one)) ?? { period, colour, energyWh: 0, cost: 0, share: 0 };
		tariffs.set(keyOf(one), entry);
		entry.energyWh += one.energyWh;
		entry.cost += one.cost;
	}
	const byTariff = [...tariffs.values()].map((one) => ({
		...one,
		share: energyWh === 0 ? 0 : one.energyWh / energyWh,
	}));
	return {
		energyWh,
		exportedWh: sum((period) => period.exportedWh ?? 0),
		credit: sum((period) => period.exportedCredit ?? 0),
		cost: {
			energy: sum(({ cost }) => cost.energy),
			subscription: sum(({ cost }) => cost.subscription),
			taxes: sum(({ cost }) => cost.taxes),
			total: sum(({ cost }) => cost.total),
		},
		unpricedWh: sum((period) => period.unpricedWh),
		complete: periods.every(({ complete }) => complete),
		byTariff: byTariff.sort((a, b) => b.energyWh - a.energyWh),
	};
}

/** How much more (positive) or less the span cost than the one before it by the same day: a share, or undefined. */
export function changeOf({ before }: CostAnswer, what: 'cost' | 'energy'): number | undefined {
	if (before === undefined) return undefined;
	const { now, before: then } = before.soFar;
	const [later, earlier] = what === 'cost' ? [now.cost.total, then.cost.total] : [now.energyWh, then.energyWh];
	return earlier > 0 ? later / earlier - 1 : undefined;
}

/** A part as a bar: its tariffs as shares of the highest bar, in the order of `order`. */
export interface Bar {
	readonly fromMs: number;
	readonly value: number;
	readonly pieces: readonly (Tariff & { readonly share: number })[];
}

/** What a bar is as high as: money, or energy where no price is known. */
type Worth = 'cost' | 'energy';

/** What a tariff came to in a part: money (never less than nothing) or Wh. */
export function worthOf({ byTariff }: CostPeriod, tariff: Tariff, what: Worth): number {
	const found = byTariff.find((one) => keyOf(one) === keyOf(tariff));
	if (found === undefined) return 0;
	return what === 'cost' ? Math.max(0, found.cost) : found.energyWh;
}

/** Bars of money, or of energy where no price is known. */
export function barsOf(periods: readonly CostPeriod[], order: readonly Tariff[], what: Worth): Bar[] {
	const pieces = periods.map((part) => order.map((tariff) => ({ tariff, worth: worthOf(part, tariff, what) })));
	const sums = pieces.map((all) => all.reduce((sum, { worth }) => sum + worth, 0));
	const most = Math.max(...sums, Number.MIN_VALUE);
	return periods.map(({ from }, index) => ({
		fromMs: Date.parse(from),
		value: sums[index] ?? 0,
		pieces: (pieces[index] ?? [])
			.filter(({ worth }) => worth > 0)
			.map(({ tariff: { period, colour }, worth }) => ({ period, colour, share: worth / most })),
	}));
}
