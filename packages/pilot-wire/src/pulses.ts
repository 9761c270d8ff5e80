/**
 * The pulsed orders as functions of time: `comfort_-1` is 3 s and `comfort_-2` 7 s of full wave every 300 s.
 * Time is milliseconds on one steady clock (the monotonic one: a wall clock that is set would cut a pulse or stretch
 * it). The same clock and offset give the same signal, so a read-back can be told from a fault.
 */
import type { Order, Signal } from './orders.ts';

/** Milliseconds from the start of one pulse to the start of the next. */
export const PULSE_PERIOD_MS = 300_000;

/** Milliseconds of full wave in each period; an order that is not here is steady. */
export const PULSE_MS: Readonly<Partial<Record<Order, number>>> = { 'comfort_-1': 3_000, 'comfort_-2': 7_000 };

const STEADY_SIGNALS: Readonly<Record<Order, Signal>> = {
	comfort: 'none',
	'comfort_-1': 'none',
	'comfort_-2': 'none',
	eco: 'full_wave',
	frost_protection: 'negative_half',
	off: 'positive_half',
};

/** Milliseconds since the last pulse began, 0 to just under the period, for any sign of the arguments. */
function sincePulse(nowMs: number, offsetMs: number): number {
	return (((nowMs - offsetMs) % PULSE_PERIOD_MS) + PULSE_PERIOD_MS) % PULSE_PERIOD_MS;
}

/** The signal that says `order` at `nowMs`, where pulses begin `offsetMs` after each multiple of the period. */
export function signalAt(order: Order, nowMs: number, offsetMs = 0): Signal {
	const pulseMs = PULSE_MS[order];
	if (pulseMs !== undefined && sincePulse(nowMs, offsetMs) < pulseMs) return 'full_wave';
	return STEADY_SIGNALS[order];
}

/** When (ms, later than `nowMs`) the signal of `order` changes next; undefined for a steady order. */
export function nextChange(order: Order, nowMs: number, offsetMs = 0): number | undefined {
	const pulseMs = PULSE_MS[order];
	if (pulseMs === undefined) return undefined;
	const since = sincePulse(nowMs, offsetMs);
	return nowMs + (since < pulseMs ? pulseMs : PULSE_PERIOD_MS) - since;
}

/**
 * The pulse offset (ms) of the `index`-th of `count` wires: evenly spread over the period, so that the radiators of a
 * house don't all drop and rise together. Up to 42 wires no two pulses overlap (42 x 7 s < 300 s).
 */
export function pulseOffset(index: number, count: number): number {
	return count > 0 ? Math.round(((index % count) * PULSE_PERIOD_MS) / count) : 0;
}
