/** Orders and signals of a board's wires <-> the two bytes of its output latches. */
import { PilotWireError } from './errors.ts';
import { type Order, SIGNAL_HALVES, type Signal, signalOf, steadyOrderOf } from './orders.ts';
import type { PinMap, Ports } from './pin-map.ts';
import { signalAt } from './pulses.ts';

const ALL_PINS: Ports = { a: 0xff, b: 0xff };

/** The bit of `pin` (0 to 15) in a 16-bit word whose low byte is port A. */
const bitOf = (pin: number): number => 1 << pin;
const wordOf = (ports: Ports): number => (ports.b << 8) | ports.a;
const portsOf = (word: number): Ports => ({ a: word & 0xff, b: (word >> 8) & 0xff });

/**
 * The latches that put `signals` (by wire number, from 1) on the wires of a board. A wire without a signal and a pin
 * that no wire uses are inactive: their opto-triacs stay dark. Throws `wire_unknown` for a wire the map doesn't have.
 */
export function encodeSignals(map: PinMap, signals: ReadonlyMap<number, Signal>): Ports {
	let lit = 0;
	for (const [wire, signal] of signals) {
		const pins = map.wires[wire - 1];
		if (pins === undefined) throw unknownWire(map, wire);
		const halves = SIGNAL_HALVES[signal];
		if (halves.positive) lit |= bitOf(pins.positive);
		if (halves.negative) lit |= bitOf(pins.negative);
	}
	return portsOf(map.activeLow ? ~lit : lit);
}

/**
 * The latches that say `orders` (by wire number, from 1) at `nowMs` (ms, monotonic). `offsetOf` gives each wire's
 * pulse offset (ms). A wire without an order carries no signal. Throws `wire_unknown`.
 */
export function encodeOrders(
	map: PinMap,
	orders: ReadonlyMap<number, Order>,
	nowMs: number,
	offsetOf: (wire: number) => number = () => 0,
): Ports {
	const signals = new Map<number, Signal>();
	for (const [wire, order] of orders) signals.set(wire, signalAt(order, nowMs, offsetOf(wire)));
	return encodeSignals(map, signals);
}

/**
 * The signal on each wire, wire 1 first, from output latches or pin levels. A pin that `driven` says is no output
 * (bit 0) lights nothing, whatever its latch holds.
 */
export function decodeSignals(map: PinMap, latches: Ports, driven: Ports = ALL_PINS): Signal[] {
	const lit = (map.activeLow ? ~wordOf(latches) : wordOf(latches)) & wordOf(driven);
	return map.wires.map((pins) =>
		signalOf({ positive: (lit & bitOf(pins.positive)) !== 0, negative: (lit & bitOf(pins.negative)) !== 0 }),
	);
}

/** The order that each wire's signal says when it stands still (see {@link steadyOrderOf}), wire 1 first. */
export function decodeOrders(map: PinMap, latches: Ports, driven: Ports = ALL_PINS): Order[] {
	return decodeSignals(map, latches, driven).map(steadyOrderOf);
}

function unknownWire(map: PinMap, wire: number): PilotWireError {
	const expected = `a wire from 1 to ${map.wires.length}`;
	return new PilotWireError('wire_unknown', expected, `${wire}`, 'correct the wire, or list its pins in the pin map');
}
