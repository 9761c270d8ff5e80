import { act, type Reason } from './action.ts';
import { byTurn, chooseEnough, totalVA } from './choose.ts';
import { inFlight, predictedVA, reservedVA, settled } from './predict.ts';
import { type Change, type Circuit, type Draft, type Phase, putCircuit, putPhase } from './state.ts';

/** The first wait of a circuit that had to go again at once; it doubles from there. */
const FIRST_PATIENCE_MS = 60_000;
/** Up to this share over the limit no breaker opens within hours. */
const DANGER_SHARE = 0.1;

/**
 * Sheds enough at once that the predicted load is within the limit again, or all there is.
 * @returns whether the phase was over
 */
export function shedEnough(draft: Draft, phase: Phase, alert: boolean): boolean {
	if (predictedVA(phase, draft.now) <= phase.limitVA) return false;
	let current = withdrawInFlight(draft, phase, 'over_limit');
	const predicted = predictedVA(current, draft.now);
	if (predicted > phase.limitVA) {
		const needed = predicted - phase.limitVA * draft.settings.shedTo;
		const figures = { loadVA: phase.loadVA, limitVA: phase.limitVA, predictedVA: predicted, neededVA: needed };
		const reason = alert ? 'meter_alert' : 'over_limit';
		const chosen = choose(draft, phase, needed);
		current = shedAll(draft, current, chosen, true);
		for (const { id, powerVA } of chosen) {
			act(draft, { kind: 'shed', phase: phase.phase, id, reason, figures: { ...figures, powerVA } });
		}
	}
	putPhase(draft, current);
	return true;
}

/**
 * First circuits free of their minimum time on, then the others too, then those that draw nothing, which count for
 * nothing. Last, and only against what could open a breaker, those that keep a room from freezing: a breaker that opens
 * leaves all of them cold.
 */
function choose(draft: Draft, { phase, limitVA }: Phase, neededVA: number): Circuit[] {
	const free: Circuit[] = [];
	const held: Circuit[] = [];
	const idle: Circuit[] = [];
	const frost: Circuit[] = [];
	for (const circuit of draft.circuits.values()) {
		if (circuit.phase !== phase) continue;
		if (keepsFrostOff(circuit) && mayDraw(circuit, draft.now)) frost.push(circuit);
		if (!sheddable(circuit)) continue;
		if (draws(circuit, draft.now)) (onLongEnough(circuit, draft.now) ? free : held).push(circuit);
		else idle.push(circuit);
	}
	const chosen = chooseEnough([free.sort(byTurn), held.sort(byTurn)], neededVA);
	const missingVA = neededVA - totalVA(chosen);
	if (missingVA <= 0) return chosen;
	const last = missingVA > DANGER_SHARE * limitVA ? chooseEnough([frost.sort(byTurn)], missingVA) : [];
	return [...chosen, ...idle.sort(byTurn), ...last];
}

/**
 * Puts circuits among the shed and counts what they draw as on its way out.
 * @param danger whether the phase is over: one that came back a short while ago then waits longer next time
 */
export function shedAll(draft: Draft, phase: Phase, circuits: readonly Circuit[], danger: boolean): Phase {
	const { now, settings } = draft;
	const booked = settled(phase);
	const falling = [...booked.falling];
	let anyQuick = false;
	for (const circuit of circuits) {
		const quick = danger && now - circuit.lastRaisedAt < settings.quickS * 1000;
		anyQuick ||= quick;
		markShed(draft, circuit, quick);
		falling.push(changeOf(draft, booked, circuit));
	}
	const gone = new Set(circuits.map((circuit) => circuit.id));
	const rising = booked.rising.filter((change) => !gone.has(change.id));
	if (!anyQuick) return { ...booked, falling, rising };
	const windowMs = Math.min(2 * phase.windowMs, settings.maxRestoreStableS * 1000);
	return { ...booked, falling, rising, windowMs, lastQuickAt: now };
}

function markShed(draft: Draft, circuit: Circuit, quick: boolean): void {
	const { now, settings } = draft;
	const longer = Math.min(Math.max(2 * circuit.patienceMs, FIRST_PATIENCE_MS), settings.maxPatienceS * 1000);
	const patienceMs = quick ? longer : 0;
	const waitingSince = circuit.waitingSince ?? now;
	const notBefore = now + patienceMs;
	putCircuit(draft, { ...circuit, shedAt: now, lastShedAt: now, waitingSince, admitted: null, patienceMs, notBefore });
}

/** What a shed will take off the load: the circuit's power, but for what the meter never showed of it. */
function changeOf(draft: Draft, phase: Phase, circuit: Circuit): Change {
	const unshown = phase.rising.find((change) => change.id === circuit.id)?.leftVA ?? 0;
	const powerVA = mayDraw(circuit, draft.now) ? Math.max(0, circuit.powerVA - unshown) : 0;
	const dueAt = draft.now + draft.settings.responseS * 1000;
	return { id: circuit.id, powerVA, leftVA: powerVA, dueAt, inForceAt: null };
}

/** Takes back the admissions that no actuator has carried out: the cheapest way down, since nothing is switched. */
export function withdrawInFlight(draft: Draft, phase: Phase, reason: Reason): Phase {
	return inFlight(phase, draft.now).reduce((current, change) => withdraw(draft, current, change, reason), phase);
}

function withdraw(draft: Draft, phase: Phase, change: Change, reason: Reason): Phase {
	const circuit = draft.circuits.get(change.id);
	if (circuit === undefined || change.inForceAt !== null) return phase;
	const figures = {
		loadVA: phase.loadVA,
		limitVA: phase.limitVA,
		predictedVA: predictedVA(phase, draft.now),
		afterS: draft.settings.obeyS,
	};
	act(draft, { kind: 'withdraw', phase: phase.phase, id: circuit.id, reason, figures });
	putCircuit(draft, { ...circuit, admitted: null });
	return withoutRising(phase, circuit.id);
}

/** The phase without what a circuit was about to add. */
export function withoutRising(phase: Phase, id: string): Phase {
	if (!phase.rising.some((change) => change.id === id)) return phase;
	const booked = reservedVA(phase) > 0 ? settled(phase) : phase;
	return { ...booked, rising: booked.rising.filter((change) => change.id !== id) };
}

export const sheddable = (circuit: Circuit): boolean =>
	circuit.heats && circuit.controllable && circuit.shedAt === null;
const keepsFrostOff = (circuit: Circuit): boolean =>
	circuit.inForce === 'frost_protection' && circuit.controllable && circuit.shedAt === null;
const mayDraw = (circuit: Circuit, now: number): boolean => circuit.inForce !== 'off' && now >= circuit.idleUntil;
export const draws = (circuit: Circuit, now: number): boolean => circuit.heats && now >= circuit.idleUntil;
export const onLongEnough = (circuit: Circuit, now: number): boolean => now - circuit.heatsSince >= circuit.minOnMs;
