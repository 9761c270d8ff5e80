import type { Action } from './action.ts';
import { forgetCircuit, hearCircuit } from './circuits.ts';
import type { SheddingEvent } from './event.ts';
import { judge } from './judge.ts';
import { fallSilent, hearLoad, isAlert } from './loads.ts';
import { inFlight } from './predict.ts';
import { nextStepAt, restoreOne, whoWaits } from './restore.ts';
import { continueRotation, startRotation } from './rotate.ts';
import { shedEnough, withdrawInFlight } from './shed.ts';
import { type Draft, draftOf, finished, putPhase, type SheddingState } from './state.ts';

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
	if (!draft.paused) for (const phase of concerned(draft, event)) decidePhase(draft, phase, event);
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
			for (const phase of draft.phases.values()) putPhase(draft, { ...phase, heardSince: draft.now });
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
		putPhase(draft, { ...current, falling: [], rising: [], rotation: null });
	}
}

function concerned(draft: Draft, event: SheddingEvent): readonly number[] {
	if (event.kind === 'load') return [event.phase];
	if (event.kind === 'circuit') return [event.phase];
	return event.kind === 'tick' ? [...draft.phases.keys()] : [];
}

function decidePhase(draft: Draft, number: number, event: SheddingEvent): void {
	const known = draft.phases.get(number);
	if (known === undefined || known.silentSince !== null) return;
	if (draft.now - known.loadAt > draft.settings.loadAgeS * 1000) {
		fallSilent(draft, known);
		return;
	}
	const phase = judge(draft, known);
	if (shedEnough(draft, phase, event.kind === 'load' && isAlert(event))) return;
	if (phase.rotation !== null) {
		continueRotation(draft, phase);
		return;
	}
	if (phase.falling.length > 0 || draft.now < nextStepAt(phase, draft.settings, draft.now)) return;
	const waiting = whoWaits(draft, number);
	if (!restoreOne(draft, phase, waiting) && inFlight(phase, draft.now).length === 0)
		startRotation(draft, phase, waiting);
}
