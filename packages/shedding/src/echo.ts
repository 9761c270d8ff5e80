import { briefVA } from './margin.ts';
import type { SheddingSettings } from './settings.ts';
import type { Circuit, Draft, Phase } from './state.ts';
import { dutyOf } from './usage.ts';

/** How many periods of the thermostats are kept: what appliances did within them counts too. */
const PERIODS = 2;
/** What an order takes to reach the radiator, and how much the end of its time on may shift, s. */
const REACHES_S = 2;
const SHIFTS_S = 3;
/** A meter says its finer figure within this, s. */
const LATELY_S = 3;

/** The loads of the last periods of the thermostats. */
export interface Echo {
	/** Which period is under way, counted from the start of the caller's clock. */
	readonly period: number;
	/** The load of each second of a period, VA; the present period first. Its seconds to come are those of the one before. */
	readonly periods: readonly (readonly number[])[];
}

/** The echo of a phase that was heard for the first time: nobody knows better than its present load. */
export function firstEcho(loadVA: number, now: number, { chopS }: SheddingSettings): Echo {
	return { period: Math.floor(now / 1000 / chopS), periods: [new Array<number>(chopS).fill(loadVA)] };
}

/** The echo with a new load, which counts for the seconds since the one before. */
export function echoWith({ echo, loadAt }: Phase, loadVA: number, now: number, { chopS }: SheddingSettings): Echo {
	const second = Math.floor(now / 1000);
	const period = Math.floor(second / chopS);
	const present = (echo.periods[0] as readonly number[]).slice();
	for (let at = Math.max(Math.floor(loadAt / 1000) + 1, second - chopS + 1); at < second; at++)
		present[at % chopS] = loadVA;
	present[second % chopS] = loadVA;
	const periods = period === echo.period ? echo.periods.slice() : [present, ...echo.periods.slice(0, PERIODS - 1)];
	periods[0] = present;
	return { period, periods };
}

/**
 * Whether a circuit would heat in a gap. Thermostats chop with a period, so a phase draws much as it did a period ago,
 * and one that comes back begins with its time on: it fits where all of that time had room in the last periods.
 */
export function fitsEcho(draft: Draft, phase: Phase, circuit: Circuit): boolean {
	const { now, settings } = draft;
	const roomVA = phase.limitVA - circuit.powerVA * settings.powerMargin;
	const second = Math.floor(now / 1000);
	const onS = Math.ceil(settings.chopS * dutyOf(circuit, now)) + SHIFTS_S;
	// A small burst that ends before anybody is shed for it takes nobody's room.
	const passesVA = briefVA(phase, draft.breakers.get(phase.phase), settings) - phase.limitVA;
	const others = cameLately(draft, phase.phase, circuit.id);
	const first = second + REACHES_S - settings.chopS;
	const last = Math.min(second, first + onS - 1);
	for (const loads of phase.echo.periods) {
		// In the first period of the caller's clock the one before has negative seconds.
		let overS = 0;
		let place = ((first % loads.length) + loads.length) % loads.length;
		for (let at = first; at <= last; at++) {
			let loadVA = loads[place] as number;
			if (others.length > 0) for (const other of others) if (isNewAt(other, at, draft)) loadVA += other.powerVA;
			overS = loadVA > roomVA ? overS + 1 : 0;
			if (overS > settings.briefS || loadVA > roomVA + passesVA) return false;
			place = place + 1 === loads.length ? 0 : place + 1;
		}
	}
	return true;
}

/** Whether a circuit fits beside the highest load of the last seconds: a meter's coarse figure may have come last. */
export function fitsLately({ now, settings }: Draft, { echo, limitVA }: Phase, { powerVA }: Circuit): boolean {
	const present = echo.periods[0] as readonly number[];
	const second = Math.floor(now / 1000);
	let highest = 0;
	for (let at = second - LATELY_S; at <= second; at++)
		highest = Math.max(highest, present[(at + present.length) % present.length] as number);
	return highest + powerVA * settings.powerMargin <= limitVA;
}

/** Circuits that came back within the last period: a period ago they didn't draw yet. */
function cameLately({ circuits, now, settings }: Draft, phase: number, but: string): Circuit[] {
	const since = now - settings.chopS * 1000;
	const came: Circuit[] = [];
	for (const circuit of circuits.values()) {
		if (circuit.phase !== phase || circuit.lastRaisedAt <= since) continue;
		if (circuit.shedAt === null && circuit.id !== but) came.push(circuit);
	}
	return came;
}

/** Whether a circuit that came lately will draw a period after a second in which it didn't yet. */
function isNewAt(circuit: Circuit, second: number, { now, settings }: Draft): boolean {
	const beganAt = circuit.lastRaisedAt / 1000 + REACHES_S;
	const onS = settings.chopS * dutyOf(circuit, now) + SHIFTS_S;
	return beganAt > second && second + settings.chopS - beganAt < onS;
}
