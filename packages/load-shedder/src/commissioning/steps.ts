/** The steps of a circuit's turn: all held, told off, waiting for headroom, raised, drawing, held again. */
import { sightOf } from './attempt.ts';
import { holdOrder, type TrialCircuit } from './circuit.ts';
import { type Edge, edgesOf } from './edges.ts';
import { apartVA, type Levels, levelsOf } from './levels.ts';
import type { RunState, Turn } from './state.ts';
import * as timing from './timing.ts';
import { failed, nextTurn, noted, orderOf, toStep, waitsFor } from './turns.ts';

/** Fewer figures than this say no level. */
const LEAST_FIGURES = 2;
/** A circuit must fit with its power times this. */
const MARGIN = 1.1;
/** What varies by less while everything is held is steady, VA. */
const CALM_VA = 100;
/** Told to draw, a thermostat may chop: the level is what was reached during a fifth of the time. */
const DRAWN_SHARE = 0.8;
const MEDIAN = 0.5;

/** Goes on as far as it can at this moment. */
export function advance(state: RunState): RunState {
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
	const edges = {
		begun: edgesOf(state.samples, shownMs - timing.BEFORE_SHOWN_MS, shownMs + timing.OBEYED_MS, 'up'),
		during: edgesOf(state.samples, shownMs - timing.BEFORE_SHOWN_MS, state.nowMs, 'up'),
		ended: [],
	};
	return toStep(state, turn, 'rests', { comfort: level, early, edges });
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
	const ended = edgesOf(state.samples, turn.shownMs - timing.BEFORE_SHOWN_MS, turn.shownMs + timing.OBEYED_MS, 'down');
	return finished({ ...state, steadyMs: fromMs }, turn, circuit, { after: level, ended });
}

/** All four levels are known. */
function finished(
	state: RunState,
	turn: Turn,
	circuit: TrialCircuit,
	{ after, ended }: { readonly after: Levels; readonly ended: readonly Edge[] },
): RunState {
	const { before, comfort: drawn, early, off, edges } = turn.levels;
	if (before === undefined || drawn === undefined || early === undefined)
		return failed(state, 'the meter said too little');
	const stepVA = Math.max(1, ...state.samples.map((sample) => sample.stepVA));
	const whole = { before, comfort: drawn, early, off, after, stepVA, edges: edges && { ...edges, ended } };
	const sight = sightOf(whole, circuit.powerVA);
	return nextTurn(noted(state, circuit.id, { sight, stepVA }));
}

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

const phasesOf = ({ phases }: RunState): number[] => [...phases.keys()];
