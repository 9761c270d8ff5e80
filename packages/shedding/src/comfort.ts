import { type Order, orderLevel } from '@pilotwire/circuit';
import type { CircuitEvent } from './event.ts';
import type { Circuit } from './state.ts';

/** What a room at comfort loses in an hour without heat, and wins with it, where no probe says, K: a usual house in winter. */
const COOLING_K_PER_H = 1.8;
/** The colder a room is, the less it loses: its time constant, h. Without it rooms at eco seem warm beside those at comfort. */
const MEMORY_H = 10;
const HOUR_MS = 3_600_000;
/** What a new figure counts in a room's usual temperature: a single wrong one moves it little. */
const FOLLOWS = 1 / 20;
/** No room has usually less or more than this, °C: such a figure is a probe's in the sun, or outside. */
const LOWEST_USUAL_C = 0;
const HIGHEST_USUAL_C = 35;
/** How fast a switching is forgotten, ms. */
const FADES_MS = 2 * HOUR_MS;
/** How far below comfort an order's temperature lies, K (GIFAM). Frost protection is absolute: near 12 K below. */
const BELOW_COMFORT_K: Readonly<Record<Order, number>> = {
	comfort: 0,
	'comfort_-1': 1,
	'comfort_-2': 2,
	eco: 3.5,
	frost_protection: 12,
	off: 12,
};

/** How far below comfort a room is that has what an order gives, K. */
export function orderK(order: Order): number {
	return BELOW_COMFORT_K[order];
}

/** How far a room is taken to lie below its comfort temperature, K: by the orders it had, and for how long. */
export function coldNow({ coldK, coldAt, inForce, wanted }: Circuit, now: number): number {
	// Who wants nothing may be no radiator at all.
	const towardsK = wanted === 'off' ? 0 : orderK(inForce);
	const kept = Math.exp((coldAt - now) / HOUR_MS / MEMORY_H);
	const changeK = (1 - kept) * MEMORY_H * COOLING_K_PER_H;
	return coldK < towardsK ? Math.min(towardsK, kept * coldK + changeK) : Math.max(towardsK, kept * coldK - changeK);
}

/** The comfort that a circuit lost, K: by its room's temperature where that is known, else by the orders it had. */
export function missingK(circuit: Circuit, now: number): number {
	const { roomC, usualC } = circuit;
	if (roomC !== null && usualC !== null) return usualC - roomC;
	return coldNow(circuit, now) - orderK(circuit.wanted);
}

/** Half the band of a thermostat: a room that much warmer than it should be is not heated, K. */
const SATISFIED_K = 0.5;

/** Whether a room is so warm, as after comfort at eco, that its thermostat doesn't heat. */
export function satisfied(circuit: Circuit, now: number): boolean {
	return missingK(circuit, now) <= -SATISFIED_K;
}

/** What a step of priority is worth, K: the less important may be that much colder. Steps beyond the last count no more. */
const PRIORITY_K = 0.2;
const LAST_PRIORITY = 6;

/** How much a circuit needs its place: the comfort that it lost, less what its priority says, K. */
export function needK(circuit: Circuit, now: number): number {
	return missingK(circuit, now) - (Math.min(circuit.priority, LAST_PRIORITY) - 1) * PRIORITY_K;
}

/** Its switchings of the last hours. */
export function wornNow({ worn, wornAt }: Circuit, now: number): number {
	return worn === 0 ? 0 : worn * Math.exp((wornAt - now) / FADES_MS);
}

/** What a switching leaves. */
export function wornBy(circuit: Circuit, now: number): Pick<Circuit, 'worn' | 'wornAt'> {
	return { worn: wornNow(circuit, now) + 1, wornAt: now };
}

/** What the circuit's probe says; a room that has what it wants shows what is usual there. */
export function heardRoom(
	circuit: Circuit,
	{ roomC: said, wanted }: CircuitEvent,
	waits: boolean,
	now: number,
): Pick<Circuit, 'roomC' | 'usualC'> {
	const roomC = finite(said);
	if (roomC === null) return { roomC, usualC: null };
	const { usualC } = circuit;
	const livedIn = roomC >= LOWEST_USUAL_C && roomC <= HIGHEST_USUAL_C;
	if (usualC === null) return { roomC, usualC: livedIn ? roomC : null };
	const aimC = usualC + BELOW_COMFORT_K[circuit.wanted] - BELOW_COMFORT_K[wanted];
	const heats = orderLevel(wanted) > orderLevel('frost_protection');
	if (waits || !heats || !livedIn || circuit.roomC === roomC) return { roomC, usualC: aimC };
	// What it loses while it waits, or has not won back since, is not what is usual.
	const follows = circuit.waitingSince === null && coldNow(circuit, now) <= orderK(circuit.wanted);
	return { roomC, usualC: follows || roomC > aimC ? aimC + (roomC - aimC) * FOLLOWS : aimC };
}

const finite = (value: number | undefined): number | null =>
	value !== undefined && Number.isFinite(value) ? value : null;
