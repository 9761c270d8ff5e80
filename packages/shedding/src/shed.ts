import { act, type Reason } from './action.ts';
import { chooseEnough, totalVA } from './choose.ts';
import { satisfied } from './comfort.ts';
import { passes } from './margin.ts';
import { inFlight, predictedVA, reservedVA, settled } from './predict.ts';
import { type Change, type Circuit, type Draft, type Phase, putCircuit, putPhase } from './state.ts';
import { moreCautious } from './usage.ts';

/** The first wait of a circuit that had to go again at once; it doubles from there. */
const FIRST_PATIENCE_MS = 60_000;
/** Up to this share over the limit no breaker opens within hours. */
const DANGER_SHARE = 0.1;

/**
 * Sheds enough at once that the predicted load is within the limit again, or all there is.
 * @returns whether the phase was within its limit, over it, or over it for as long as that may pass
 */
export function shedEnough(draft: Draft, phase: Phase, alert: boolean): 'within' | 'passing' | 'over' {
	if (predictedVA(phase, draft.now) <= phase.limitVA) return 'within';
	const breaker = draft.breakers.get(phase.phase);
	const removable = removableVA(draft.circuits, phase.phase, draft.now);
	const mayPass = (one: Phase): boolean => passes(one, breaker, draft.settings, draft.now, removable);
	// What was admitted counted on this: it is part of the peak that may pass.
	if (mayPass(phase)) return 'passing';
	let current = withdrawInFlight(draft, phase, 'over_limit');
	const predicted = predictedVA(current, draft.now);
	const isOver = predicted > phase.limitVA;
	const passing = isOver && mayPass(current);
	if (isOver && !passing) {
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
	return passing ? 'passing' : 'over';
}

/** What shedding could take off a phase's load, if all draw that may, VA. */
export function removableVA(circuits: ReadonlyMap<string, Circuit>, phase: number, now: number): number {
	let total = 0;
	for (const circuit of circuits.values()) {
		if (circuit.phase === phase && sheddable(circuit) && draws(circuit, now)) total += circuit.powerVA;
	}
	return total;
}

/**
 * First circuits free of their minimum time on, then those whose rooms seem too warm to heat, then the others too, then the
 * rooms under their guard temperature; those that draw nothing or don't answer count for nothing. Last, and only against what could open a breaker,
 * those that keep a room from freezing: a breaker that opens leaves all of them cold.
 */
function choose(draft: Draft, { phase, limitVA }: Phase, neededVA: number): Circuit[] {
	const free: Circuit[] = [];
	const warm: Circuit[] = [];
	const held: Circuit[] = [];
	const idle: Circuit[] = [];
	const guarded: Circuit[] = [];
	const frost: Circuit[] = [];
	for (const circuit of draft.circuits.values()) {
		if (circuit.phase !== phase) continue;
		if (keepsFrostOff(circuit) && mayDraw(circuit, draft.now)) frost.push(circuit);
		if (!sheddable(circuit)) continue;
		if (!draws(circuit, draft.now)) idle.push(circuit);
		else if (circuit.frostGuard) guarded.push(circuit);
		else if (!onLongEnough(circuit, draft.now)) held.push(circuit);
		else (satisfied(circuit, draft.now) ? warm : free).push(circuit);
	}
	const chosen = chooseEnough([free, warm, held, guarded], neededVA, draft.now);
	const missingVA = neededVA - totalVA(chosen);
	if (missingVA <= 0) return chosen;
	const last = missingVA > DANGER_SHARE * limitVA ? chooseEnough([frost], missingVA, draft.now) : [];
	return [...chosen, ...idle, ...last];
}

/**
 * Puts circuits among the shed and counts what they draw as on its way out.
 * @param danger whether the phase is over: one that came back a short while ago then waits longer next time
 */
export function shedAll(draft: Draft, phase: Phase, circuits: readonly Circuit[], danger: boolean): Phase {
	const { now, settings } = draft;
	const booked = settled(phase);
	const falling = [...booked.falling];
	const anyQuick = danger && now - phase.lastRaisedAt < settings.quickS * 1000;
	for (const circuit of circuits) {
		const quick = danger && now - circuit.lastRaisedAt < settings.quickS * 1000;
		markShed(draft, circuit, quick);
		falling.push(changeOf(draft, booked, circuit));
	}
	const gone = new Set(circuits.map((circuit) => circuit.id));
	const rising = booked.rising.filter((change) => !gone.has(change.id));
	if (!anyQuick) return { ...booked, falling, rising };
	return { ...booked, falling, rising, ...moreCautious(phase, now, settings) };
}

function markShed(draft: Draft, circuit: Circuit, quick: boolean): void {
	const { now, settings } = draft;
	const longer = Math.min(Math.max(2 * circuit.patienceMs, FIRST_PATIENCE_MS), settings.maxPatienceS * 1000);
	const patienceMs = quick ? longer : 0;
	const notBefore = now + patienceMs;
	const waitingSince = circuit.waitingSince ?? now;
	putCircuit(draft, { ...circuit, waitingSince, shedAt: now, lastShedAt: now, admitted: null, patienceMs, notBefore });
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
/** Whether a shed can take anything off the load: it may draw, and its output answers. */
const mayDraw = (circuit: Circuit, now: number): boolean =>
	circuit.inForce !== 'off' && circuit.reachable && now >= circuit.idleUntil;
export const draws = (circuit: Circuit, now: number): boolean =>
	circuit.heats && circuit.reachable && now >= circuit.idleUntil;
/** A room under its guard temperature gives its place only to another one. */
export const yieldsTo = (circuit: Circuit, other: Circuit): boolean => !circuit.frostGuard || other.frostGuard;
export const onLongEnough = (circuit: Circuit, now: number): boolean => now - circuit.heatsSince >= circuit.minOnMs;
