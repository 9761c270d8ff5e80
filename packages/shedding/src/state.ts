import type { Order } from '@pilotwire/circuit';
import type { Action } from './action.ts';
import { defaultSettings, type SheddingSettings } from './settings.ts';

/** What the shedder knows of a circuit. Times are the caller's monotonic clock, ms. */
export interface Circuit {
	readonly id: string;
	readonly phase: number;
	/** What it may draw: learned where known, else nominal. A resistance: W = VA. */
	readonly powerVA: number;
	/** 1 is the most important: shed last, restored first. */
	readonly priority: number;
	readonly wanted: Order;
	readonly inForce: Order;
	/** False protects it: it is never shed. Admission concerns it all the same. */
	readonly controllable: boolean;
	readonly minOnMs: number;
	readonly minOffMs: number;
	readonly maxWaitMs: number;
	/** Whether the order in force lets it heat: above frost_protection. */
	readonly heats: boolean;
	/** When `heats` last changed. */
	readonly heatsSince: number;
	/** Since when it has less than it wants, or null. */
	readonly waitingSince: number | null;
	/** When it was put among the shed, or null. */
	readonly shedAt: number | null;
	/** The order that may reach the wire although it raises the load, or null. */
	readonly admitted: Order | null;
	readonly lastShedAt: number;
	readonly lastRaisedAt: number;
	/** It is not restored or admitted before this. */
	readonly notBefore: number;
	/** What `notBefore` was set by the last time it had to go again at once. */
	readonly patienceMs: number;
	/** Until then it is taken as drawing nothing. */
	readonly idleUntil: number;
}

/** A shed or an admission that the meter may not show yet. */
export interface Change {
	readonly id: string;
	/** Its whole effect, VA. */
	readonly powerVA: number;
	/** What of it was not shown when the changes were last settled, VA. */
	readonly leftVA: number;
	/** A shed: judged then. An admission: in flight until then. */
	readonly dueAt: number;
	/** An admission: when its order was seen in force, or null. */
	readonly inForceAt: number | null;
}

/** The highest load around a moment. */
export interface Peak {
	readonly from: number;
	readonly at: number;
	readonly loadVA: number;
}

/** One circuit waits for the place of others. */
export interface Rotation {
	readonly forId: string;
	readonly startedAt: number;
	/** When the meter showed the place free, or null. */
	readonly freedAt: number | null;
}

/** What the shedder knows of a phase. */
export interface Phase {
	readonly phase: number;
	readonly loadVA: number;
	readonly limitVA: number;
	readonly loadAt: number;
	/** Since when there is no load, or null. */
	readonly silentSince: number | null;
	/** Since when loads came without a gap. */
	readonly heardSince: number;
	/** Highest loads, falling, oldest first. */
	readonly peaks: readonly Peak[];
	/** How long headroom must have lasted, ms. */
	readonly windowMs: number;
	/** Sheds and admissions that the meter may not show yet, oldest first. */
	readonly falling: readonly Change[];
	readonly rising: readonly Change[];
	/** Highest and lowest load since the changes were last settled: what they show is read from these. */
	readonly ceilingVA: number;
	readonly floorVA: number;
	readonly rotation: Rotation | null;
	/** When a restored circuit last had to go again at once. */
	readonly lastQuickAt: number;
}

/** All that decisions rest on. Never changed in place. */
export interface SheddingState {
	readonly settings: SheddingSettings;
	readonly nowMs: number;
	readonly paused: boolean;
	readonly circuits: ReadonlyMap<string, Circuit>;
	readonly phases: ReadonlyMap<number, Phase>;
}

/** The empty memory of a shedder that just started. */
export function emptyState(settings: Partial<SheddingSettings> = {}): SheddingState {
	return {
		settings: { ...defaultSettings, ...settings },
		nowMs: Number.NEGATIVE_INFINITY,
		paused: false,
		circuits: new Map(),
		phases: new Map(),
	};
}

/** A state being made from another: its maps are copied when first written. */
export interface Draft {
	readonly from: SheddingState;
	readonly now: number;
	readonly settings: SheddingSettings;
	readonly actions: Action[];
	paused: boolean;
	circuits: ReadonlyMap<string, Circuit>;
	phases: ReadonlyMap<number, Phase>;
}

export function draftOf(state: SheddingState, nowMs: number): Draft {
	const { settings, paused, circuits, phases } = state;
	// A clock that jumps back stands still: no wait is ever counted twice.
	return { from: state, now: Math.max(nowMs, state.nowMs), settings, actions: [], paused, circuits, phases };
}

export function finished(draft: Draft): SheddingState {
	const { settings, now, paused, circuits, phases } = draft;
	return { settings, nowMs: now, paused, circuits, phases };
}

export function putCircuit(draft: Draft, circuit: Circuit): void {
	ownCircuits(draft).set(circuit.id, circuit);
}

export function dropCircuit(draft: Draft, id: string): void {
	ownCircuits(draft).delete(id);
}

export function putPhase(draft: Draft, phase: Phase): void {
	const phases = new Map(draft.phases);
	draft.phases = phases.set(phase.phase, phase);
}

function ownCircuits(draft: Draft): Map<string, Circuit> {
	if (draft.circuits === draft.from.circuits) draft.circuits = new Map(draft.circuits);
	// Only the copy made here is ever written: the state's own map is left as it was.
	return draft.circuits as Map<string, Circuit>;
}
