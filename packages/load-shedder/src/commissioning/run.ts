/**
 * A commissioning run: all circuits are held, each is told to draw in its turn, and the meter says what that changes. A
 * pure state machine: what is heard goes in, the orders to ask for follow from the state. Nothing in it writes an order:
 * they are asked for in the shed set, so that they end with its lease, and an order that raises the load is admitted
 * into the headroom like any other.
 */
import type { Order } from '@pilotwire/contract';
import { type AttemptLevels, sightOf } from './attempt.ts';
import { holdOrder, type PhaseLoad, type TrialCircuit } from './circuit.ts';
import { apartVA, type Levels, levelsOf } from './levels.ts';
import type { RunEvent, RunState, Step, Turn } from './state.ts';
import * as timing from './timing.ts';
import { type Attempt, type Verdict, verdictOf } from './verdict.ts';

/** Nobody waits for a figure older than this. */
const KEPT_MS = 60_000;
/** Fewer figures than this say no level. */
const LEAST_FIGURES = 2;
/** A circuit must fit with its power times this. */
const MARGIN = 1.1;
/** What varies by less while everything is held is steady, VA. */
const CALM_VA = 100;
/** Told to draw, a thermostat may chop: the level is what was reached during a fifth of the time. */
const DRAWN_SHARE = 0.8;
const MEDIAN = 0.5;
/** A room colder than this that has lost this much meanwhile gets its heat back, °C and K. */
const WARM_C = 17;
const MOST_FALLEN_K = 2;

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

/** What a circuit turned out to be, so far. */
export function verdict(state: RunState, id: string): Verdict | undefined {
	const circuit = state.circuits.get(id);
	if (circuit === undefined) return undefined;
	const found = verdictOf(circuit, state.attempts.get(id) ?? []);
	const why = state.letGo.get(id);
	return why === undefined || found.settled ? found : { ...found, settled: true, failed: found.failed ?? why };
}

function hear(state: RunState, event: RunEvent): RunState {
	switch (event.kind) {
		case 'stop':
			return ended(state, event.why);
		case 'load':
			return heardLoad(state, event.load);
		case 'circuit':
			return heardCircuit(state, event.circuit);
		case 'gone': {
			const circuits = new Map(state.circuits);
			circuits.delete(event.id);
			const turn = state.turn?.id === event.id ? undefined : state.turn;
			return { ...state, circuits, turn, queue: state.queue.filter((id) => id !== event.id) };
		}
		case 'tick':
			return state;
	}
}

function heardLoad(state: RunState, load: PhaseLoad): RunState {
	const phases = new Map(state.phases).set(load.phase, load);
	const samples = [...state.samples.filter(({ atMs }) => state.nowMs - atMs < KEPT_MS), load];
	const heard = { ...state, phases, samples };
	const over = load.loadVA > load.limitVA && (state.turn?.step === 'comfort' || state.turn?.step === 'raising');
	return over ? failed(heard, `phase ${load.phase} went over its limit`) : heard;
}

function heardCircuit(state: RunState, circuit: TrialCircuit): RunState {
	const circuits = new Map(state.circuits).set(circuit.id, circuit);
	const began = state.began.has(circuit.id) ? state.began : new Map(state.began).set(circuit.id, circuit);
	const why = whyLetGo(circuit, began.get(circuit.id) ?? circuit);
	const heard = { ...state, circuits, began };
	if (why === undefined || state.letGo.has(circuit.id)) return heard;
	const gone = { ...heard, letGo: new Map(state.letGo).set(circuit.id, why) };
	return state.turn?.id === circuit.id ? failed(gone, why) : gone;
}

function whyLetGo(circuit: TrialCircuit, before: TrialCircuit): string | undefined {
	if (circuit.byHand !== before.byHand) return 'somebody gave it another order meanwhile';
	if (circuit.frostGuard) return 'its room is colder than its guard temperature, so it heats';
	if (!circuit.controllable) return 'it must not be held off now';
	const { roomC = WARM_C } = circuit;
	const fallenK = (before.roomC ?? roomC) - roomC;
	if (roomC < WARM_C && fallenK >= MOST_FALLEN_K)
		return `its room has become ${fallenK.toFixed(1)} °C colder meanwhile`;
	return undefined;
}

