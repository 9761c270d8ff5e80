import type { Action } from './action.ts';
import { forgetCircuit, hearCircuit } from './circuits.ts';
import { phaseWith } from './copies.ts';
import type { SheddingEvent } from './event.ts';
import { judge } from './judge.ts';
import { fallSilent, hearBreaker, hearLoad, isAlert } from './loads.ts';
import { inFlight } from './predict.ts';
import { nextStepAt, overdueAt, restoreOne, whoWaits } from './restore.ts';
import { continueRotation, startRotation } from './rotate.ts';
import { NOT_OVER, shedEnough, withdrawInFlight } from './shed.ts';
import { type Draft, draftOf, finished, type Phase, putPhase, type SheddingState } from './state.ts';

/** What follows from an event: the new state and what to do, in order. */
export interface Decision {
	readonly state: SheddingState;
	readonly actions: readonly Action[];
}

/**
 * Decides what an event means. The same state, event and time give the same decision.
 * @param nowMs the caller's monotonic clock, ms; a step back counts as no time passed
 */
export function decide(state: SheddingState, event: SheddingEvent, nowMs: number): Decision {
	const draft = draftOf(state, nowMs);
	hear(draft, event);
	if (!draft.paused) decideWhere(draft, event);
	return { state: finished(draft), actions: draft.actions };
}

function hear(draft: Draft, event: SheddingEvent): void {
	switch (event.kind) {
		case 'load':
			hearLoad(draft, event);
			break;
		case 'circuit':
			hearCircuit(draft, event);
			break;
		case 'circuit_removed':
			forgetCircuit(draft, event.id);
			break;
		case 'breaker':
			hearBreaker(draft, event);
			break;
		case 'silence':
			for (const phase of draft.phases.values()) {
				if (event.phase === undefined || event.phase === phase.phase) fallSilent(draft, phase);
			}
			break;
		case 'paused':
			pause(draft);
			break;
		case 'resumed':
			draft.paused = false;
			for (const phase of draft.phases.values()) putPhase(draft, phaseWith(phase, { heardSince: draft.now }));
			break;
		case 'tick':
			break;
	}
}

/** While paused nothing is raised any more than lowered. */
function pause(draft: Draft): void {
	draft.paused = true;
	for (const phase of draft.phases.values()) {
		const current = withdrawInFlight(draft, phase, 'paused');
		putPhase(draft, phaseWith(current, { falling: [], rising: [], rotation: null, ...NOT_OVER }));
	}
}

/** A load or a circuit concerns its own phase, a second all of them; other news is no reason to decide. */
function decideWhere(draft: Draft, event: SheddingEvent): void {
	if (event.kind === 'load' || event.kind === 'circuit') {
		const phase = draft.phases.get(event.phase);
		if (phase !== undefined) decidePhase(draft, phase, event);
	} else if (event.kind === 'tick') {
		for (const phase of draft.phases.values()) if (!isAtRest(draft, phase)) decidePhase(draft, phase, event);
	}
}

/** Whether time alone means nothing to a phase: it is within its limit, and nothing is on its way. */
function isAtRest({ now, settings }: Draft, { loadVA, limitVA, loadAt, falling, rising }: Phase): boolean {
	const isFresh = now - loadAt <= settings.loadAgeS * 1000;
	return isFresh && loadVA <= limitVA && falling.length === 0 && rising.length === 0;
}

function decidePhase(draft: Draft, known: Phase, event: SheddingEvent): void {
	if (known.silentSince !== null) return;
	if (draft.now - known.loadAt > draft.settings.loadAgeS * 1000) {
		fallSilent(draft, known);
		return;
	}
	const judged = judge(draft, known);
	const stands = shedEnough(draft, judged, event.kind === 'load' && isAlert(event));
	// What is given back rests on a load that has just been heard.
	if (stands === 'over' || event.kind !== 'load') return;
	giveBack(draft, draft.phases.get(judged.phase) ?? judged, stands === 'passing');
}

/** While a peak passes nothing more comes in, but for the turn of who waited its longest: its place is freed first. */
function giveBack(draft: Draft, phase: Phase, passing: boolean): void {
	if (phase.rotation !== null) {
		continueRotation(draft, phase);
		return;
	}
	if (phase.falling.length > 0 || draft.now < nextStepAt(phase, draft.settings, draft.now)) return;
	const waiting = whoWaits(draft, phase);
	if (waiting.length === 0 || (!passing && restoreOne(draft, phase, waiting))) return;
	const claimants = passing ? waiting.filter((one) => draft.now >= overdueAt(one, phase.limitVA)) : waiting;
	if (claimants.length === 0) return;
	if (isTurnOfRotations(draft, phase) && inFlight(phase, draft.now).length === 0)
		startRotation(draft, phase, claimants);
}

/** Places change over minutes: whether one is to be freed is asked with the first load of every few seconds. */
function isTurnOfRotations({ from, now, settings }: Draft, { phase }: Phase): boolean {
	const before = from.phases.get(phase)?.loadAt ?? Number.NEGATIVE_INFINITY;
	const everyMs = settings.rotateEveryS * 1000;
	return Math.floor(now / everyMs) > Math.floor(before / everyMs);
}
