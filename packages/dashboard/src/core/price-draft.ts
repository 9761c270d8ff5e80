// Dated prices as they are typed: texts until they are saved, so that "0," stands while somebody writes.
import { type PriceEntry, priceEntry, type TariffColour, type TariffPeriodName } from '@pilotwire/contract';

/** What the fields of an entry hold. Empty: not given. */
export interface PriceDraft {
	readonly from: string;
	readonly name: string;
	readonly energy: readonly {
		readonly period: TariffPeriodName;
		readonly colour: TariffColour | '';
		readonly perKWh: string;
	}[];
	readonly exported: string;
	readonly subscription: string;
	readonly per: 'month' | 'year';
	/** Taxes besides the prices: per kWh, fixed in a year, and VAT on either. */
	readonly taxPerKWh: string;
	readonly taxFixed: string;
	readonly taxFixedPer: 'month' | 'year';
	readonly energyVat: string;
	readonly subscriptionVat: string;
}

/** Fields that could not be understood. */
export type DraftFault = 'from' | 'energy' | 'number';

/** The fields of an entry; of none, the fields of a new one that begins on a day. `point`: as people write it. */
export function draftOf(entry: PriceEntry | undefined, today: string, point = '.'): PriceDraft {
	const written = (value: number | undefined): string => (value === undefined ? '' : String(value).replace('.', point));
	const { subscription, taxes } = entry ?? {};
	return {
		from: entry?.from ?? today,
		name: entry?.name ?? '',
		energy: (entry?.energy ?? [{ period: 'all_hours', perKWh: undefined }]).map((one) => ({
			period: one.period,
			colour: ('colour' in one ? one.colour : undefined) ?? '',
			perKWh: written(one.perKWh),
		})),
		exported: written(entry?.exportedPerKWh),
		subscription: written(subscription?.amount),
		per: subscription?.per ?? 'month',
		taxPerKWh: written(taxes?.perKWh),
		taxFixed: written(taxes?.fixed?.amount),
		taxFixedPer: taxes?.fixed?.per ?? 'year',
		energyVat: written(taxes?.energyVatPercent),
		subscriptionVat: written(taxes?.subscriptionVatPercent),
	};
}

/** A number as people of either language type it; NaN for what is none, undefined for nothing. */
export function numberOf(text: string): number | undefined {
	const plain = text.replaceAll(/[\s\u00a0\u202f€]/g, '').replace(',', '.');
	if (plain === '') return undefined;
	return /^-?\d+(\.\d+)?$|^-?\.\d+$/.test(plain) ? Number(plain) : Number.NaN;
}

/** The entry that the fields mean, or which of them are wrong. */
export function entryOf(draft: PriceDraft): PriceEntry | { readonly faults: readonly DraftFault[] } {
	const { exported, subscription, taxPerKWh, taxFixed, energyVat, subscriptionVat } = draft;
	const faults = new Set<DraftFault>();
	if (!/^\d{4}-\d\d-\d\d$/.test(draft.from)) faults.add('from');
	const energy = draft.energy.map(({ period, colour, perKWh }) => {
		const price = numberOf(perKWh);
		if (price === undefined || Number.isNaN(price)) faults.add('energy');
		return { period, ...(colour === '' ? {} : { colour }), perKWh: price ?? 0 };
	});
	if (energy.length === 0) faults.add('energy');
	const figures = [exported, subscription, taxPerKWh, taxFixed, energyVat, subscriptionVat].map(numberOf);
	if (figures.some(Number.isNaN)) faults.add('number');
	const [sold, fee, perKWh, fixed, energyVatPercent, subscriptionVatPercent] = figures;
	const taxes = given({
		perKWh,
		fixed: fixed === undefined ? undefined : { amount: fixed, per: draft.taxFixedPer },
		...{ energyVatPercent, subscriptionVatPercent },
	});
	const entry = given({
		from: draft.from,
		name: draft.name.trim() === '' ? undefined : draft.name.trim(),
		energy,
		exportedPerKWh: sold,
		subscription: fee === undefined ? undefined : { amount: fee, per: draft.per },
		taxes: Object.keys(taxes).length === 0 ? undefined : taxes,
	});
	const parsed = priceEntry.safeParse(entry);
	if (faults.size === 0 && parsed.success) return parsed.data;
	return { faults: faults.size === 0 ? ['number'] : [...faults] };
}

function given(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
	return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** The list with an entry in it, oldest first; it takes the place of the one it was made from and of one of its day. */
export function withPrice(
	list: readonly PriceEntry[],
	entry: PriceEntry,
	replaced: PriceEntry | undefined,
): PriceEntry[] {
	const others = list.filter((one) => one !== replaced && one.from !== entry.from);
	return [...others, entry].sort((a, b) => a.from.localeCompare(b.from));
}

/** The entry that holds on a day; undefined before the first. */
export function priceOn(list: readonly PriceEntry[], date: string): PriceEntry | undefined {
	return list.filter(({ from }) => from <= date).at(-1);
}