/** Goes on as far as it can at this moment. */
function advance(state: RunState): RunState {
	const { turn } = state;
	// The circuit on trial was cleared: what it drew is to leave the loads before the next one is measured.
	if (turn === undefined) return nextTurn({ ...state, steadyMs: state.nowMs + timing.SETTLE_MS });
	const circuit = state.circuits.get(turn.id);
	if (circuit === undefined) return nextTurn(state);
	if (!circuit.reachable) return failed(state, 'its output does not answer');
	switch (turn.step) {
		case 'waits':
			return waits(state, turn, circuit);
		case 'room':
			return room(state, turn, circuit);
		case 'raising':
			return raising(state, turn, circuit);
		case 'comfort':
			return comfort(state, turn, circuit);
		default:
			return measured(state, turn, circuit);
	}
}

/** Everything is held: it goes on once that is seen and the loads are steady. */
function waits(state: RunState, turn: Turn, circuit: TrialCircuit): RunState {
	const { nowMs } = state;
	const waitedMs = nowMs - Math.max(turn.sinceMs, state.steadyMs);
	const before = heldLevels(state);
	if (before === undefined || nowMs < state.steadyMs + timing.MEASURE_MS) {
		return waitedMs > timing.HEADROOM_WITHIN_MS ? failed(state, 'the meter said too little') : state;
	}
	if (!isCalm(state) && waitedMs < timing.CALM_WITHIN_MS) return waitsFor(state, turn, 'the loads to be steady');
	return toStep(state, turn, holdOrder(circuit) === 'off' ? 'room' : 'off', { before });
}

/** It goes on once there is headroom on every phase: which one feeds it is what has to be found out. */
function room(state: RunState, turn: Turn, { powerVA }: TrialCircuit): RunState {
	const short = [...state.phases.values()].find(({ loadVA, limitVA }) => loadVA + powerVA * MARGIN > limitVA);
	if (short === undefined) return toStep(state, turn, 'raising', {});
	const { phase, loadVA, limitVA } = short;
	const why = `headroom: ${Math.round(powerVA)} VA, and phase ${phase} carries ${loadVA} of ${limitVA} VA`;
	const isLate = state.nowMs - turn.sinceMs > timing.HEADROOM_WITHIN_MS;
	return isLate ? failed(state, `no ${why}`) : waitsFor(state, turn, why);
}

/** It was told to draw: the shedder admits it, and its output shows it. */
function raising(state: RunState, turn: Turn, circuit: TrialCircuit): RunState {
	const { nowMs } = state;
	if (circuit.inForce === 'comfort') return toStep(state, turn, 'comfort', {}, nowMs);
	const limitMs = timing.ADMITTED_WITHIN_MS + circuit.minOffS * 1000;
	return nowMs - turn.sinceMs > limitMs ? failed(state, 'it was not admitted in time') : state;
}

function comfort(state: RunState, turn: Turn, circuit: TrialCircuit): RunState {
	if (circuit.inForce !== 'comfort') return failed(state, 'it was shed');
	const shownMs = turn.shownMs ?? state.nowMs;
	if (state.nowMs - shownMs < timing.drawMs(circuit)) return state;
	const from = shownMs + timing.FIRST_SEEN_MS;
	const level = levelsOf(state.samples, phasesOf(state), from, DRAWN_SHARE, LEAST_FIGURES + 1);
	const first = state.samples.filter(({ atMs }) => atMs <= from + timing.MEASURE_MS);
	const early = levelsOf(first, phasesOf(state), from, MEDIAN, LEAST_FIGURES);
	if (level === undefined || early === undefined) return failed(state, 'the meter said too little');
	return toStep(state, turn, 'rests', { comfort: level, early });
}

/** `off` and `rests`: its output shows it, the meter has had its time, and says the level. */
function measured(state: RunState, turn: Turn, circuit: TrialCircuit): RunState {
	const { nowMs } = state;
	if (turn.shownMs === undefined) {
		if (circuit.inForce === orderOf(turn.step, circuit)) return { ...state, turn: { ...turn, shownMs: nowMs } };
		return nowMs - turn.sinceMs > timing.SHOWN_WITHIN_MS ? failed(state, 'its output did not follow') : state;
	}
	const fromMs = turn.shownMs + timing.SETTLE_MS;
	const lengthMs = turn.step === 'rests' ? timing.restMs(circuit, state.round) - timing.SETTLE_MS : timing.MEASURE_MS;
	if (nowMs < fromMs + lengthMs) return state;
	const level = levelsOf(state.samples, phasesOf(state), fromMs, MEDIAN, LEAST_FIGURES);
	if (level === undefined) return failed(state, 'the meter said too little');
	if (turn.step === 'off') return toStep(state, turn, 'room', { off: level });
	return finished({ ...state, steadyMs: fromMs }, turn, circuit, level);
}

