import type { Circuit, Phase } from './state.ts';

type Copy<Of> = { -readonly [Field in keyof Of]: Of[Field] };

/**
 * A copy to be written before anybody else sees it. All circuits of a state are made here, field by field, so that they have
 * one layout in memory: a spread gives each place where it stands a layout of its own, and whoever reads circuits of
 * several layouts must look for each field. That costs a decision half of its time.
 */
function copyOfCircuit(circuit: Circuit): Copy<Circuit> {
	return {
		id: circuit.id,
		phase: circuit.phase,
		powerVA: circuit.powerVA,
		priority: circuit.priority,
		wanted: circuit.wanted,
		inForce: circuit.inForce,
		controllable: circuit.controllable,
		reachable: circuit.reachable,
		minOnMs: circuit.minOnMs,
		minOffMs: circuit.minOffMs,
		maxWaitMs: circuit.maxWaitMs,
		heats: circuit.heats,
		heatsSince: circuit.heatsSince,
		waitingSince: circuit.waitingSince,
		shedAt: circuit.shedAt,
		admitted: circuit.admitted,
		lastShedAt: circuit.lastShedAt,
		lastRaisedAt: circuit.lastRaisedAt,
		notBefore: circuit.notBefore,
		patienceMs: circuit.patienceMs,
		idleUntil: circuit.idleUntil,
		frostGuard: circuit.frostGuard,
		roomC: circuit.roomC,
		usualC: circuit.usualC,
		coldK: circuit.coldK,
		coldAt: circuit.coldAt,
		worn: circuit.worn,
		wornAt: circuit.wornAt,
	};
}

/** The same for phases; each load makes one. */
export function copyOfPhase(phase: Phase): Copy<Phase> {
	return {
		phase: phase.phase,
		loadVA: phase.loadVA,
		limitVA: phase.limitVA,
		loadAt: phase.loadAt,
		silentSince: phase.silentSince,
		heardSince: phase.heardSince,
		highestVA: phase.highestVA,
		meanVA: phase.meanVA,
		varianceVA2: phase.varianceVA2,
		recentVA: phase.recentVA,
		peakVA: phase.peakVA,
		peakBeforeVA: phase.peakBeforeVA,
		peakSince: phase.peakSince,
		echo: phase.echo,
		caution: phase.caution,
		cautionAt: phase.cautionAt,
		falling: phase.falling,
		rising: phase.rising,
		ceilingVA: phase.ceilingVA,
		floorVA: phase.floorVA,
		rotation: phase.rotation,
		lastRaisedAt: phase.lastRaisedAt,
		overSince: phase.overSince,
		withinAt: phase.withinAt,
		dueVA: phase.dueVA,
		referenceVA: phase.referenceVA,
		filterY: phase.filterY,
		unbounded: phase.unbounded,
		strictUntil: phase.strictUntil,
	};
}

/** The circuit, but for what is given. */
export function circuitWith(circuit: Circuit, changes: Partial<Circuit>): Circuit {
	return Object.assign(copyOfCircuit(circuit), changes);
}

/** The phase, but for what is given. */
export function phaseWith(phase: Phase, changes: Partial<Phase>): Phase {
	return Object.assign(copyOfPhase(phase), changes);
}
