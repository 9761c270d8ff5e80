import { raises } from '@pilotwire/circuit';
import { act } from './action.ts';
import { needK } from './comfort.ts';
import { circuitWith, phaseWith } from './copies.ts';
import { fitsEcho, fitsLately } from './echo.ts';
import { momentVA, tolerates } from './margin.ts';
import { inFlight, leftVA, reservedVA, settled } from './predict.ts';
import type { SheddingSettings } from './settings.ts';
import { draws, sheddable, yieldsTo } from './shed.ts';
import { type Change, type Circuit, type Draft, type Phase, putCircuit, putPhase } from './state.ts';
import { cautionNow, usageOf, usualVA, withCircuit } from './usage.ts';

/**
 * What a phase has to give at this moment, VA: of each in flight the whole is taken, since the meter may not show it.
 * Where nothing may pass, also what others were given that the meter hasn't shown yet: their thermostats chop.
 */
export function headroomVA(draft: Draft, phase: Phase): number {
	const { settings, now } = draft;
	const breaker = draft.breakers.get(phase.phase);
	const flight = inFlight(phase, now);
	const flightVA = flight.reduce((total, { powerVA }) => total + powerVA, 0) * settings.powerMargin;
	const passing = tolerates(phase, breaker, settings, now);
	const givenVA = passing ? 0 : Math.min(reservedVA(phase), leftVA(phase.rising) - leftVA(flight));
	return settings.restoreBelow * momentVA(phase, breaker, settings, now) - phase.loadVA - flightVA - givenVA;
}

/**
 * What a phase has to give by what it drew over the last while, VA.
 * @param circuit as if it drew too
 */
export function usualHeadroomVA(draft: Draft, phase: Phase, circuit?: Circuit): number {
	const { settings, now } = draft;
	const passing = tolerates(phase, draft.breakers.get(phase.phase), settings, now);
	const added = circuit && usageOf(circuit, now);
	return settings.restoreBelow * phase.limitVA - usualVA(phase, now, settings, passing, added);
}

/** What a phase has to give beside the highest load of its thermostats' last period, VA: what comes again with the period is in it. */
export function peakHeadroomVA({ settings }: Draft, { limitVA, peakVA, peakBeforeVA }: Phase): number {
	return settings.restoreBelow * limitVA - Math.max(peakVA, peakBeforeVA);
}

/**
 * The place is kept for one that waited its longest: the others that fit sooner would hold it off. Not for one that would
 * not fit if all gave their places, nor against frost.
 */
function keepsPlace(
	draft: Draft,
	{ limitVA }: Phase,
	waiting: readonly Circuit[],
	first: Circuit,
	headroom: number,
): boolean {
	if (againstFrost(first) || draft.now >= overdueAt(first, limitVA)) return false;
	return waiting.some((one) => draft.now >= overdueAt(one, limitVA) && couldFit(draft, one, headroom));
}

function couldFit({ circuits, now, settings }: Draft, circuit: Circuit, headroom: number): boolean {
	let mostVA = headroom;
	for (const one of circuits.values()) {
		if (one.phase === circuit.phase && sheddable(one) && draws(one, now) && yieldsTo(one, circuit))
			mostVA += one.powerVA;
	}
	return circuit.powerVA * settings.powerMargin <= mostVA;
}

/** A mean that has still to fall by this share of the limit doesn't tell yet who fits. */
const FALLING_SHARE = 0.1;

/**
 * Brings back, or admits, the first of those that wait whom the headroom fits: now, and by what the phase drew over the
 * last while. While that is still falling, a smaller one that it fits sooner doesn't push in.
 */
