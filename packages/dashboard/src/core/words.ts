// Which words stand for what the bus says.
import type { Order, ReadingState } from '@pilotwire/contract';
import type { Key } from '../i18n/index.ts';

type OrderWord = Order | 'auto';

/** An order's name and what it does to a room. */
export const orderKeys: Readonly<Record<OrderWord, { readonly name: Key; readonly hint: Key }>> = {
	comfort: { name: 'order.comfort', hint: 'order.comfort.hint' },
	'comfort_-1': { name: 'order.comfort1', hint: 'order.comfort1.hint' },
	'comfort_-2': { name: 'order.comfort2', hint: 'order.comfort2.hint' },
	eco: { name: 'order.eco', hint: 'order.eco.hint' },
	frost_protection: { name: 'order.frost', hint: 'order.frost.hint' },
	off: { name: 'order.off', hint: 'order.off.hint' },
	auto: { name: 'order.auto', hint: 'order.auto.hint' },
};

/** Tempo's colours: the word always stands beside the colour. */
export const colourKeys = { blue: 'colour.blue', white: 'colour.white', red: 'colour.red' } as const;

const periodKeys: Readonly<Record<string, Key>> = {
	all_hours: 'period.base',
	off_peak: 'period.offpeak',
	peak: 'period.peak',
	normal: 'period.normal',
	mobile_peak: 'period.mobile',
	weekend: 'period.weekend',
};

/** The name of a tariff period; undefined where only the meter's own text says it. */
export function periodKey({ name }: NonNullable<ReadingState['tariffPeriod']>): Key | undefined {
	return Object.hasOwn(periodKeys, name) ? periodKeys[name] : undefined;
}
