import { act } from './action.ts';
import { byTurn, chooseEnough, totalVA } from './choose.ts';
import { PEAK_MS } from './predict.ts';
import { firstByNeed, headroomVA, overdueAt, raise, readyAt, windowFullAt } from './restore.ts';
import { draws, onLongEnough, shedAll, sheddable } from './shed.ts';
import { type Circuit, type Draft, type Phase, putCircuit, putPhase } from './state.ts';

/**
 * Frees the place of a circuit that waited its longest, or that is more important than those who heat: they go first, and
 * it comes once the meter shows their place free, so that the sum never needs more than the headroom.
 */
export function startRotation(draft: Draft, phase: Phase, waiting: readonly Circuit[]): void {
	if (waiting.length === 0 || draft.now < windowFullAt(phase)) return;
	const headroom = headroomVA(draft, phase, draft.now - phase.windowMs);
	if (!claimPlace(draft, phase, waiting, headroom)) stepAside(draft, phase, waiting, headroom);
}

function claimPlace(draft: Draft, phase: Phase, waiting: readonly Circuit[], headroom: number): boolean {
	const partners = whoHadItsTurn(draft, phase.phase);
	if (partners.length === 0) return false;
	const circuit = whoseTurn(draft, waiting, headroom + totalVA(partners));
	if (circuit === undefined) return false;
	const overdue = draft.now >= overdueAt(circuit);
	const may = partners.filter(({ id, priority }) => id !== circuit.id && (overdue || priority > circuit.priority));
	const needed = placeVA(draft, circuit) - headroom;
	if (needed <= 0 || totalVA(may) < needed) return false;
	exchange(draft, phase, circuit, chooseEnough([may.sort(byTurn)], needed));
	return true;
}

/**
 * Who heats already, at eco, and wants more, may itself be the load that leaves no room for it. Nobody can tell from the
 * meter: so it goes for a moment, and comes back to what it wants where its place shows free.
 */
function stepAside(draft: Draft, phase: Phase, waiting: readonly Circuit[], headroom: number): void {
	const circuit = firstByNeed(waiting, draft.now, (one) => {
		const may = sheddable(one) && draws(one, draft.now) && onLongEnough(one, draft.now);
		return may && phase.loadVA >= one.powerVA && placeVA(draft, one) - one.powerVA <= headroom;
	});
	if (circuit !== undefined) exchange(draft, phase, circuit, [circuit]);
}

/** Who waited its longest and can have a place at all; else the first, who may claim one by importance. */
function whoseTurn(draft: Draft, waiting: readonly Circuit[], mostVA: number): Circuit | undefined {
	const overdue = (circuit: Circuit): boolean =>
		draft.now >= overdueAt(circuit) && placeVA(draft, circuit) <= mostVA - (circuit.heats ? circuit.powerVA : 0);
	return firstByNeed(waiting, draft.now, overdue) ?? firstByNeed(waiting, draft.now, () => true);
}

/** The place that a rotation makes for a circuit. */
function placeVA(draft: Draft, circuit: Circuit): number {
	return circuit.powerVA * draft.settings.powerMargin + draft.settings.meterStepVA;
}

function whoHadItsTurn(draft: Draft, phase: number): Circuit[] {
	const turnMs = draft.settings.turnS * 1000;
	const partners: Circuit[] = [];
	for (const circuit of draft.circuits.values()) {
		if (circuit.phase !== phase || !sheddable(circuit) || !draws(circuit, draft.now)) continue;
		if (onLongEnough(circuit, draft.now) && draft.now - circuit.heatsSince >= turnMs) partners.push(circuit);
	}
	return partners;
}

function exchange(draft: Draft, phase: Phase, circuit: Circuit, partners: readonly Circuit[]): void {
	const current = shedAll(draft, phase, partners, false);
	const overdue = draft.now >= overdueAt(circuit);
	const reason = partners.includes(circuit) ? 'own_place' : overdue ? 'longest_wait' : 'more_important';
	for (const { id, heatsSince, powerVA } of partners) {
		const figures = {
			waitedS: (draft.now - (circuit.waitingSince ?? draft.now)) / 1000,
			turnS: (draft.now - heatsSince) / 1000,
			powerVA,
			neededVA: circuit.powerVA,
		};
		act(draft, { kind: 'rotate', phase: phase.phase, id, forId: circuit.id, reason, figures });
	}
	putPhase(draft, { ...current, rotation: { forId: circuit.id, startedAt: draft.now, freedAt: null } });
}

/** Carries a rotation on: the place must show free, last, and fit. Given up where it does not in time. */
export function continueRotation(draft: Draft, phase: Phase): void {
	const { rotation } = phase;
	if (rotation === null) return;
	const responseMs = draft.settings.responseS * 1000;
	const circuit = draft.circuits.get(rotation.forId);
	if (circuit === undefined || circuit.waitingSince === null || circuit.phase !== phase.phase) {
		putPhase(draft, { ...phase, rotation: null });
		return;
	}
	const freedAt = rotation.freedAt ?? (phase.falling.length === 0 ? draft.now : null);
	// A peak of before counts as lasting a little longer.
	const since = (freedAt ?? draft.now) + PEAK_MS;
	const fits = circuit.powerVA * draft.settings.powerMargin <= headroomVA(draft, phase, since);
	if (fits && draft.now - since >= responseMs && draft.now >= readyAt(circuit)) {
		raise(draft, phase, circuit, since, 'rotation');
	} else if (draft.now - rotation.startedAt >= 4 * responseMs) {
		giveUp(draft, phase, circuit);
	} else if (freedAt !== rotation.freedAt) {
		putPhase(draft, { ...phase, rotation: { ...rotation, freedAt } });
	}
}

function giveUp(draft: Draft, phase: Phase, circuit: Circuit): void {
	const figures = { loadVA: phase.loadVA, limitVA: phase.limitVA, powerVA: circuit.powerVA };
	act(draft, { kind: 'withdraw', phase: phase.phase, id: circuit.id, reason: 'rotation_failed', figures });
	putPhase(draft, { ...phase, rotation: null });
	const { turnS, maxPatienceS } = draft.settings;
	const patienceMs = Math.max(Math.min(2 * circuit.patienceMs, maxPatienceS * 1000), turnS * 1000);
	putCircuit(draft, { ...circuit, patienceMs, notBefore: draft.now + patienceMs });
}
