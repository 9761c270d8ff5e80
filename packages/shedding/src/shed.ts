import { act, type Reason } from './action.ts';
import { chooseEnough, totalVA } from './choose.ts';
import { satisfied } from './comfort.ts';
import { circuitWith, phaseWith } from './copies.ts';
import { briefVA, passes } from './margin.ts';
import { inFlight, predictedVA, reservedVA, settled } from './predict.ts';
import { type Change, type Circuit, type Draft, type Phase, putCircuit, putPhase } from './state.ts';
import type { ReadonlyTable } from './table.ts';
import { moreCautious } from './usage.ts';

/** The first wait of a circuit that had to go again at once; it doubles from there. */
const FIRST_PATIENCE_MS = 60_000;
/** Up to this share over the limit no breaker opens within hours. */
const DANGER_SHARE = 0.1;

/** A phase that isn't over, and has no shed to wait for. */
export const NOT_OVER: Pick<Phase, 'overSince' | 'withinAt' | 'dueVA'> = { overSince: null, withinAt: null, dueVA: 0 };
/** Less than any frame lasts: what comes so soon after a figure is the finer one of the same frame, ms. */
const SAME_FRAME_MS = 800;
/** Two of a meter's shortest frames (0.9 s each in standard mode): a later load that is still over bears an excess out, ms. */
const TWO_FRAMES_MS = 1_800;

/**
 * Sheds enough that the predicted load is within the limit again, or all there is: at once, or in strict mode, where the excess is
 * small, unless the next frame takes it back.
 * @returns whether the phase was within its limit, over it, or over it for as long as that may pass
 */
export function shedEnough(draft: Draft, phase: Phase, alert: boolean): 'within' | 'passing' | 'over' {
	if (predictedVA(phase, draft.now) <= phase.limitVA) {
		// While sheds are on their way the load itself is still over: should they not show, nobody waits a second time.
		if (phase.overSince !== null && phase.loadVA <= phase.limitVA) {
			const withinAt = phase.withinAt ?? draft.now;
			const isOld = draft.now - withinAt > SAME_FRAME_MS;
			putPhase(draft, phaseWith(phase, isOld ? NOT_OVER : { withinAt, dueVA: 0 }));
		}
		return 'within';
	}
	const breaker = draft.breakers.get(phase.phase);
	const removable = removableVA(draft.circuits, phase.phase, draft.now);
	const mayPass = (one: Phase): boolean => passes(one, breaker, draft.settings, draft.now, removable);
	// What was admitted counted on this: it is part of the peak that may pass.
	if (mayPass(phase)) return 'passing';
	const current = withdrawInFlight(draft, phase, 'over_limit');
	const isOver = predictedVA(current, draft.now) > phase.limitVA;
	const passing = isOver && mayPass(current);
	putPhase(draft, isOver && !passing ? shedOver(draft, current, alert) : phaseWith(current, NOT_OVER));
	return passing ? 'passing' : 'over';
}

function shedOver(draft: Draft, phase: Phase, alert: boolean): Phase {
	const { now, settings } = draft;
	const predicted = predictedVA(phase, now);
	const needed = predicted - phase.limitVA * settings.shedTo;
	const since = overSince(phase, now);
	const mostVA = briefVA(phase, draft.breakers.get(phase.phase), settings);
	if (!alert && predicted <= mostVA && isBrief(draft, phase, since)) {
		const stillEnough = predicted - phase.dueVA <= phase.limitVA;
		const dueVA = stillEnough ? phase.dueVA : fallVA(draft, phase, choose(draft, phase, needed));
		if (predicted - dueVA <= phase.limitVA) return phaseWith(phase, { overSince: since, withinAt: null, dueVA });
	}
	const chosen = choose(draft, phase, needed);
	const figures = { loadVA: phase.loadVA, limitVA: phase.limitVA, predictedVA: predicted, neededVA: needed };
	for (const { id, powerVA } of chosen) {
		const reason = alert ? 'meter_alert' : 'over_limit';
		act(draft, { kind: 'shed', phase: phase.phase, id, reason, figures: { ...figures, powerVA } });
	}
	return phaseWith(shedAll(draft, phase, chosen, true), { overSince: since, withinAt: null, dueVA: 0 });
}

function overSince({ overSince: since, withinAt }: Phase, now: number): number {
	const goesOn = withinAt === null || now - withinAt <= SAME_FRAME_MS;
	return goesOn ? (since ?? now) : now;
}

/**
 * Whether an excess may still end by itself. Not where the first load of all said it: nobody knows for how long it has
 * lasted.
 */
function isBrief({ now, settings }: Draft, { loadAt, heardSince }: Phase, since: number): boolean {
	const briefMs = settings.briefS * 1000;
	const longestMs = loadAt === now ? Math.min(briefMs, TWO_FRAMES_MS) : briefMs;
	return now - since < longestMs && since - heardSince > SAME_FRAME_MS;
}

/** What shedding could take off a phase's load, if all draw that may, VA. */
export function removableVA(circuits: ReadonlyTable<string, Circuit>, phase: number, now: number): number {
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
	const caution = anyQuick ? moreCautious(phase, now, settings) : {};
	return phaseWith(booked, { falling, rising, ...caution });
}

function markShed(draft: Draft, circuit: Circuit, quick: boolean): void {
	const { now, settings } = draft;
	const longer = Math.min(Math.max(2 * circuit.patienceMs, FIRST_PATIENCE_MS), settings.maxPatienceS * 1000);
	const patienceMs = quick ? longer : 0;
	const notBefore = now + patienceMs;
	const waitingSince = circuit.waitingSince ?? now;
	const changes = { waitingSince, shedAt: now, lastShedAt: now, admitted: null, patienceMs, notBefore };
	putCircuit(draft, circuitWith(circuit, changes));
}

/** What a shed will take off the load: the circuit's power, but for what the meter never showed of it. */
function changeOf(draft: Draft, phase: Phase, circuit: Circuit): Change {
	const unshown = phase.rising.find((change) => change.id === circuit.id)?.leftVA ?? 0;
	const powerVA = mayDraw(circuit, draft.now) ? Math.max(0, circuit.powerVA - unshown) : 0;
	const dueAt = draft.now + draft.settings.responseS * 1000;
	return { id: circuit.id, powerVA, leftVA: powerVA, dueAt, inForceAt: null };
}

/** What sheds will take off the load together, VA. */
function fallVA(draft: Draft, phase: Phase, circuits: readonly Circuit[]): number {
	const booked = settled(phase);
	return circuits.reduce((total, circuit) => total + changeOf(draft, booked, circuit).powerVA, 0);
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
	putCircuit(draft, circuitWith(circuit, { admitted: null }));
	return withoutRising(phase, circuit.id);
}

/** The phase without what a circuit was about to add. */
export function withoutRising(phase: Phase, id: string): Phase {
	if (!phase.rising.some((change) => change.id === id)) return phase;
	const booked = reservedVA(phase) > 0 ? settled(phase) : phase;
	return phaseWith(booked, { rising: booked.rising.filter((change) => change.id !== id) });
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
