import type { Order } from '@pilotwire/circuit';
import { passes, tripMargin } from './margin.ts';
import { inFlight, predictedVA } from './predict.ts';
import { nextStepAt, overdueAt, readyAt, windowFullAt } from './restore.ts';
import type { SheddingSettings } from './settings.ts';
import { removableVA } from './shed.ts';
import type { Circuit, Phase, SheddingState } from './state.ts';

/** What actuators must know: the complete set that waits, and what may be raised. */
export interface ShedSet {
	readonly shed: readonly string[];
	/** By circuit, the highest order that may reach the wire although it raises the load. */
	readonly admitted: Readonly<Record<string, Order>>;
}

export function shedSet(state: SheddingState): ShedSet {
	const shed: string[] = [];
	const admitted: Record<string, Order> = {};
	for (const circuit of state.circuits.values()) {
		if (circuit.shedAt !== null) shed.push(circuit.id);
		if (circuit.admitted !== null) admitted[circuit.id] = circuit.admitted;
	}
	return { shed: shed.sort(), admitted };
}

/** What a phase does about those that wait. */
export type RestoreState =
	| 'silent'
	| 'paused'
	| 'over'
	| 'passing'
	| 'shedding'
	| 'measuring'
	| 'admitting'
	| 'rotating'
	| 'ready';

export interface PhaseSnapshot {
	readonly phase: number;
	readonly loadVA: number;
	readonly limitVA: number;
	/** Limit minus load; negative while over. */
	readonly headroomVA: number;
	/** The load once sheds and admissions in flight show, and sheds that wait for the next frame. */
	readonly predictedVA: number;
	readonly restoreState: RestoreState;
	/** Seconds at this load until the breaker's filter opens it; null where it never would. */
	readonly tripInS: number | null;
	/** Share of the breaker's filter used, 0 to 1: 1 opens. */
	readonly filterUsed: number;
	/** Nothing over the limit passes before this, ms of the caller's clock; null where a peak may pass. */
	readonly strictUntilMs: number | null;
}

export type WaitReason =
	| 'no_load'
	| 'paused'
	| 'may_rise'
	| 'too_soon'
	| 'measuring'
	| 'others_first'
	| 'unreachable'
	| 'no_headroom';

/** A circuit that has less than it wants. Times are the caller's monotonic clock, ms. */
export interface WaitSnapshot {
	readonly id: string;
	readonly phase: number;
	/** Held among the shed; otherwise it waits for an admission. */
	readonly shed: boolean;
	readonly sinceMs: number;
	readonly reason: WaitReason;
	/** The soonest at which it may heat: when its times are over, or when its turn comes; null where nothing says. */
	readonly nextChanceMs: number | null;
	/** The reason in one sentence with its figures. */
	readonly why: string;
}

export interface SheddingSnapshot {
	readonly phases: readonly PhaseSnapshot[];
	/** Longest wait first. */
	readonly waiting: readonly WaitSnapshot[];
}

/** What the state means, readable, for the bus and for screens. */
export function snapshot(state: SheddingState): SheddingSnapshot {
	const phases = [...state.phases.values()].sort((a, b) => a.phase - b.phase);
	const circuits = [...state.circuits.values()].filter((circuit) => circuit.waitingSince !== null);
	const waiting = circuits.map((circuit) => waitSnapshot(state, circuit));
	waiting.sort((a, b) => a.sinceMs - b.sinceMs || (a.id < b.id ? -1 : 1));
	return { phases: phases.map((phase) => phaseSnapshot(state, phase)), waiting };
}

function phaseSnapshot(state: SheddingState, phase: Phase): PhaseSnapshot {
	const { loadVA, limitVA } = phase;
	return {
		phase: phase.phase,
		loadVA,
		limitVA,
		headroomVA: limitVA - loadVA,
		predictedVA: predictedVA(phase, state.nowMs) - phase.dueVA,
		restoreState: restoreState(state, phase),
		...tripMargin(phase, state.nowMs),
		strictUntilMs: phase.strictUntil > state.nowMs ? phase.strictUntil : null,
	};
}

