import { type Order, orderLevel } from '@pilotwire/circuit';
import type { CircuitEvent } from './event.ts';
import type { Circuit } from './state.ts';

/** What a room loses in an hour without heat where no probe says, K: a usual house in winter. */
const COOLING_K_PER_H = 1.5;
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

/** The comfort that a circuit lost, K: by its room's temperature where that is known, else by how long it had to wait. */
export function missingK(circuit: Circuit, now: number): number {
	const { roomC, usualC } = circuit;
	if (roomC !== null && usualC !== null) return usualC - roomC;
	const { debtMs, debtAt, waitingSince } = circuit;
	const debt = waitingSince === null ? Math.max(0, debtMs - (now - debtAt)) : debtMs + now - debtAt;
	return (debt / HOUR_MS) * COOLING_K_PER_H;
}

/** What a step of priority is worth, K: the less important may be that much colder. Steps beyond the last count no more. */
const PRIORITY_K = 0.2;
const LAST_PRIORITY = 6;

/** How much a circuit needs its place: the comfort that it lost, less what its priority says, K. */
export function needK(circuit: Circuit, now: number): number {
	return missingK(circuit, now) - (Math.min(circuit.priority, LAST_PRIORITY) - 1) * PRIORITY_K;
}

/** Needs that count as equal: the same step of priority. Higher where the need is. */
export function needStep(circuit: Circuit, now: number): number {
	return Math.floor(needK(circuit, now) / PRIORITY_K + 0.5);
}

/** Its switchings of the last hours. */
export function wornNow({ worn, wornAt }: Circuit, now: number): number {
	return worn === 0 ? 0 : worn * Math.exp((wornAt - now) / FADES_MS);
}

/** What a switching leaves. */
export function wornBy(circuit: Circuit, now: number): Pick<Circuit, 'worn' | 'wornAt'> {
	return { worn: wornNow(circuit, now) + 1, wornAt: now };
}

/** A wait that begins or ends. */
export function waitingFrom(
	circuit: Circuit,
	waitingSince: number | null,
	now: number,
): Pick<Circuit, 'waitingSince' | 'debtMs' | 'debtAt'> {
	const { debtMs, debtAt } = circuit;
	if ((waitingSince === null) === (circuit.waitingSince === null)) return { waitingSince, debtMs, debtAt };
	const passed = now - debtAt;
	const settled = circuit.waitingSince === null ? Math.max(0, debtMs - passed) : debtMs + passed;
	return { waitingSince, debtMs: settled, debtAt: now };
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
	const follows = circuit.waitingSince === null && now - circuit.debtAt >= circuit.debtMs;
	return { roomC, usualC: follows || roomC > aimC ? aimC + (roomC - aimC) * FOLLOWS : aimC };
}

const finite = (value: number | undefined): number | null =>
	value !== undefined && Number.isFinite(value) ? value : null;
