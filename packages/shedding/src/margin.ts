import { linkyFilterBound, linkyMargin, linkyTimeToTripS, stepLinkyFilter } from '@pilotwire/breaker';
import { predictedVA } from './predict.ts';
import type { SheddingSettings } from './settings.ts';
import type { Breaker, Phase } from './state.ts';

/** A branch breaker is rated in amperes: at this voltage, the lowest that the grid may have, it carries the least. V. */
const LOWEST_V = 207;
/** A branch breaker never opens up to this (NF C 62-411). */
const BRANCH_NEVER_OPENS_AT = 1.1;

/** No Linky opens at this ratio for long enough to count, whatever its tolerance. */
const NEVER_OPENS_AT = 1.2;

/** What the branch breaker of a phase is rated for, VA; Infinity where there is none. */
export function branchVA({ branchBreakerA }: SheddingSettings): number {
	return branchBreakerA === null ? Number.POSITIVE_INFINITY : branchBreakerA * LOWEST_V;
}

/** The highest value that the filter of a phase nobody watched can have; null where no maximum is known. */
export function filterBound(peakVA: number | null, referenceVA: number): number {
	return linkyFilterBound(peakVA === null ? null : peakVA / referenceVA).y;
}

/** The filter of a phase when a load arrives. It may have risen, or fallen, at any moment since the one before. */
export function filterWith(phase: Phase, ratio: number, now: number): number {
	const highest = Math.max(ratio, phase.loadVA / phase.referenceVA);
	return stepLinkyFilter({ y: phase.filterY }, highest, (now - phase.loadAt) / 1000).y;
}

function filterNow(phase: Phase, now: number): { y: number } {
	return stepLinkyFilter({ y: phase.filterY }, phase.loadVA / phase.referenceVA, (now - phase.loadAt) / 1000);
}

/** How near a phase is to its breaker's opening. */
export interface TripMargin {
	/** Seconds at this load until it opens; null where it never would. */
	readonly tripInS: number | null;
	/** Share of the filter used, 0 to 1: 1 opens. */
	readonly filterUsed: number;
}

export function tripMargin(phase: Phase, now: number): TripMargin {
	const filter = filterNow(phase, now);
	const tripInS = linkyTimeToTripS(filter, phase.loadVA / phase.referenceVA);
	return { tripInS: Number.isFinite(tripInS) ? tripInS : null, filterUsed: 1 - linkyMargin(filter) };
}

/**
 * How far the filter of the most impatient true breaker would get, as a share of its opening, if a surge came on top of
 * the present load right now and only ended once it was heard, or the meter's silence noticed, shed and gone.
 */
export function tripForecast(phase: Phase, settings: SheddingSettings, now: number): number {
	const { meterS, loadAgeS, responseS, surgeShare, breakerTolerance } = settings;
	// A meter that falls silent hides the surge until its silence is noticed and actuators run their fallback.
	const hiddenS = Math.max(meterS, loadAgeS);
	const highestVA = Math.max(phase.loadVA, predictedVA(phase, now));
	const surged = stepLinkyFilter(
		filterNow(phase, now),
		highestVA / phase.referenceVA + surgeShare,
		hiddenS + responseS,
	);
	return (1 - linkyMargin(surged)) * (1 + breakerTolerance) ** 2;
}

/**
 * Whether a load over the limit may pass for now: the breaker's own model can't open, even if a surge came on top.
 * @param removableVA what shedding could take off the load
 */
export function passes(
	phase: Phase,
	breaker: Breaker | undefined,
	settings: SheddingSettings,
	now: number,
	removableVA: number,
): boolean {
	if (!tolerates(phase, breaker, settings, now)) return false;
	const highestVA = Math.max(phase.loadVA, predictedVA(phase, now));
	if (highestVA > BRANCH_NEVER_OPENS_AT * branchVA(settings)) return false;
	if (highestVA - removableVA > phase.limitVA) return false;
	return breaker?.linky === false || tripForecast(phase, settings, now) <= 1 - settings.tripMargin;
}

/** Whether peaks may pass at all: it is asked for, the breaker is known, and there was no gap lately. */
export function tolerates(
	phase: Phase,
	breaker: Breaker | undefined,
	{ mode, branchBreakerA }: SheddingSettings,
	now: number,
): boolean {
	if (mode === 'strict' || now < phase.strictUntil) return false;
	return breaker?.linky === true || branchBreakerA !== null;
}

/** The most that may be drawn for a moment, VA: the limit, or where peaks may pass what no breaker opens at. */
export function momentVA(phase: Phase, breaker: Breaker | undefined, settings: SheddingSettings, now: number): number {
	if (!tolerates(phase, breaker, settings, now)) return phase.limitVA;
	return Math.min(NEVER_OPENS_AT * phase.referenceVA, BRANCH_NEVER_OPENS_AT * branchVA(settings));
}

/** A Linky never opens at this ratio, whatever came before; one that is early not within seconds. */
const LINKY_BRIEF_AT = 1.3;

/**
 * The highest load that strict mode lets pass for two frames, VA: none of the breakers that there may be opens at it.
 * Without a known Linky that is what no branch breaker opens at.
 */
export function briefVA(phase: Phase, breaker: Breaker | undefined, settings: SheddingSettings): number {
	if (settings.mode !== 'strict' || settings.briefS === 0) return phase.limitVA;
	const share = breaker?.linky === true ? LINKY_BRIEF_AT : BRANCH_NEVER_OPENS_AT;
	return Math.min(share * phase.limitVA, BRANCH_NEVER_OPENS_AT * branchVA(settings));
}