function restoreState(state: SheddingState, phase: Phase): RestoreState {
	if (phase.silentSince !== null) return 'silent';
	if (state.paused) return 'paused';
	if (predictedVA(phase, state.nowMs) > phase.limitVA) return mayPass(state, phase) ? 'passing' : 'over';
	if (phase.rotation !== null) return 'rotating';
	if (phase.falling.length > 0) return 'shedding';
	if (inFlight(phase, state.nowMs).length > 0) return 'admitting';
	return state.nowMs < windowFullAt(phase, state.settings) ? 'measuring' : 'ready';
}

function mayPass({ breakers, circuits, settings, nowMs }: SheddingState, phase: Phase): boolean {
	return passes(phase, breakers.get(phase.phase), settings, nowMs, removableVA(circuits, phase.phase, nowMs));
}

function waitSnapshot(state: SheddingState, circuit: Circuit): WaitSnapshot {
	const { id, phase, waitingSince } = circuit;
	const [reason, nextChanceMs] = chance(state, circuit);
	const nextInS = nextChanceMs === null ? null : Math.max(0, Math.ceil((nextChanceMs - state.nowMs) / 1000));
	const known = state.phases.get(phase);
	return {
		id,
		phase,
		shed: circuit.shedAt !== null,
		sinceMs: waitingSince ?? state.nowMs,
		reason,
		nextChanceMs,
		why: `${id} waits: ${told(reason, circuit, known, state.settings)}${nextInS === null ? '' : `; next chance in ${nextInS} s`}.`,
	};
}

function chance(state: SheddingState, circuit: Circuit): [WaitReason, number | null] {
	const phase = state.phases.get(circuit.phase);
	if (phase === undefined || phase.silentSince !== null) return ['no_load', null];
	if (state.paused) return ['paused', null];
	if (!circuit.reachable) return ['unreachable', null];
	if (circuit.admitted !== null) return ['may_rise', state.nowMs];
	const now = state.nowMs;
	const measuredAt = windowFullAt(phase, state.settings);
	const ready = readyAt(circuit, phase.limitVA);
	if (ready > now) return ['too_soon', Math.max(ready, measuredAt)];
	if (measuredAt > now) return ['measuring', measuredAt];
	const stepAt = nextStepAt(phase, state.settings, now);
	const busyUntil = Math.max(stepAt, phase.falling[0]?.dueAt ?? stepAt);
	if (busyUntil > now) return ['others_first', busyUntil];
	const yieldsAt = overdueAt(circuit, phase.limitVA);
	return ['no_headroom', yieldsAt > now ? yieldsAt : null];
}

function told(reason: WaitReason, circuit: Circuit, phase: Phase | undefined, settings: SheddingSettings): string {
	switch (reason) {
		case 'no_load':
			return `phase ${circuit.phase} says nothing`;
		case 'paused':
			return 'decisions are paused';
		case 'may_rise':
			return `it may take ${circuit.wanted}, and its actuator has not said so yet`;
		case 'too_soon':
			return 'it stopped a short while ago';
		case 'measuring':
			return `the headroom of phase ${circuit.phase} is being measured`;
		case 'others_first':
			return `another circuit of phase ${circuit.phase} is changing`;
		case 'unreachable':
			return 'its output does not answer';
		case 'no_headroom':
			return phase === undefined ? `phase ${circuit.phase} says nothing` : noRoom(circuit, phase, settings);
	}
}

/** What a circuit needs beside what its phase draws, or drew of late where there is room just now. */
function noRoom({ powerVA }: Circuit, phase: Phase, settings: SheddingSettings): string {
	const { loadVA, limitVA, echo } = phase;
	const neededVA = powerVA * settings.powerMargin;
	const roomVA = settings.restoreBelow * limitVA;
	const va = Math.round;
	const needs = `it needs ${va(neededVA)} VA`;
	const draws = `phase ${phase.phase} draws ${va(loadVA)} of ${va(limitVA)} VA`;
	if (loadVA + neededVA > roomVA) return `${needs}, and ${draws}`;
	const lateVA = Math.max(...echo.periods.flat());
	if (lateVA + neededVA > roomVA) return `${needs}, and ${draws} now but drew ${va(lateVA)} VA a moment ago`;
	return `${needs}, and ${draws}, of which others may take more or come before it`;
}
