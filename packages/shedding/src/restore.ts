import { raises } from '@pilotwire/circuit';
import { act } from './action.ts';
import { inFlight, leftVA, peakVA, reservedVA, settled } from './predict.ts';
import type { SheddingSettings } from './settings.ts';
import { type Change, type Circuit, type Draft, type Phase, putCircuit, putPhase } from './state.ts';

/**
 * What a phase has to give, VA: by its highest load since a moment and by what admitted circuits may still add. Whether
 * a rise comes from a circuit in flight or from an oven nobody knows yet: so the whole of each in flight is taken.
 */
export function headroomVA(draft: Draft, phase: Phase, since: number): number {
	const { restoreBelow, powerMargin } = draft.settings;
	const flight = inFlight(phase, draft.now);
	const settledVA = Math.min(reservedVA(phase), leftVA(phase.rising) - leftVA(flight));
	const flightVA = flight.reduce((total, { powerVA }) => total + powerVA, 0) * powerMargin;
	return restoreBelow * phase.limitVA - peakVA(phase, since) - settledVA - flightVA;
}

/** Brings back, or admits, the first of those that wait whom the headroom fits. */
export function restoreOne(draft: Draft, phase: Phase, waiting: readonly Circuit[]): boolean {
	if (waiting.length === 0 || draft.now < windowFullAt(phase)) return false;
	const headroom = headroomVA(draft, phase, draft.now - phase.windowMs);
	const fits = (circuit: Circuit): boolean => circuit.powerVA * draft.settings.powerMargin <= headroom;
	const circuit = firstByNeed(waiting, draft.now, fits);
	if (circuit === undefined) return false;
	raise(draft, phase, circuit, draft.now - phase.windowMs, 'headroom');
	return true;
}

/**
 * When the next circuit may follow those in flight: they share the measured headroom, of which the whole of each is
 * taken until the meter has had the time to show it. One step after the other, so that the load climbs a staircase. Where a circuit lately
 * had to go again at once, figures were wrong somewhere: then each is seen on the meter before the next.
 */
export function nextStepAt(phase: Phase, settings: SheddingSettings, now: number): number {
	const trusted = phase.windowMs <= settings.restoreStableS * 1000;
	return inFlight(phase, now).reduce((latest, { inForceAt, dueAt }) => {
		const mayFollow = trusted && inForceAt !== null;
		return Math.max(latest, mayFollow ? inForceAt + settings.stepS * 1000 : dueAt);
	}, Number.NEGATIVE_INFINITY);
}

/** When the window of a phase is full. */
export function windowFullAt(phase: Phase): number {
	return phase.heardSince + phase.windowMs;
}

/** Admits a circuit's wanted order and counts its power as on its way in. */
export function raise(
	draft: Draft,
	phase: Phase,
	circuit: Circuit,
	since: number,
	reason: 'headroom' | 'rotation',
): void {
	const { now, settings } = draft;
	const figures = {
		powerVA: circuit.powerVA,
		peakVA: peakVA(phase, since),
		limitVA: phase.limitVA,
		headroomVA: headroomVA(draft, phase, since),
		windowS: (now - since) / 1000,
		waitedS: (now - (circuit.waitingSince ?? now)) / 1000,
	};
	const kind = circuit.shedAt === null ? 'admit' : 'restore';
	act(draft, { kind, phase: phase.phase, id: circuit.id, reason, figures });
	const raised = { ...circuit, shedAt: null, lastRaisedAt: now, idleUntil: 0 };
	if (!raises(circuit.inForce, circuit.wanted)) {
		// It never obeyed its shed: there is nothing to admit, and the meter shows it already.
		putCircuit(draft, { ...raised, waitingSince: null });
		putPhase(draft, { ...phase, rotation: null });
		return;
	}
	putCircuit(draft, { ...raised, admitted: circuit.wanted });
	const change: Change = {
		id: circuit.id,
		powerVA: circuit.powerVA,
		leftVA: circuit.powerVA,
		dueAt: now + settings.obeyS * 1000,
		inForceAt: null,
	};
	const quiet = now - phase.lastQuickAt > 2 * settings.quickS * 1000;
	const windowMs = quiet ? settings.restoreStableS * 1000 : phase.windowMs;
	const booked = settled(phase);
	const rising = [...booked.rising.filter((other) => other.id !== circuit.id), change];
	putPhase(draft, { ...booked, rising, windowMs, rotation: null });
}

/** The circuits of a phase that wait and whose own times let them come back. */
export function whoWaits(draft: Draft, phase: number): Circuit[] {
	const waiting: Circuit[] = [];
	for (const circuit of draft.circuits.values()) {
		if (circuit.phase !== phase || circuit.waitingSince === null || circuit.admitted !== null) continue;
		if (draft.now >= readyAt(circuit)) waiting.push(circuit);
	}
	return waiting;
}

/** Of those that fit, the one to be served first. */
export function firstByNeed(
	waiting: readonly Circuit[],
	now: number,
	fits: (circuit: Circuit) => boolean,
): Circuit | undefined {
	let first: Circuit | undefined;
	for (const circuit of waiting) {
		if (fits(circuit) && (first === undefined || byNeed(circuit, first, now) < 0)) first = circuit;
	}
	return first;
}

/** When a circuit's own times let it come back. */
export function readyAt(circuit: Circuit): number {
	const offFor = circuit.heats ? 0 : circuit.heatsSince + circuit.minOffMs;
	return Math.max(offFor, circuit.notBefore);
}

/** When priority yields to a circuit's wait. */
export function overdueAt(circuit: Circuit): number {
	return (circuit.waitingSince ?? Number.POSITIVE_INFINITY) + circuit.maxWaitMs;
}

/** Frost protection first; then who is past its longest wait; then the most important; then who draws before who didn't; then the longest wait. */
function byNeed(a: Circuit, b: Circuit, now: number): number {
	const frost = Number(b.wanted === 'frost_protection') - Number(a.wanted === 'frost_protection');
	if (frost !== 0) return frost;
	const overdue = Number(now >= overdueAt(b)) - Number(now >= overdueAt(a));
	if (overdue !== 0) return overdue;
	if (now < overdueAt(a) && a.priority !== b.priority) return a.priority - b.priority;
	const idle = Number(now < a.idleUntil) - Number(now < b.idleUntil);
	if (idle !== 0) return idle;
	const since = (a.waitingSince ?? 0) - (b.waitingSince ?? 0);
	if (since !== 0) return since;
	return a.id < b.id ? -1 : 1;
}
