import { type Order, orderLevel, raises } from '@pilotwire/circuit';
import { act } from './action.ts';
import { coldNow, heardRoom, orderK, wornBy } from './comfort.ts';
import { circuitWith, phaseWith } from './copies.ts';
import type { CircuitEvent } from './event.ts';
import { settled } from './predict.ts';
import { withoutRising } from './shed.ts';
import { type Circuit, type Draft, dropCircuit, type Phase, putCircuit, putPhase } from './state.ts';

const heats = (order: Order): boolean => orderLevel(order) > orderLevel('frost_protection');
const orElse = (value: number | undefined, other: number): number =>
	value !== undefined && value >= 0 ? value : other;

/** Takes what an actuator says of a circuit. */
export function hearCircuit(draft: Draft, event: CircuitEvent): void {
	const known = draft.circuits.get(event.id);
	const moved = known !== undefined && known.phase !== event.phase;
	if (moved) forgetChanges(draft, known);
	const before = moved ? circuitWith(known, { admitted: null }) : known;
	const heard = listened(draft, event, before);
	if (before?.reachable === true && !heard.reachable && heard.heats) forgetFall(draft, heard);
	const circuit = released(draft, followed(draft, heard, before));
	if (known === undefined || !same(known, circuit)) putCircuit(draft, circuit);
}

/** A circuit whose state was cleared is gone with all that was expected of it. */
export function forgetCircuit(draft: Draft, id: string): void {
	const circuit = draft.circuits.get(id);
	if (circuit === undefined) return;
	forgetChanges(draft, circuit);
	dropCircuit(draft, id);
}

function listened(draft: Draft, event: CircuitEvent, before: Circuit | undefined): Circuit {
	const { now, settings } = draft;
	const minOnMs = orElse(event.minOnS, settings.minOnS) * 1000;
	const minOffMs = orElse(event.minOffS, settings.minOffS) * 1000;
	const fresh = before ?? newcomer(event, now, minOnMs, minOffMs);
	const nowHeats = heats(event.inForce);
	const waits = raises(event.inForce, event.wanted) || fresh.shedAt !== null;
	return circuitWith(fresh, {
		phase: event.phase,
		powerVA: orElse(event.learnedPowerW || undefined, orElse(event.powerW, 0)),
		priority: event.priority,
		wanted: event.wanted,
		inForce: event.inForce,
		controllable: event.controllable,
		reachable: event.reachable !== false,
		minOnMs,
		minOffMs,
		maxWaitMs: orElse(event.maxWaitS, settings.maxWaitS) * 1000,
		heats: nowHeats,
		heatsSince: nowHeats === fresh.heats ? fresh.heatsSince : now,
		frostGuard: event.frostGuard === true,
		waitingSince: waits ? (fresh.waitingSince ?? now) : null,
		...cooledBy(fresh, event, now),
		...heardRoom(fresh, event, waits, now),
		...(nowHeats === fresh.heats ? {} : wornBy(fresh, now)),
	});
}

/** Where its order changes, its room has got as far as the one before let it. */
function cooledBy(before: Circuit, { inForce, wanted }: CircuitEvent, now: number): Pick<Circuit, 'coldK' | 'coldAt'> {
	const { coldK, coldAt } = before;
	if (inForce === before.inForce && wanted === before.wanted) return { coldK, coldAt };
	return { coldK: coldNow(before, now), coldAt: now };
}

/**
 * A circuit heard for the first time: nobody knows since when it is as it is, so its minimum times are over, and its room
 * is taken to have what it wants.
 */
function newcomer(event: CircuitEvent, now: number, minOnMs: number, minOffMs: number): Circuit {
	const nowHeats = heats(event.inForce);
	return {
		id: event.id,
		phase: event.phase,
		powerVA: 0,
		priority: event.priority,
		wanted: event.wanted,
		inForce: event.inForce,
		controllable: event.controllable,
		reachable: event.reachable !== false,
		minOnMs,
		minOffMs: 0,
		maxWaitMs: 0,
		heats: nowHeats,
		heatsSince: now - (nowHeats ? minOnMs : minOffMs),
		waitingSince: null,
		shedAt: null,
		admitted: null,
		lastShedAt: Number.NEGATIVE_INFINITY,
		lastRaisedAt: Number.NEGATIVE_INFINITY,
		notBefore: Number.NEGATIVE_INFINITY,
		patienceMs: 0,
		idleUntil: 0,
		frostGuard: false,
		roomC: null,
		usualC: null,
		coldK: Math.min(orderK(event.inForce), orderK(event.wanted)),
		coldAt: now,
		worn: 0,
		wornAt: now,
	};
}

/** What was admitted follows what is wanted, and ends once it is in force. */
function followed(draft: Draft, circuit: Circuit, before: Circuit | undefined): Circuit {
	if (circuit.admitted === null) return circuit;
	if (raises(circuit.inForce, circuit.wanted)) return circuitWith(circuit, { admitted: circuit.wanted });
	const phase = draft.phases.get(circuit.phase);
	const came = before !== undefined && raises(before.inForce, circuit.inForce);
	if (phase !== undefined) putPhase(draft, came ? arrived(draft, phase, circuit.id) : withoutRising(phase, circuit.id));
	return circuitWith(circuit, { admitted: null });
}

/** The admitted order is in force: from here on the meter has its time to show it. */
function arrived(draft: Draft, phase: Phase, id: string): Phase {
	const dueAt = draft.now + draft.settings.responseS * 1000;
	const rising = phase.rising.map((change) => (change.id === id ? { ...change, inForceAt: draft.now, dueAt } : change));
	return phaseWith(phase, { rising });
}

/** Nobody is held who is protected or wants to be off; a higher order waits for its admission all the same. */
function released(draft: Draft, circuit: Circuit): Circuit {
	if (circuit.shedAt === null || (circuit.controllable && circuit.wanted !== 'off')) return circuit;
	const reason = circuit.controllable ? 'wants_less' : 'protected';
	act(draft, { kind: 'release', phase: circuit.phase, id: circuit.id, reason, figures: {} });
	const waits = raises(circuit.inForce, circuit.wanted);
	return circuitWith(circuit, { shedAt: null, waitingSince: waits ? circuit.waitingSince : null });
}

/** An output that no longer answers, and last showed heat, has not carried its shed out. */
function forgetFall(draft: Draft, { id, phase }: Circuit): void {
	const known = draft.phases.get(phase);
	if (!known?.falling.some((change) => change.id === id)) return;
	const booked = settled(known);
	putPhase(draft, phaseWith(booked, { falling: booked.falling.filter((change) => change.id !== id) }));
}

function forgetChanges(draft: Draft, circuit: Circuit): void {
	const phase = draft.phases.get(circuit.phase);
	if (phase === undefined) return;
	const booked = settled(withoutRising(phase, circuit.id));
	const rotation = booked.rotation?.forId === circuit.id ? null : booked.rotation;
	const falling = booked.falling.filter((change) => change.id !== circuit.id);
	putPhase(draft, phaseWith(booked, { falling, rotation }));
}

function same(a: Circuit, b: Circuit): boolean {
	return (Object.keys(b) as (keyof Circuit)[]).every((key) => Object.is(a[key], b[key]));
}
