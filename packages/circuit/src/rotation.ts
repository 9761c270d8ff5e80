/** One slot of a phase's rotation: who has it, and how long it lasts. Pure arithmetic over circuits, budget and waits. */
import type { Order } from './order.ts';
import type { Waits } from './waits.ts';

/** A circuit as the fallback sees it. */
export interface FallbackCircuit {
	readonly id: string;
	/** 1 to 3. */
	readonly phase: number;
	/** What it draws when it draws, W (= VA: heating is resistive). */
	readonly powerW: number;
	/** 1 is the most important; breaks ties. */
	readonly priority: number;
	/** What override and programme ask for. */
	readonly wanted: Order;
	/** What is on the wire. */
	readonly inForce: Order;
	/** Its room, °C, where that is known and fresh. */
	readonly temperatureC?: number | undefined;
	/** It is only on or off and heats no room: frost_protection is no order for it. */
	readonly switched?: boolean | undefined;
	/** The frost guard asks for what is wanted: it goes first. */
	readonly guarded?: boolean | undefined;
}

/** Who may draw until `endMs`. Together they never exceed the budget, but see {@link chooseSlot}. */
export interface Slot {
	/** These have their turn: their wanted order. */
	readonly turn: readonly string[];
	/** These have frost_protection. */
	readonly frost: readonly string[];
	/** No order goes up before this (ms), so that what was dropped is gone first. */
	readonly raiseMs: number;
	readonly endMs: number;
}

const MINUTE_MS = 60_000;
/** Below this a room is about to freeze. */
const COLD_C = 6;
/** A circuit's turn must begin before it has waited this long; the rest of the 60 minutes is for slots that run late. */
const DUE_MS = 50 * MINUTE_MS;
/** Without a turn for this long, a radiator gets frost_protection. */
const FROST_AFTER_MS = 120 * MINUTE_MS;
/** What is too big for the budget may have frost_protection again after this long if its room is cold. */
const COLD_AGAIN_MS = 30 * MINUTE_MS;
/** A slot is as long as everybody's hour allows, between these. */
const SHORTEST_MS = MINUTE_MS;
const LONGEST_MS = 15 * MINUTE_MS;
/** A slot shorter than this hardly warms a room: frost_protection makes no slot shorter, and never has less itself. */
const SHORTEST_GOOD_MS = 5 * MINUTE_MS;

/** Whether rule 2 gives the circuit frost_protection: a radiator whose room is cold, or 2 hours without a turn. */
function needsFrost(circuit: FallbackCircuit, waits: Waits, nowMs: number): boolean {
	if (circuit.switched === true) return false;
	return isCold(circuit) || circuit.guarded === true || waited(waits.turnMs, circuit, nowMs) >= FROST_AFTER_MS;
}

/** The order of service: the longest without a turn, then the most important. */
export function byWait(waits: Waits): (one: FallbackCircuit, other: FallbackCircuit) => number {
	const last = ({ id }: FallbackCircuit) => waits.turnMs.get(id) ?? 0;
	return (one, other) => last(one) - last(other) || byPriority(one, other);
}

/** Those that the frost guard asks for, then the most important first; the id makes it one order only. */
export function byPriority(one: FallbackCircuit, other: FallbackCircuit): number {
	const guards = Number(other.guarded === true) - Number(one.guarded === true);
	return guards || one.priority - other.priority || (one.id < other.id ? -1 : 1);
}

/** Those that the frost guard asks for: they have their turn before all others. */
export function guardNeeds(circuits: readonly FallbackCircuit[], waits: Waits): FallbackCircuit[] {
	return circuits.filter(({ guarded }) => guarded === true).sort(byWait(waits));
}

/** Those that need frost_protection, the coldest room first, then the longest without a turn. */
export function frostNeeds(circuits: readonly FallbackCircuit[], waits: Waits, nowMs: number): FallbackCircuit[] {
	const byTurn = byWait(waits);
	const coldness = (circuit: FallbackCircuit) => (isCold(circuit) ? (circuit.temperatureC ?? 0) : COLD_C);
	return circuits
		.filter((circuit) => needsFrost(circuit, waits, nowMs))
		.sort((one, other) => coldness(one) - coldness(other) || byTurn(one, other));
}

/**
 * The next slot among `circuits` (all of one phase, none wanted off). Turns for those that the frost guard asks for come
 * first, then frost_protection for those who need it, then turns for all that still fit, the longest without one first;
 * but where that would squeeze the slots that
 * the others' hour needs below 5 minutes, turns come first.
 *
 * A circuit too big for the budget never has a turn. When it needs frost_protection it has it alone, nothing beside it,
 * in slots of 5 minutes: 2 hours after the last, half an hour in a cold room where that squeezes nobody, and one after
 * another where nobody else waits. It is the one case in which a slot exceeds the budget: the budget sets aside the
 * 99th percentile of all else, and frost_protection draws only in a room that is nearly freezing.
 */
