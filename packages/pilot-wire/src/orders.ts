/**
 * The six orders of the French pilot wire ("fil pilote", GIFAM) and the mains signal that says each.
 * Their names are those of Zigbee2MQTT's `pilot_wire_mode`.
 */

/** The six orders, from the warmest to the coldest. */
export const ORDERS = ['comfort', 'comfort_-1', 'comfort_-2', 'eco', 'frost_protection', 'off'] as const;

/** One of the six words a radiator obeys. */
export type Order = (typeof ORDERS)[number];

/** How many orders a radiator understands: older ones know neither `comfort_-1` nor `comfort_-2`. */
export type OrderCount = 4 | 6;

/** What is on the wire at one moment. */
export type Signal = 'none' | 'full_wave' | 'negative_half' | 'positive_half';

/** The two opto-triacs of a wire; true = that half of the mains wave is let through. */
export interface Halves {
	readonly positive: boolean;
	readonly negative: boolean;
}

/** The halves of each signal. As a bit pair with the positive half low: none 00, positive 01, negative 10, full 11. */
export const SIGNAL_HALVES: Readonly<Record<Signal, Halves>> = {
	none: { positive: false, negative: false },
	full_wave: { positive: true, negative: true },
	negative_half: { positive: false, negative: true },
	positive_half: { positive: true, negative: false },
};

/** The signal that two halves make. */
export function signalOf(halves: Halves): Signal {
	if (halves.positive) return halves.negative ? 'full_wave' : 'positive_half';
	return halves.negative ? 'negative_half' : 'none';
}

/**
 * The order a signal says when it stands still. A pulsed order reads as `comfort` between its pulses and as `eco`
 * during one: a single look at the wire cannot tell.
 */
export function steadyOrderOf(signal: Signal): Order {
	switch (signal) {
		case 'none':
			return 'comfort';
		case 'full_wave':
			return 'eco';
		case 'negative_half':
			return 'frost_protection';
		case 'positive_half':
			return 'off';
	}
}

/**
 * The order as a radiator with that many orders understands it: with 4, `comfort_-1` and `comfort_-2` are `comfort`
 * (an old radiator would take a pulse for a few seconds of eco). With 4 it is also what may be left standing on a wire
 * by a process that ends, since nobody will end the pulse.
 */
export function orderFor(order: Order, orders: OrderCount): Order {
	return orders === 4 && (order === 'comfort_-1' || order === 'comfort_-2') ? 'comfort' : order;
}
