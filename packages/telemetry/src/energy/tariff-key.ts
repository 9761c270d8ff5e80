import type { TariffColour, TariffPeriodName } from '@pilotwire/contract';

/** A tariff period and its colour as one text, such as `peak blue`: what maps and the history know it by. */
export type TariffKey = TariffPeriodName | `${TariffPeriodName} ${TariffColour}`;

const periods: readonly TariffPeriodName[] = [
	'all_hours',
	'off_peak',
	'peak',
	'normal',
	'mobile_peak',
	'weekend',
	'other',
];
const colours: readonly TariffColour[] = ['blue', 'white', 'red', 'normal', 'peak'];

/** A tariff period, and its colour where it has one. */
export interface Tariff {
	readonly period: TariffPeriodName;
	readonly colour?: TariffColour;
}

/** The text of a tariff. */
export function tariffKey(period: TariffPeriodName, colour?: TariffColour): TariffKey {
	return colour === undefined ? period : `${period} ${colour}`;
}

/** The period of this name, where there is one. */
export function periodNamed(name: string | undefined): TariffPeriodName | undefined {
	return periods.find((known) => known === name);
}

/** The tariff that a text names; `other` for any text that names none. */
export function tariffOf(text: string): Tariff {
	const [name, shade] = text.split(' ');
	const period = periodNamed(name);
	if (period === undefined) return { period: 'other' };
	const colour = colours.find((known) => known === shade);
	return colour === undefined ? { period } : { period, colour };
}

/** The order of the contract's words. */
export function compareTariffs(a: Tariff, b: Tariff): number {
	const place = ({ period, colour }: Tariff): number =>
		periods.indexOf(period) * 10 + (colour === undefined ? 0 : colours.indexOf(colour) + 1);
	return place(a) - place(b);
}
