import type { Calendar } from '@pilotwire/calendar';
import type { Cost, CostAnswer, CostPeriod, PriceEntry } from '@pilotwire/contract';
import { instantOf } from '@pilotwire/runtime';
import { type Asked, drawnBetween, energyPeriod, exportedBetween, wholeOf } from './energy.ts';
import type { MeterEnergy } from './meter-energy.ts';
import { type PriceList, pricePerKWh } from './prices.ts';
import type { Stretch } from './rise.ts';
import { type TariffKey, tariffKey } from './tariff-key.ts';

/** What costs are counted from. */
export interface CostParts {
	readonly calendar: Calendar;
	readonly meters: readonly MeterEnergy[];
	readonly prices: PriceList;
	readonly currency: string;
	/** Ms since 1970 UTC: a subscription is owed until then. */
	readonly nowMs: number;
}

/** Money of a stretch, in whole billionths of the currency: sums of such numbers are exact. */
interface Money {
	energy: number;
	subscription: number;
	taxes: number;
	exported: number;
	unpricedWh: number;
	/** Energy with its own taxes. */
	readonly byTariff: Map<TariffKey, number>;
}

const BILLION = 1e9;
/** A price as it is written has at most six decimals; of a kWh, the billionth of the same number is a Wh's. */
const perWh = (perKWh: number): number => Math.round(perKWh * 1e6);
const vatOn = (amount: number, percent = 0): number => Math.round((amount * Math.round(percent * 1_000)) / 100_000);

/** The answer to `history.cost`. */
export function costAnswerOf(parts: CostParts, asked: Asked): CostAnswer {
	const { calendar, meters, currency } = parts;
	const periodsIn = (stretches: readonly Stretch[]) => stretches.map((stretch) => costPeriod(parts, stretch));
	const answer = {
		zone: calendar.zone,
		meters: meters.map(({ meter }) => meter),
		currency,
		periods: periodsIn(asked.now),
	};
	if (asked.before === undefined) return answer;
	const { periods, soFar } = asked.before;
	const { fromMs, toMs } = wholeOf(periods);
	const figures = (stretch: Stretch) => {
		const { energyWh, cost } = costPeriod(parts, stretch);
		return { energyWh, cost };
	};
	return {
		...answer,
		before: {
			from: instantOf(fromMs),
			to: instantOf(toMs),
			periods: periodsIn(periods),
			soFar: { now: figures(soFar.now), before: figures(soFar.before) },
		},
	};
}

/** One period with its money. */
function costPeriod(parts: CostParts, period: Stretch): CostPeriod {
	const energy = energyPeriod(parts.meters, period, parts.nowMs);
	const money = moneyOf(parts, period);
	return {
		...energy,
		cost: costOf(money),
		...(energy.exportedWh === undefined ? {} : { exportedCredit: rounded(money.exported) }),
		unpricedWh: money.unpricedWh,
		byTariff: energy.byTariff.map((part) => ({
			...part,
			cost: rounded(money.byTariff.get(tariffKey(part.period, part.colour)) ?? 0),
		})),
	};
}

function costOf({ energy, subscription, taxes }: Money): Cost {
	const parts = { energy: rounded(energy), subscription: rounded(subscription), taxes: rounded(taxes) };
	return { ...parts, total: rounded(millionths(energy) + millionths(subscription) + millionths(taxes)) };
}

const millionths = (billionths: number): number => Math.round(billionths / 1_000) * 1_000;
/** To the millionth. */
const rounded = (billionths: number): number => millionths(billionths) / BILLION;

function moneyOf(parts: CostParts, period: Stretch): Money {
	const money: Money = { energy: 0, subscription: 0, taxes: 0, exported: 0, unpricedWh: 0, byTariff: new Map() };
	for (const { prices, ...stretch } of parts.prices.parts(period)) {
		addEnergy(money, parts, stretch, prices);
		if (prices !== undefined) addFees(money, parts, stretch, prices);
	}
	return money;
}

function addEnergy(money: Money, { meters }: CostParts, stretch: Stretch, prices: PriceEntry | undefined): void {
	for (const [tariff, wh] of drawnBetween(meters, stretch)) {
		const price = prices && pricePerKWh(prices, tariff);
		if (prices === undefined || price === undefined) {
			money.unpricedWh += wh;
			continue;
		}
		const net = wh * perWh(price);
		const excise = wh * perWh(prices.taxes?.perKWh ?? 0);
		const taxes = excise + vatOn(net + excise, prices.taxes?.energyVatPercent);
		money.energy += net;
		money.taxes += taxes;
		money.byTariff.set(tariff, (money.byTariff.get(tariff) ?? 0) + net + taxes);
	}
	const exportedWh = exportedBetween(meters, stretch) ?? 0;
	money.exported += exportedWh * perWh(prices?.exportedPerKWh ?? 0);
}

/** Fees are shared out over days: of a period that isn't over, those until now. */
function addFees(money: Money, { calendar, nowMs }: CostParts, stretch: Stretch, prices: PriceEntry): void {
	const until = { fromMs: stretch.fromMs, toMs: Math.min(stretch.toMs, nowMs) };
	const share = (fee: PriceEntry['subscription']): number =>
		fee === undefined ? 0 : Math.round(fee.amount * BILLION * shareOf(calendar, fee.per, until));
	const { subscription, taxes } = prices;
	const [net, fixed] = [share(subscription), share(taxes?.fixed)];
	money.subscription += net;
	money.taxes += fixed + vatOn(net + fixed, taxes?.subscriptionVatPercent);
}

/** How many months or years a stretch is, each day the same part of its month or year, however many hours it has. */
function shareOf(calendar: Calendar, unit: 'month' | 'year', { fromMs, toMs }: Stretch): number {
	let share = 0;
	for (let atMs = fromMs; atMs < toMs; ) {
		const day = calendar.spanOf('day', atMs);
		const endMs = Math.min(day.toMs, toMs);
		share += (endMs - atMs) / (day.toMs - day.fromMs) / daysIn(unit, calendar.local(atMs).date);
		atMs = endMs;
	}
	return share;
}

function daysIn(unit: 'month' | 'year', date: string): number {
	const [year = 0, month = 1] = date.split('-').map(Number);
	if (unit === 'month') return new Date(Date.UTC(year, month, 0)).getUTCDate();
	return (Date.UTC(year + 1, 0) - Date.UTC(year, 0)) / 86_400_000;
}
