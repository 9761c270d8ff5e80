/** What a commissioning run hears, taken into its state. */
import type { PhaseLoad, TrialCircuit } from './circuit.ts';
import type { RunEvent, RunState } from './state.ts';
import { ended, failed } from './turns.ts';

/** Nobody waits for a figure older than this. */
const KEPT_MS = 60_000;
/** A room colder than this that has lost this much meanwhile gets its heat back, °C and K. */
const WARM_C = 17;
const MOST_FALLEN_K = 2;

/** Takes what was heard. */
export function hear(state: RunState, event: RunEvent): RunState {
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