export function chooseSlot(
	circuits: readonly FallbackCircuit[],
	budgetVA: number,
	waits: Waits,
	nowMs: number,
): Omit<Slot, 'raiseMs'> {
	const queue = circuits.filter(({ powerW }) => powerW <= budgetVA).sort(byWait(waits));
	const needs = frostNeeds(circuits, waits, nowMs);
	const tooBig = nextTooBig(needs.filter(isNotIn(queue)), queue, budgetVA, waits, nowMs);
	if (tooBig !== undefined) return { turn: [], frost: [tooBig.id], endMs: nowMs + SHORTEST_GOOD_MS };
	const guarded = fit(guardNeeds(queue, waits), budgetVA);
	const frostFirst = fit(needs.filter(isNotIn(guarded)), budgetVA - sum(guarded));
	const first = [...guarded, ...frostFirst];
	const turnsLeft = fit(queue.filter(isNotIn(first)), budgetVA - sum(first));
	const waiting = queue.filter(isNotIn([...guarded, ...turnsLeft]));
	const lengthMs = slotLength(waiting, budgetVA - sum(first), waits, nowMs);
	if (lengthMs >= SHORTEST_GOOD_MS) {
		return { turn: ids([...guarded, ...turnsLeft]), frost: ids(frostFirst), endMs: nowMs + lengthMs };
	}
	const turn = fit(queue, budgetVA);
	const frost = fit(needs.filter(isNotIn(turn)), budgetVA - sum(turn));
	const lengthAllMs = slotLength(queue.filter(isNotIn(turn)), budgetVA, waits, nowMs);
	return { turn: ids(turn), frost: ids(frost), endMs: nowMs + Math.max(SHORTEST_MS, lengthAllMs) };
}

/** First fit, in the order given, into `roomVA`. */
export function fit(circuits: readonly FallbackCircuit[], roomVA: number): FallbackCircuit[] {
	let room = roomVA;
	return circuits.filter(({ powerW }) => {
		if (!(powerW <= room)) return false;
		room -= powerW;
		return true;
	});
}

/** What they draw together, W. */
export function sum(circuits: readonly FallbackCircuit[]): number {
	return circuits.reduce((total, { powerW }) => total + powerW, 0);
}

/**
 * How long a slot may last so that all who wait still have their turn within the hour: they are packed into the slots
 * to come, first fit, and the k-th of those must begin before its members are due.
 */
function slotLength(waiting: readonly FallbackCircuit[], roomVA: number, waits: Waits, nowMs: number): number {
	let lengthMs = LONGEST_MS;
	let left = waiting;
	for (let slot = 1; left.length > 0; slot++) {
		const packed = fit(left, Math.max(roomVA, left[0]?.powerW ?? 0));
		for (const circuit of packed) {
			lengthMs = Math.min(lengthMs, (DUE_MS - waited(waits.turnMs, circuit, nowMs)) / slot);
		}
		left = left.filter(isNotIn(packed));
	}
	return lengthMs;
}

/**
 * Which of the circuits too big for the budget (all need frost_protection) has the next slot, if any: the one that had
 * none for longest. Where nobody else waits they have all slots.
 */
function nextTooBig(
	tooBig: readonly FallbackCircuit[],
	queue: readonly FallbackCircuit[],
	budgetVA: number,
	waits: Waits,
	nowMs: number,
): FallbackCircuit | undefined {
	const squeezed = slotLength(queue, budgetVA, waits, nowMs) < SHORTEST_GOOD_MS;
	const isDue = (circuit: FallbackCircuit) => {
		const sinceFrost = waited(waits.frostMs, circuit, nowMs);
		if (queue.length === 0 || (isCold(circuit) && !squeezed && sinceFrost >= COLD_AGAIN_MS)) return true;
		return Math.min(sinceFrost, waited(waits.turnMs, circuit, nowMs)) >= FROST_AFTER_MS;
	};
	const last = ({ id }: FallbackCircuit) => waits.frostMs.get(id) ?? Number.MIN_SAFE_INTEGER;
	return tooBig.filter(isDue).sort((one, other) => last(one) - last(other))[0];
}

function isCold({ temperatureC }: FallbackCircuit): boolean {
	return temperatureC !== undefined && temperatureC < COLD_C;
}

function waited(since: ReadonlyMap<string, number>, { id }: FallbackCircuit, nowMs: number): number {
	return nowMs - (since.get(id) ?? Number.NEGATIVE_INFINITY);
}

const ids = (circuits: readonly FallbackCircuit[]): string[] => circuits.map(({ id }) => id);

function isNotIn(some: readonly FallbackCircuit[]): (circuit: FallbackCircuit) => boolean {
	return (circuit) => !some.includes(circuit);
}
