/** The orders a circuit takes, and which of two draws more. */

/**
 * The six words of the bus, from the least to the most that a circuit may draw. A switched circuit (plug, contactor,
 * charger) knows two of them: `comfort` is on and `off` is off.
 */
const ORDERS_BY_LEVEL = ['off', 'frost_protection', 'eco', 'comfort_-2', 'comfort_-1', 'comfort'] as const;

/** What a circuit is told to do. */
export type Order = (typeof ORDERS_BY_LEVEL)[number];

/** 0 (off) to 5 (comfort): a higher level may draw more, never less. */
export function orderLevel(order: Order): number {
	return ORDERS_BY_LEVEL.indexOf(order);
}

/** Whether going from one order to the other can raise the load. */
export function raises(from: Order, to: Order): boolean {
	return orderLevel(to) > orderLevel(from);
}

/** The lower of two orders. */
export function lowerOrder(one: Order, other: Order): Order {
	return raises(one, other) ? one : other;
}

/** The higher of two orders. */
export function higherOrder(one: Order, other: Order): Order {
	return raises(one, other) ? other : one;
}
