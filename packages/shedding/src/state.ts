import type { Order } from '@pilotwire/circuit';
import type { Action } from './action.ts';
import type { Echo } from './echo.ts';
import { defaultSettings, type SheddingSettings } from './settings.ts';
import { type ReadonlyTable, Table } from './table.ts';

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
	/** False while its output doesn't answer: a shed of it frees nothing that can be counted on. */
	readonly reachable: boolean;
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
	/** Its room is colder than its guard temperature. */
	readonly frostGuard: boolean;
	/** Its room's temperature, °C, or null where it is unknown. */
	readonly roomC: number | null;
	/** The temperature its room had with what it wants, °C. */
	readonly usualC: number | null;
	/** How far its room was taken to lie below its comfort temperature by the orders it had, K, at `coldAt`. */
	readonly coldK: number;
	readonly coldAt: number;
	/** Its switchings, each fading within hours, at `wornAt`. */
	readonly worn: number;
	readonly wornAt: number;
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
	/** Highest load since then, VA. */
	readonly highestVA: number;
	/** Mean and variance of the load over the last minutes, with what was admitted since, VA and VA². */
	readonly meanVA: number;
	readonly varianceVA2: number;
	/** Mean over a third of that time, VA: far below the other where the load has just fallen. */
	readonly recentVA: number;
	/** Highest load of the present stretch of time and of the one before, VA, and when the present one began. */
	readonly peakVA: number;
	readonly peakBeforeVA: number;
	readonly peakSince: number;
	readonly echo: Echo;
	/** How many deviations above the mean a restore must leave free, at `cautionAt`. */
	readonly caution: number;
	readonly cautionAt: number;
	/** Sheds and admissions that the meter may not show yet, oldest first. */
	readonly falling: readonly Change[];
	readonly rising: readonly Change[];
	/** Highest and lowest load since the changes were last settled: what they show is read from these. */
	readonly ceilingVA: number;
	readonly floorVA: number;
	readonly rotation: Rotation | null;
	/** When a circuit last came back, or was admitted. */
	readonly lastRaisedAt: number;
	/** Since when it has been over its limit, or about to be; null where it isn't. */
	readonly overSince: number | null;
	/** When a load said that it is no longer over: the finer figure of the same frame may still say otherwise. Else null. */
	readonly withinAt: number | null;
	/** What the sheds that are decided, and wait for the next frame, will take off the load, VA. */
	readonly dueVA: number;
	/** What the breaker refers to: the subscription's share, VA. */
	readonly referenceVA: number;
	/** The Linky's filter at `loadAt`, as high as it can be. */
	readonly filterY: number;
	/** Whether nothing but the opening itself bounded the filter when it began. */
	readonly unbounded: boolean;
	/** Nothing over the limit passes before this. */
	readonly strictUntil: number;
}

/** What the meter said of a phase's breaker. */
export interface Breaker {
	readonly linky: boolean | null;
	readonly peakVA: number | null;
}

/** All that decisions rest on. Never changed in place. */
export interface SheddingState {
	readonly settings: SheddingSettings;
	readonly nowMs: number;
	readonly paused: boolean;
	readonly circuits: ReadonlyTable<string, Circuit>;
	readonly phases: ReadonlyTable<number, Phase>;
	readonly breakers: ReadonlyMap<number, Breaker>;
}

/** The empty memory of a shedder that just started. */
export function emptyState(settings: Partial<SheddingSettings> = {}): SheddingState {
	return {
		settings: { ...defaultSettings, ...settings },
		nowMs: Number.NEGATIVE_INFINITY,
		paused: false,
		circuits: new Table(),
		phases: new Table(),
		breakers: new Map(),
	};
}

/** A state being made from another: its tables are copied when first written. */
export interface Draft {
	readonly from: SheddingState;
	readonly now: number;
	readonly settings: SheddingSettings;
	readonly actions: Action[];
	paused: boolean;
	circuits: ReadonlyTable<string, Circuit>;
	phases: ReadonlyTable<number, Phase>;
	breakers: ReadonlyMap<number, Breaker>;
}

export function draftOf(state: SheddingState, nowMs: number): Draft {
	const { settings, paused, circuits, phases, breakers } = state;
	// A clock that jumps back stands still: no wait is ever counted twice.
	const now = Math.max(nowMs, state.nowMs);
	return { from: state, now, settings, actions: [], paused, circuits, phases, breakers };
}

export function finished(draft: Draft): SheddingState {
	const { settings, now, paused, circuits, phases, breakers } = draft;
	return { settings, nowMs: now, paused, circuits, phases, breakers };
}

export function putCircuit(draft: Draft, circuit: Circuit): void {
	ownCircuits(draft).put(circuit.id, circuit);
}

export function dropCircuit(draft: Draft, id: string): void {
	ownCircuits(draft).drop(id);
}

export function putPhase(draft: Draft, phase: Phase): void {
	if (draft.phases === draft.from.phases) draft.phases = draft.phases.copy();
	// Only the copy made here is ever written, as with circuits.
	(draft.phases as Table<number, Phase>).put(phase.phase, phase);
}

function ownCircuits(draft: Draft): Table<string, Circuit> {
	if (draft.circuits === draft.from.circuits) draft.circuits = draft.circuits.copy();
	// Only the copy made here is ever written: the state's own table is left as it was.
	return draft.circuits as Table<string, Circuit>;
}