export function restoreOne(draft: Draft, phase: Phase, waiting: readonly Circuit[]): boolean {
	const { now, settings } = draft;
	const { limitVA } = phase;
	if (waiting.length === 0 || now < windowFullAt(phase, settings)) return false;
	const headroom = headroomVA(draft, phase);
	const passing = tolerates(phase, draft.breakers.get(phase.phase), settings, now);
	const fitsNow = ({ powerVA }: Circuit): boolean => powerVA * settings.powerMargin <= headroom;
	// Who waited its longest has its turn, however short it may be.
	const fitsUsually = (one: Circuit): boolean => {
		const isOverdue = now >= overdueAt(one, limitVA);
		if (passing) return isOverdue || usualHeadroomVA(draft, phase, one) >= 0;
		return isOverdue ? fitsLately(draft, phase, one) : fitsEcho(draft, phase, one);
	};
	const first = firstByNeed(waiting, now, limitVA, fitsNow);
	if (first === undefined || keepsPlace(draft, phase, waiting, first, headroom)) return false;
	const calm = phase.meanVA - phase.recentVA < FALLING_SHARE * phase.limitVA;
	const others = (): Circuit | undefined =>
		firstByNeed(waiting, now, limitVA, (one) => fitsNow(one) && fitsUsually(one));
	const circuit = fitsUsually(first) ? first : calm ? others() : undefined;
	if (circuit === undefined) return false;
	raise(draft, phase, circuit, 'headroom');
	return true;
}

/**
 * When the next circuit may follow those in flight: they share the measured headroom, of which the whole of each is
 * taken until the meter has had the time to show it. One step after the other, so that the load climbs a staircase. Where a circuit lately
 * had to go again at once, figures were wrong somewhere: then each is seen on the meter before the next.
 */
export function nextStepAt(phase: Phase, settings: SheddingSettings, now: number): number {
	if (phase.rising.length === 0) return Number.NEGATIVE_INFINITY;
	const trusted = cautionNow(phase, now, settings) <= settings.caution + TRUSTED;
	return inFlight(phase, now).reduce((latest, { inForceAt, dueAt }) => {
		const mayFollow = trusted && inForceAt !== null;
		return Math.max(latest, mayFollow ? inForceAt + settings.stepS * 1000 : dueAt);
	}, Number.NEGATIVE_INFINITY);
}

/** Caution above the usual that is as good as none. */
const TRUSTED = 0.1;

/** When a phase was heard long enough to know what it draws. */
export function windowFullAt(phase: Phase, settings: SheddingSettings): number {
	return phase.heardSince + settings.restoreStableS * 1000;
}

/** Admits a circuit's wanted order and counts its power as on its way in. */
export function raise(draft: Draft, phase: Phase, circuit: Circuit, reason: 'headroom' | 'rotation'): void {
	const { now, settings } = draft;
	const figures = {
		powerVA: circuit.powerVA,
		loadVA: phase.loadVA,
		limitVA: phase.limitVA,
		headroomVA: headroomVA(draft, phase),
		meanVA: phase.meanVA,
		deviationVA: Math.sqrt(phase.varianceVA2),
		waitedS: (now - (circuit.waitingSince ?? now)) / 1000,
	};
	const kind = circuit.shedAt === null ? 'admit' : 'restore';
	act(draft, { kind, phase: phase.phase, id: circuit.id, reason, figures });
	const raised = circuitWith(circuit, { shedAt: null, lastRaisedAt: now, idleUntil: 0 });
	if (!raises(circuit.inForce, circuit.wanted)) {
		// It never obeyed its shed: there is nothing to admit, and the meter shows it already.
		putCircuit(draft, circuitWith(raised, { waitingSince: null }));
		putPhase(draft, phaseWith(phase, { rotation: null }));
		return;
	}
	putCircuit(draft, circuitWith(raised, { admitted: circuit.wanted }));
	const change: Change = {
		id: circuit.id,
		powerVA: circuit.powerVA,
		leftVA: circuit.powerVA,
		dueAt: now + settings.obeyS * 1000,
		inForceAt: null,
	};
	const booked = settled(withCircuit(phase, circuit, now));
	const rising = [...booked.rising.filter((other) => other.id !== circuit.id), change];
	putPhase(draft, phaseWith(booked, { rising, rotation: null, lastRaisedAt: now }));
}

