// Which words stand for what the bus says.
import type { CircuitState, Order, TariffColour, TariffPeriodName } from '@pilotwire/contract';
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

/** The same for what knows on and off alone, such as a plug. */
const switchKeys: typeof orderKeys = {
	...orderKeys,
	comfort: { name: 'order.on', hint: 'order.on.hint' },
	off: { name: 'order.switchedoff', hint: 'order.switchedoff.hint' },
};

/** Whether a circuit knows on and off alone. */
export const isSwitched = (circuit: Pick<CircuitState, 'kind'> | undefined): boolean =>
	circuit !== undefined && circuit.kind !== 'radiator';

/** The words of an order for a radiator, or for what is switched. */
export const orderWords = (order: OrderWord, switched: boolean): (typeof orderKeys)[OrderWord] =>
	(switched ? switchKeys : orderKeys)[order];

/** What an order does to what is switched: the wire of a plug knows no warmer and cooler. */
export const switchedOrder = (order: Order): Order =>
	order === 'off' || order === 'frost_protection' ? 'off' : 'comfort';

/** Tempo's colours and EJP's days: the word always stands beside the colour. */
export const colourKeys: Readonly<Record<TariffColour, Key>> = {
	blue: 'colour.blue',
	white: 'colour.white',
	red: 'colour.red',
	normal: 'colour.normal',
	peak: 'colour.peak',
};

/** The hours of a contract. */
export const tariffKeys: Readonly<Record<TariffPeriodName, Key>> = {
	all_hours: 'period.base',
	off_peak: 'period.offpeak',
	peak: 'period.peak',
	normal: 'period.normal',
	mobile_peak: 'period.mobile',
	weekend: 'period.weekend',
	other: 'period.other',
};

/** A period that the meter names; undefined where it is a word of a supplier's own. */
export function periodOf(name: string): TariffPeriodName | undefined {
	return name !== 'other' && Object.hasOwn(tariffKeys, name) ? (name as TariffPeriodName) : undefined;
}