/** All four levels are known. */
function finished(state: RunState, turn: Turn, circuit: TrialCircuit, after: Levels): RunState {
	const { before, comfort: drawn, early, off } = turn.levels;
	if (before === undefined || drawn === undefined || early === undefined)
		return failed(state, 'the meter said too little');
	const stepVA = Math.max(1, ...state.samples.map((sample) => sample.stepVA));
	const sight = sightOf({ before, comfort: drawn, early, off, after, stepVA }, circuit.powerVA);
	return nextTurn(noted(state, circuit.id, { sight, stepVA }));
}

/** This attempt comes to nothing; all is held again before the next one. */
function failed(state: RunState, why: string): RunState {
	const { turn, nowMs } = state;
	if (turn === undefined) return state;
	const raised = turn.step !== 'waits';
	const steadyMs = raised ? nowMs + timing.SETTLE_MS : state.steadyMs;
	return nextTurn({ ...noted(state, turn.id, { failed: why }), steadyMs });
}

function noted(state: RunState, id: string, attempt: Attempt): RunState {
	const attempts = new Map(state.attempts).set(id, [...(state.attempts.get(id) ?? []), attempt]);
	return { ...state, attempts };
}

/** The next circuit of the round, or the next round over those that are not settled, or the end. */
function nextTurn(state: RunState): RunState {
	const open = { ...state, turn: undefined };
	const queue = state.queue.filter((id) => !state.letGo.has(id));
	if (queue.length > 0) return taken({ ...open, queue });
	const again = state.targets.filter((id) => verdict(state, id)?.settled === false);
	if (again.length === 0 || state.round >= timing.MOST_ROUNDS) return ended(open, undefined);
	return taken({ ...open, round: state.round + 1, queue: again, roundOf: again.length });
}

/** The first of the queue has its turn. */
function taken(state: RunState): RunState {
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

function ended(state: RunState, why: string | undefined): RunState {
	return { ...state, turn: undefined, queue: [], ended: { atMs: state.nowMs, why } };
}

function toStep(
	state: RunState,
	turn: Turn,
	step: Step,
	levels: Partial<AttemptLevels>,
	shownMs: number | undefined = undefined,
): RunState {
	const all = { ...turn.levels, ...levels };
	return { ...state, turn: { ...turn, step, sinceMs: state.nowMs, shownMs, waitsFor: undefined, levels: all } };
}

function waitsFor(state: RunState, turn: Turn, why: string): RunState {
	return turn.waitsFor === why ? state : { ...state, turn: { ...turn, waitsFor: why } };
}

function orderOf(step: Step, circuit: TrialCircuit): Order {
	if (step === 'raising' || step === 'comfort') return 'comfort';
	// What was told off waits there for its headroom: on the way to comfort nothing is raised twice.
	return step === 'off' || step === 'room' ? 'off' : holdOrder(circuit);
}

const phasesOf = ({ phases }: RunState): number[] => [...phases.keys()];

/** The level while all is held: of the last while, and since the loads show it. */
function heldLevels(state: RunState): Levels | undefined {
	const fromMs = Math.max(state.steadyMs, state.nowMs - timing.MEASURE_MS - timing.SETTLE_MS);
	return levelsOf(state.samples, phasesOf(state), fromMs, MEDIAN, LEAST_FIGURES);
}

function isCalm(state: RunState): boolean {
	const fromMs = Math.max(state.steadyMs, state.nowMs - timing.MEASURE_MS);
	const low = levelsOf(state.samples, phasesOf(state), fromMs, 0, LEAST_FIGURES);
	const high = levelsOf(state.samples, phasesOf(state), fromMs, 1, LEAST_FIGURES);
	if (low === undefined || high === undefined) return false;
	const coarseVA = Math.max(...state.samples.map(({ stepVA }) => stepVA));
	return apartVA(high, low) <= Math.max(CALM_VA, coarseVA);
}

function byWire(a: TrialCircuit, b: TrialCircuit): number {
	const place = ({ board, wire, id }: TrialCircuit): string => `${board ?? '~'} ${wire ?? 0} ${id}`;
	return place(a) < place(b) ? -1 : 1;
}