/** The circuits of a phase that wait, whose outputs answer, and whose own times let them come back. */
export function whoWaits(draft: Draft, { phase, limitVA }: Phase): Circuit[] {
	const waiting: Circuit[] = [];
	for (const circuit of draft.circuits.values()) {
		if (circuit.phase !== phase || circuit.waitingSince === null || circuit.admitted !== null) continue;
		if (circuit.reachable && draft.now >= readyAt(circuit, limitVA)) waiting.push(circuit);
	}
	return waiting;
}

/** Of those that fit, the one to be served first. */
export function firstByNeed(
	waiting: readonly Circuit[],
	now: number,
	limitVA: number,
	fits: (circuit: Circuit) => boolean,
): Circuit | undefined {
	let first: Circuit | undefined;
	for (const circuit of waiting) {
		if (fits(circuit) && (first === undefined || byNeed(circuit, first, now, limitVA) < 0)) first = circuit;
	}
	return first;
}

/** When a circuit's own times let it come back. */
export function readyAt(circuit: Circuit, limitVA: number): number {
	const offFor = circuit.heats ? 0 : circuit.heatsSince + circuit.minOffMs;
	return Math.max(offFor, Math.min(circuit.notBefore, overdueAt(circuit, limitVA)));
}

/**
 * A washing machine or a dishwasher that heats its water draws about so much with what is always on, VA, for so long: a quarter of
 * an hour, ms.
 */
const MACHINE_VA = 2_400;
const MACHINE_MS = 900_000;
/** How long there may be no place beside lesser loads, or two of them together, ms. */
const OTHERS_MS = 540_000;
/** What making a place takes: others go, the meter shows it, one comes, ms. */
const MAKING_MS = 60_000;
/** However short a longest wait is, priority doesn't yield before this share of it, nor, where it fits beside a machine, before that. */
const SOONEST_BESIDE_NONE = 0.45;
const SOONEST = 0.66;

/**
 * When priority yields to a circuit's wait: so early that a time without any place still fits behind it. Nobody here can end that
 * time, nor see it come. Who has no place beside a machine that heats its water needs a quarter of an hour.
 */
export function overdueAt(circuit: Circuit, limitVA: number): number {
	const { waitingSince, maxWaitMs, powerVA } = circuit;
	const fitsBeside = powerVA + MACHINE_VA <= limitVA;
	const placelessMs = (fitsBeside ? OTHERS_MS : MACHINE_MS) + MAKING_MS;
	const soonest = (fitsBeside ? SOONEST : SOONEST_BESIDE_NONE) * maxWaitMs;
	return (waitingSince ?? Number.POSITIVE_INFINITY) + Math.max(soonest, maxWaitMs - placelessMs);
}

/** When a circuit will have waited its longest. */
const latestAt = ({ waitingSince, maxWaitMs }: Circuit): number =>
	(waitingSince ?? Number.POSITIVE_INFINITY) + maxWaitMs;

/** A difference that no probe tells apart. */
const SAME_K = 0.1;

const againstFrost = ({ wanted, frostGuard }: Circuit): boolean => frostGuard || wanted === 'frost_protection';

/**
 * Frost protection first; then those to whom priority yields, and of them who will first have waited its longest: a machine that
 * starts now may hold off whoever doesn't come before it. Then the coldest and most important, who gains most; then who draws before
 * who didn't; then the longest wait.
 */
function byNeed(a: Circuit, b: Circuit, now: number, limitVA: number): number {
	const frost = Number(againstFrost(b)) - Number(againstFrost(a));
	if (frost !== 0) return frost;
	const isOverdue = now >= overdueAt(a, limitVA);
	const overdue = Number(now >= overdueAt(b, limitVA)) - Number(isOverdue);
	if (overdue !== 0) return overdue;
	const sooner = isOverdue ? latestAt(a) - latestAt(b) : 0;
	if (sooner !== 0) return sooner;
	const colder = needK(b, now) - needK(a, now);
	if (Math.abs(colder) > SAME_K) return colder;
	const idle = Number(now < a.idleUntil) - Number(now < b.idleUntil);
	if (idle !== 0) return idle;
	const since = (a.waitingSince ?? 0) - (b.waitingSince ?? 0);
	if (since !== 0) return since;
	return a.id < b.id ? -1 : 1;
}
