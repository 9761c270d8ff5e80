/** Whose turn it is, and the step that it is at. */
import type { Order } from '@pilotwire/contract';
import type { AttemptLevels } from './attempt.ts';
import { holdOrder, type TrialCircuit } from './circuit.ts';
import type { RunState, Step, Turn } from './state.ts';
import * as timing from './timing.ts';
import { type Attempt, type Verdict, verdictOf } from './verdict.ts';

/** What a circuit turned out to be, so far. */
export function verdict(state: RunState, id: string): Verdict | undefined {
	const circuit = state.circuits.get(id);
	if (circuit === undefined) return undefined;
	const found = verdictOf(circuit, state.attempts.get(id) ?? []);
	const why = state.letGo.get(id);
	return why === undefined || found.settled ? found : { ...found, settled: true, failed: found.failed ?? why };
}

/** The first of the queue has its turn. */
export function taken(state: RunState): RunState {
	const [id, ...queue] = state.queue;
	if (id === undefined) return ended(state, undefined);
	const turn = {
		id,
		step: 'waits',
		sinceMs: state.nowMs,
		shownMs: undefined,
		waitsFor: undefined,
		levels: {},
	} as const;
	return { ...state, queue, turn };
}

/** The next circuit of the round, or the next round over those that are not settled, or the end. */
export function nextTurn(state: RunState): RunState {
	const open = { ...state, turn: undefined };
	const queue = state.queue.filter((id) => !state.letGo.has(id));
	if (queue.length > 0) return taken({ ...open, queue });
	const again = state.targets.filter((id) => verdict(state, id)?.settled === false);
	if (again.length === 0 || state.round >= timing.MOST_ROUNDS) return ended(open, undefined);
	return taken({ ...open, round: state.round + 1, queue: again, roundOf: again.length });
}

/** This attempt comes to nothing; all is held again before the next one. */
export function failed(state: RunState, why: string): RunState {
	const { turn, nowMs } = state;
	if (turn === undefined) return state;
	const raised = turn.step !== 'waits';
	const steadyMs = raised ? nowMs + timing.SETTLE_MS : state.steadyMs;
	return nextTurn({ ...noted(state, turn.id, { failed: why }), steadyMs });
}

/** An attempt on a circuit has come to its end. */
export function noted(state: RunState, id: string, attempt: Attempt): RunState {
	const attempts = new Map(state.attempts).set(id, [...(state.attempts.get(id) ?? []), attempt]);
	return { ...state, attempts };
}

/** The run is over; `why` where it was stopped. */
export function ended(state: RunState, why: string | undefined): RunState {
	return { ...state, turn: undefined, queue: [], ended: { atMs: state.nowMs, why } };
}

/** The next step of a turn, with what is known by now. */
export function toStep(
	state: RunState,
	turn: Turn,
	step: Step,
	levels: Partial<AttemptLevels>,
	shownMs: number | undefined = undefined,
): RunState {
	const all = { ...turn.levels, ...levels };
	return { ...state, turn: { ...turn, step, sinceMs: state.nowMs, shownMs, waitsFor: undefined, levels: all } };
}

/** The step goes on, and waits for this. */
export function waitsFor(state: RunState, turn: Turn, why: string): RunState {
	return turn.waitsFor === why ? state : { ...state, turn: { ...turn, waitsFor: why } };
}

/** What the circuit whose turn it is gets in a step. */
export function orderOf(step: Step, circuit: TrialCircuit): Order {
	if (step === 'raising' || step === 'comfort') return 'comfort';
	// What was told off waits there for its headroom: on the way to comfort nothing is raised twice.
	return step === 'off' || step === 'room' ? 'off' : holdOrder(circuit);
}
