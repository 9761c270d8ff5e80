import { act } from './action.ts';
import { circuitWith, phaseWith } from './copies.ts';
import { allFallen, settled, unseen } from './predict.ts';
import { withdrawInFlight, withoutRising } from './shed.ts';
import { type Change, type Draft, type Phase, putCircuit, putPhase } from './state.ts';

/** Judges the sheds and admissions whose time is over by what the meter shows. */
export function judge(draft: Draft, phase: Phase): Phase {
	let current = phase;
	if (current.falling.length > 0) current = judgeSheds(draft, current);
	if (current.rising.length > 0) current = judgeAdmissions(draft, current);
	if (current !== phase) putPhase(draft, current);
	return current;
}

function judgeSheds(draft: Draft, phase: Phase): Phase {
	if (allFallen(phase)) return phaseWith(settled(phase), { falling: [] });
	if (phase.falling.every((change) => draft.now < change.dueAt)) return phase;
	const booked = settled(phase);
	for (const change of booked.falling) if (draft.now >= change.dueAt && unseen(change)) doubt(draft, phase, change);
	return phaseWith(booked, { falling: booked.falling.filter((change) => draft.now < change.dueAt) });
}

/** A shed that frees nothing no longer counts as gone: the actuator did not obey, or the circuit drew nothing anyway. */
function doubt(draft: Draft, phase: Phase, change: Change): void {
	const circuit = draft.circuits.get(change.id);
	if (circuit === undefined || circuit.shedAt === null) return;
	const reason = circuit.heats ? 'not_obeyed' : 'not_drawing';
	const figures = {
		powerVA: change.powerVA,
		freedVA: change.powerVA - change.leftVA,
		afterS: draft.settings.responseS,
	};
	act(draft, { kind: 'unseen', phase: phase.phase, id: change.id, reason, figures });
	if (reason === 'not_drawing') putCircuit(draft, circuitWith(circuit, { idleUntil: Number.POSITIVE_INFINITY }));
}

function judgeAdmissions(draft: Draft, phase: Phase): Phase {
	let current = phase;
	for (const change of phase.rising) {
		if (draft.now < change.dueAt) continue;
		if (change.inForceAt === null) current = notObeyed(draft, current, change.id);
		else current = judgeDrawing(draft, current, change.id, change.inForceAt);
	}
	return current;
}

function notObeyed(draft: Draft, phase: Phase, id: string): Phase {
	const current = withdrawInFlight(draft, phase, 'not_obeyed');
	const circuit = draft.circuits.get(id);
	const { quickS, maxPatienceS } = draft.settings;
	if (circuit !== undefined) {
		const patienceMs = Math.min(Math.max(2 * circuit.patienceMs, quickS * 500), maxPatienceS * 1000);
		putCircuit(draft, circuitWith(circuit, { patienceMs, notBefore: draft.now + patienceMs }));
	}
	return withoutRising(current, id);
}

/** Its power stays reserved until the meter shows it, or until its thermostat had the time to show that it is satisfied. */
function judgeDrawing(draft: Draft, phase: Phase, id: string, inForceAt: number): Phase {
	const change = settled(phase).rising.find((one) => one.id === id);
	const circuit = draft.circuits.get(id);
	if (change === undefined || circuit === undefined) return withoutRising(phase, id);
	const judgeMs = draft.settings.judgeS * 1000;
	const shown = !unseen(change);
	const judged = shown || draft.now - inForceAt >= judgeMs;
	const idleUntil = shown ? 0 : (judged ? draft.now : inForceAt) + judgeMs;
	if (idleUntil !== circuit.idleUntil) putCircuit(draft, circuitWith(circuit, { idleUntil }));
	return judged ? withoutRising(phase, id) : phase;
}
