/**
 * What an actuator does on its own while nobody tells it how much the phases carry (design: safety rule 2): on each
 * phase the circuits take turns within the blind budget. A pure state machine; times are monotonic ms, and time that
 * goes back is taken as standing still.
 */
import { lowerOrder, type Order, raises } from './order.ts';
import { byPriority, type FallbackCircuit, fit, frostNeeds, type Slot, sum } from './rotation.ts';
import { heating, nextSlot } from './slots.ts';
import { NO_WAITS, type Served, updateWaits, type Waits } from './waits.ts';

/** What is remembered between two calls. Begin with {@link NO_FALLBACK}. */
export interface FallbackState {
	readonly nowMs: number;
	readonly waits: Waits;
	/** By phase; empty while control is held. */
	readonly slots: ReadonlyMap<number, Slot>;
}

/** Why a circuit has its fallback order. */
export type FallbackReason = 'turn' | 'frost' | 'waits' | 'wanted_off';

/** The order of one circuit under fallback. */
export interface FallbackOrder {
	readonly order: Order;
	readonly reason: FallbackReason;
}

/** The orders of all circuits, by id, and when (ms) they change by themselves: call again then, or sooner. */
export interface FallbackStep {
	readonly state: FallbackState;
	readonly orders: ReadonlyMap<string, FallbackOrder>;
	readonly nextMs: number | undefined;
}

/** Before the first call. */
export const NO_FALLBACK: FallbackState = {
	nowMs: Number.NEGATIVE_INFINITY,
	waits: NO_WAITS,
	slots: new Map(),
};

/**
 * While control is held: remembers who has what it wants, so that a later fallback serves first whoever has waited
 * longest, the time under the shedder included. Ends a fallback under way.
 */
export function followControl(
	former: FallbackState,
	nowMs: number,
	circuits: readonly FallbackCircuit[],
): FallbackState {
	const now = Math.max(former.nowMs, nowMs);
	const served = circuits.filter(({ inForce, wanted }) => !raises(inForce, wanted)).map(({ id }) => id);
	const waits = updateWaits(former.waits, circuits, now, { turn: new Set(served), frost: new Set() });
	return { nowMs: now, waits, slots: new Map() };
}

/**
 * One step of the fallback, for all circuits of all phases; `budgetsVA` is the blind budget by phase (a phase that has
 * none gives nothing away). Called at any times, more often than `nextMs` asks, too. The first call after control was
 * held keeps those that heat now, as far as they fit, at most at the order in force; the rest drop at once. A circuit
 * wanted off stays off.
 */
export function runFallback(
	former: FallbackState,
	nowMs: number,
	circuits: readonly FallbackCircuit[],
	budgetsVA: ReadonlyMap<number, number>,
): FallbackStep {
	const now = Math.max(former.nowMs, nowMs);
	const before = updateWaits(former.waits, circuits, now, servedBy(former.slots, circuits, former.nowMs));
	const slots = new Map<number, Slot>();
	for (const [phase, candidates] of byPhase(circuits)) {
		slots.set(phase, nextSlot(former.slots.get(phase), candidates, budgetsVA.get(phase) ?? 0, before, now));
	}
	const orders = new Map<string, FallbackOrder>();
	for (const circuit of circuits) orders.set(circuit.id, orderIn(slots.get(circuit.phase), circuit, now));
	const waits = updateWaits(before, circuits, now, servedBy(slots, circuits, now));
	const state = { nowMs: now, waits, slots };
	return { state, orders, nextMs: nextTime(slots, now) };
}

/**
 * The orders to leave standing when the actuator stops for good: no rotation comes after them. Those that heat now and
 * fit go on; of the rest, radiators have frost_protection rather than off as far as the budget allows, those that need
 * it and have waited longest first. A pulsed order may be among them: the caller must still it, nobody will end a pulse.
 */
export function staticFallback(
	former: FallbackState,
	nowMs: number,
	circuits: readonly FallbackCircuit[],
	budgetsVA: ReadonlyMap<number, number>,
): ReadonlyMap<string, FallbackOrder> {
	const now = Math.max(former.nowMs, nowMs);
	const waits = updateWaits(former.waits, circuits, now);
	const orders = new Map<string, FallbackOrder>();
	for (const circuit of circuits) orders.set(circuit.id, orderIn(undefined, circuit, now));
	for (const [phase, candidates] of byPhase(circuits)) {
		const budgetVA = budgetsVA.get(phase) ?? 0;
		const kept = heating(candidates, budgetVA);
		for (const circuit of kept) orders.set(circuit.id, { order: inForceOf(circuit, circuit.wanted), reason: 'turn' });
		const rest = candidates.filter((circuit) => !kept.includes(circuit) && circuit.switched !== true);
		const urgent = frostNeeds(rest, waits, now);
		const others = rest.filter((circuit) => !urgent.includes(circuit)).sort(byPriority);
		for (const circuit of fit([...urgent, ...others], budgetVA - sum(kept))) {
			orders.set(circuit.id, { order: 'frost_protection', reason: 'frost' });
		}
	}
	return orders;
}

function orderIn(slot: Slot | undefined, circuit: FallbackCircuit, now: number): FallbackOrder {
	if (circuit.wanted === 'off') return { order: 'off', reason: 'wanted_off' };
	const reason = slot?.turn.includes(circuit.id) ? 'turn' : slot?.frost.includes(circuit.id) ? 'frost' : 'waits';
	if (slot === undefined || reason === 'waits') return { order: 'off', reason: 'waits' };
	const given = reason === 'turn' ? circuit.wanted : 'frost_protection';
	return { order: now < slot.raiseMs ? inForceOf(circuit, given) : given, reason };
}

/** What is on the wire, but not above `ceiling`. */
function inForceOf({ inForce }: FallbackCircuit, ceiling: Order): Order {
	return lowerOrder(inForce, ceiling);
}

/** The circuits that want anything, by phase. */
function byPhase(circuits: readonly FallbackCircuit[]): Map<number, FallbackCircuit[]> {
	const phases = new Map<number, FallbackCircuit[]>();
	for (const circuit of circuits) {
		const list = phases.get(circuit.phase) ?? [];
		if (circuit.wanted !== 'off') list.push(circuit);
		phases.set(circuit.phase, list);
	}
	return phases;
}

/** Who has had, since `sinceMs` at least, what its slot gives it: the slot lets it go up, or it is there already. */
function servedBy(slots: ReadonlyMap<number, Slot>, circuits: readonly FallbackCircuit[], sinceMs: number): Served {
	const turn = new Set<string>();
	const frost = new Set<string>();
	for (const { id, phase, inForce, wanted } of circuits) {
		const slot = slots.get(phase);
		if (slot === undefined) continue;
		const risen = (order: Order) => sinceMs >= slot.raiseMs || !raises(inForce, order);
		if (slot.turn.includes(id) && risen(wanted)) turn.add(id);
		if (slot.frost.includes(id) && risen('frost_protection')) frost.add(id);
	}
	return { turn, frost };
}

function nextTime(slots: ReadonlyMap<number, Slot>, now: number): number | undefined {
	const times = [...slots.values()].map(({ raiseMs, endMs }) => (now < raiseMs ? Math.min(raiseMs, endMs) : endMs));
	return times.length === 0 ? undefined : Math.min(...times);
}
