import { act } from './action.ts';
import { chooseEnough, totalVA } from './choose.ts';
import { missingK, needK, satisfied } from './comfort.ts';
import { circuitWith, phaseWith } from './copies.ts';
import {
	firstByNeed,
	headroomVA,
	overdueAt,
	peakHeadroomVA,
	raise,
	readyAt,
	usualHeadroomVA,
	windowFullAt,
} from './restore.ts';
import { draws, onLongEnough, shedAll, sheddable, yieldsTo } from './shed.ts';
import { type Circuit, type Draft, type Phase, putCircuit, putPhase } from './state.ts';

/**
 * Frees the place of a circuit that waited its longest, or that is more important than those who heat: they go first, and
 * it comes once the meter shows their place free, so that the sum never needs more than the headroom.
 */
export function startRotation(draft: Draft, phase: Phase, waiting: readonly Circuit[]): void {
	const { now, settings } = draft;
	if (waiting.length === 0 || now < windowFullAt(phase, settings)) return;
	const late = waiting.filter((one) => now >= overdueAt(one, phase.limitVA));
	if (late.length > 0 && claimAtLast(draft, phase, late)) return;
	const headroom = Math.min(headroomVA(draft, phase), usualHeadroomVA(draft, phase));
	if (!claimPlace(draft, phase, waiting, headroom)) stepAside(draft, phase, waiting, headroom);
}

/**
 * The place of one that waited its longest, where it can have one. What its phase may draw beside it is the highest load of
 * the last period, not what caution would leave free: a turn that proves short is still a turn, and a load that sways must not
 * keep it waiting for good.
 */
function claimAtLast(draft: Draft, phase: Phase, late: readonly Circuit[]): boolean {
	const { now, settings } = draft;
	const lastingVA = Math.max(usualHeadroomVA(draft, phase), peakHeadroomVA(draft, phase));
	const headroom = Math.min(headroomVA(draft, phase), lastingVA);
	const heating = whoHadItsTurn(draft, phase.phase, 0);
	// A place that counts on the meter's last step may prove too small: once that has happened, not again for a turn.
	const leastVA = (one: Circuit): number => placeVA(draft, one) - (now >= one.notBefore ? settings.meterStepVA : 0);
	const circuit = whoseTurn(draft, phase, late, heating, headroom, leastVA);
	if (circuit === undefined || placeVA(draft, circuit) <= headroom) return false;
	const may = givers(heating, circuit);
	const needed = Math.min(placeVA(draft, circuit) - headroom, totalVA(may));
	const isWarm = (one: Circuit): boolean => satisfied(one, now);
	// Who seems too warm to heat may draw all the same: it goes where the others aren't enough.
	const tiers = [may.filter((one) => !isWarm(one)), may.filter(isWarm)];
	exchange(draft, phase, circuit, chooseEnough(tiers, needed, now));
	return true;
}

/** A circuit that needs its place by so much more than another may have it, K. */
const SWAP_K = 1.5;

function claimPlace(draft: Draft, phase: Phase, waiting: readonly Circuit[], headroom: number): boolean {
	const { now, settings } = draft;
	const partners = whoHadItsTurn(draft, phase.phase, settings.turnS * 1000).filter((one) => !satisfied(one, now));
	const circuit = whoseTurn(draft, phase, waiting, partners, headroom, (one) => placeVA(draft, one));
	if (circuit === undefined) return false;
	const may = givers(partners, circuit).filter((one) => needK(one, now) < needK(circuit, now) - SWAP_K);
	const needed = placeVA(draft, circuit) - headroom;
	if (needed <= 0 || totalVA(may) < needed) return false;
	exchange(draft, phase, circuit, chooseEnough([may], needed, now));
	return true;
}

/**
 * Who heats already, at eco, and wants more, may itself be the load that leaves no room for it. Nobody can tell from the
 * meter: so it goes for a moment, and comes back to what it wants where its place shows free.
 */
function stepAside(draft: Draft, phase: Phase, waiting: readonly Circuit[], headroom: number): void {
	const circuit = firstByNeed(waiting, draft.now, phase.limitVA, (one) => {
		const may = sheddable(one) && draws(one, draft.now) && onLongEnough(one, draft.now);
		return may && phase.loadVA >= one.powerVA && placeVA(draft, one) - one.powerVA <= headroom;
	});
	if (circuit !== undefined) exchange(draft, phase, circuit, [circuit]);
}

