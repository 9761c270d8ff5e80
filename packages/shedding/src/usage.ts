import { missingK } from './comfort.ts';
import { copyOfPhase } from './copies.ts';
import type { SheddingSettings } from './settings.ts';
import type { Circuit, Phase } from './state.ts';

/** Caution that a circuit adds which had to go again at once; it fades in this time. */
const CAUTION_STEP = 0.5;
const CAUTION_FADES_MS = 1_800_000;
/** A stretch of time whose peak is kept: a thermostat's period. */
export const PEAK_MS = 45_000;
/** A thermostat at its set point heats half of the time, one a band below it always (a band of 1 K, as most have). */
const DUTY_AT_SET_POINT = 0.5;
const LOWEST_DUTY = 0.25;

/** What a load that lasted since the one before counts in the phase's mean. */
export function shareOf(phase: Phase, now: number, { usageS }: SheddingSettings): number {
	return 1 - Math.exp((phase.loadAt - now) / (usageS * 1000));
}

/** What a circuit that comes back adds to what a phase usually draws: its thermostat chops. */
interface Added {
	readonly meanVA: number;
	readonly varianceVA2: number;
	readonly peakVA: number;
}

const NOTHING: Added = { meanVA: 0, varianceVA2: 0, peakVA: 0 };

/** What a circuit will draw: its thermostat chops, the more often on the colder its room is. */
export function usageOf(circuit: Circuit, now: number): Added {
	const duty = dutyOf(circuit, now);
	const { powerVA } = circuit;
	return { meanVA: duty * powerVA, varianceVA2: duty * (1 - duty) * powerVA * powerVA, peakVA: powerVA };
}

/**
 * What counts of a phase's load of the last while, VA: where a peak may pass the root of the mean square, as in the
 * breaker's filter; else what it draws but for rare moments.
 * @param added what a circuit would add to it
 */
export function usualVA(
	phase: Phase,
	now: number,
	settings: SheddingSettings,
	tolerates: boolean,
	added: Added = NOTHING,
): number {
	const caution = cautionNow(phase, now, settings);
	const meanVA = phase.meanVA + added.meanVA;
	const varianceVA2 = phase.varianceVA2 + added.varianceVA2;
	if (tolerates) return Math.sqrt(meanVA * meanVA + (1 + caution - settings.caution) * varianceVA2);
	const deviationVA = Math.sqrt(varianceVA2);
	const peakVA = Math.max(phase.peakVA, phase.peakBeforeVA) + added.peakVA;
	return Math.min(meanVA + caution * deviationVA, peakVA + (caution - settings.caution) * deviationVA);
}

/** The phase with what a circuit will draw. */
export function withCircuit(phase: Phase, circuit: Circuit, now: number): Phase {
	const added = usageOf(circuit, now);
	const next = copyOfPhase(phase);
	next.meanVA += added.meanVA;
	next.varianceVA2 += added.varianceVA2;
	next.peakVA += added.peakVA;
	next.peakBeforeVA += added.peakVA;
	return next;
}

/** The share of the time that a circuit will draw. */
export function dutyOf(circuit: Circuit, now: number): number {
	return Math.min(1, Math.max(LOWEST_DUTY, DUTY_AT_SET_POINT + missingK(circuit, now)));
}

/** How many deviations above the mean must stay free. */
export function cautionNow({ caution, cautionAt }: Phase, now: number, settings: SheddingSettings): number {
	const more = caution - settings.caution;
	return more === 0 ? caution : settings.caution + more * Math.exp((cautionAt - now) / CAUTION_FADES_MS);
}

/** A circuit had to go again at once: the figures were too good. */
export function moreCautious(
	phase: Phase,
	now: number,
	settings: SheddingSettings,
): Pick<Phase, 'caution' | 'cautionAt'> {
	const caution = Math.min(cautionNow(phase, now, settings) + CAUTION_STEP, settings.maxCaution);
	return { caution, cautionAt: now };
}
