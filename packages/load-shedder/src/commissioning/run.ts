/**
 * A commissioning run: all circuits are held, each is told to draw in its turn, and the meter says what that changes. A
 * pure state machine: what is heard goes in, the orders to ask for follow from the state. Nothing in it writes an order:
 * they are asked for in the shed set, so that they end with its lease, and an order that raises the load is admitted
 * into the headroom like any other.
 */
import type { Order } from '@pilotwire/contract';
import { holdOrder, type PhaseLoad, type TrialCircuit } from './circuit.ts';
import { hear } from './hearing.ts';
import type { RunEvent, RunState } from './state.ts';
import { advance } from './steps.ts';
import * as timing from './timing.ts';
import { ended, orderOf, taken } from './turns.ts';

/** Begins a run over `targets`; `phases` is what the meter last said. */
export function beginRun(
	circuits: readonly TrialCircuit[],
	targets: readonly string[],
	phases: ReadonlyMap<number, PhaseLoad>,
	nowMs: number,
): RunState {
	const byId = new Map(circuits.map((circuit) => [circuit.id, circuit]));
	const sorted = [...new Set(targets)]
		.map((id) => byId.get(id))
		.filter((circuit) => circuit !== undefined)
		.sort(byWire);
	const { expectedMs, atMostMs } = timing.lengthMs(sorted);
	const ids = sorted.map(({ id }) => id);
	return taken({
		nowMs,
		startedMs: nowMs,
		expectedEndMs: nowMs + expectedMs,
		latestEndMs: nowMs + atMostMs,
		targets: ids,
		circuits: byId,
		began: byId,
		letGo: new Map(),
		phases,
		samples: [],
		steadyMs: nowMs + timing.SETTLE_MS,
		round: 1,
		queue: ids,
		roundOf: ids.length,
		turn: undefined,
		attempts: new Map(),
		ended: undefined,
	});
}

/** Takes what happened at `nowMs`; time that goes back stands still. */
export function stepRun(before: RunState, event: RunEvent, nowMs: number): RunState {
	if (before.ended !== undefined) return before;
	const now = Math.max(before.nowMs, nowMs);
	const state = hear({ ...before, nowMs: now }, event);
	if (state.ended !== undefined) return state;
	if (now >= state.latestEndMs) return ended(state, undefined);
	return advance(state);
}

/** The order asked for of each circuit: none once the run has ended. */
export function trialOrders({ ended: end, circuits, letGo, turn }: RunState): Record<string, Order> {
	if (end !== undefined) return {};
	const orders: Record<string, Order> = {};
	for (const circuit of circuits.values()) {
		if (letGo.has(circuit.id)) continue;
		orders[circuit.id] = circuit.id === turn?.id ? orderOf(turn.step, circuit) : holdOrder(circuit);
	}
	return orders;
}

function byWire(a: TrialCircuit, b: TrialCircuit): number {
	const place = ({ board, wire, id }: TrialCircuit): string => `${board ?? '~'} ${wire ?? 0} ${id}`;
	return place(a) < place(b) ? -1 : 1;
}