/** The first who can have a place at all, if all gave theirs who may: who can't would hold the others off. */
function whoseTurn(
	{ now }: Draft,
	{ limitVA }: Phase,
	waiting: readonly Circuit[],
	partners: readonly Circuit[],
	headroom: number,
	leastVA: (one: Circuit) => number,
): Circuit | undefined {
	const fits = (one: Circuit): boolean => leastVA(one) <= headroom + totalVA(givers(partners, one));
	return firstByNeed(waiting, now, limitVA, fits);
}

/** Those of whom a circuit may have the place. */
function givers(partners: readonly Circuit[], circuit: Circuit): Circuit[] {
	return partners.filter((one) => one.id !== circuit.id && yieldsTo(one, circuit));
}

/** The place that a rotation makes for a circuit. */
function placeVA(draft: Draft, circuit: Circuit): number {
	return circuit.powerVA * draft.settings.powerMargin + draft.settings.meterStepVA;
}

function whoHadItsTurn(draft: Draft, phase: number, turnMs: number): Circuit[] {
	const partners: Circuit[] = [];
	for (const circuit of draft.circuits.values()) {
		if (circuit.phase !== phase || !sheddable(circuit) || !draws(circuit, draft.now)) continue;
		if (onLongEnough(circuit, draft.now) && draft.now - circuit.heatsSince >= turnMs) partners.push(circuit);
	}
	return partners;
}

function exchange(draft: Draft, phase: Phase, circuit: Circuit, partners: readonly Circuit[]): void {
	const current = shedAll(draft, phase, partners, false);
	const overdue = draft.now >= overdueAt(circuit, phase.limitVA);
	const reason = partners.includes(circuit) ? 'own_place' : overdue ? 'longest_wait' : 'greater_need';
	for (const one of partners) {
		const { id, heatsSince, powerVA } = one;
		const figures = {
			waitedS: (draft.now - (circuit.waitingSince ?? draft.now)) / 1000,
			turnS: (draft.now - heatsSince) / 1000,
			powerVA,
			neededVA: circuit.powerVA,
			missingK: missingK(one, draft.now),
			otherMissingK: missingK(circuit, draft.now),
		};
		act(draft, { kind: 'rotate', phase: phase.phase, id, forId: circuit.id, reason, figures });
	}
	putPhase(draft, phaseWith(current, { rotation: { forId: circuit.id, startedAt: draft.now, freedAt: null } }));
}

/** Carries a rotation on: the place must show free, last, and fit. Given up where it does not in time. */
export function continueRotation(draft: Draft, phase: Phase): void {
	const { rotation } = phase;
	if (rotation === null) return;
	const responseMs = draft.settings.responseS * 1000;
	const circuit = draft.circuits.get(rotation.forId);
	if (circuit === undefined || circuit.waitingSince === null || !circuit.reachable || circuit.phase !== phase.phase) {
		putPhase(draft, phaseWith(phase, { rotation: null }));
		return;
	}
	const freedAt = rotation.freedAt ?? (phase.falling.length === 0 ? draft.now : null);
	const fits = circuit.powerVA * draft.settings.powerMargin <= headroomVA(draft, phase);
	const ready = readyAt(circuit, phase.limitVA);
	const lasted = freedAt !== null && draft.now - freedAt >= responseMs;
	if (fits && lasted && draft.now >= ready) {
		raise(draft, phase, circuit, 'rotation');
	} else if (draft.now >= Math.max(rotation.startedAt, ready) + 4 * responseMs) {
		giveUp(draft, phase, circuit);
	} else if (freedAt !== rotation.freedAt) {
		putPhase(draft, phaseWith(phase, { rotation: { ...rotation, freedAt } }));
	}
}

function giveUp(draft: Draft, phase: Phase, circuit: Circuit): void {
	const figures = { loadVA: phase.loadVA, limitVA: phase.limitVA, powerVA: circuit.powerVA };
	act(draft, { kind: 'withdraw', phase: phase.phase, id: circuit.id, reason: 'rotation_failed', figures });
	putPhase(draft, phaseWith(phase, { rotation: null }));
	const { turnS, maxPatienceS } = draft.settings;
	const longer = Math.max(Math.min(2 * circuit.patienceMs, maxPatienceS * 1000), turnS * 1000);
	const overdue = draft.now >= overdueAt(circuit, phase.limitVA);
	// Who waited its longest is held off by nothing of its own, but asks for no place that is as small again.
	const notBefore = draft.now + (overdue ? turnS * 1000 : longer);
	putCircuit(draft, circuitWith(circuit, { patienceMs: overdue ? 0 : longer, notBefore }));
}
