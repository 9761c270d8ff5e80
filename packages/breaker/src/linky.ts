/**
 * The Linky's overpower filter (Enedis-NOI-CPT_54E): each phase on its own, once a second,
 * `Y = B * X^2 + (1 - B) * Y`, where X is the apparent power over the phase's reference. It opens when Y reaches 1.3^2.
 */

/** Share of a new second in the filter. */
const B = 0.008;
const KEEP = 1 - B;
/** At or below this ratio the breaker never opens. */
const NEVER_OPENS_AT = 1.3;
const OPENS_AT = NEVER_OPENS_AT ** 2;
/** The last value below the opening: a filter fed at 1.3 for ever comes near, and rounding must not carry it over. */
const JUST_CLOSED = OPENS_AT * (1 - Number.EPSILON);

/** One phase's filter. `y` is the filtered square of the ratio: 0 cold, 1.69 open. */
export interface LinkyFilter {
	readonly y: number;
}

/**
 * The power to which a phase's ratio refers, in VA: PCOUP, or a third of it in three-phase.
 * (The third is inferred from the alerts of the older meters; the specification does not say.)
 */
export function phaseReferenceVA(cutOffKVA: number, phases: 1 | 3): number {
	return (cutOffKVA * 1000) / phases;
}

/**
 * The highest value a filter can have that nobody watched until now.
 * @param peakRatio the day's highest apparent power (SMAXSN) over the reference; null where unknown: just below opening.
 */
export function linkyFilterBound(peakRatio: number | null): LinkyFilter {
	if (peakRatio === null || !Number.isFinite(peakRatio)) return { y: JUST_CLOSED };
	return { y: Math.min(Math.max(peakRatio, 0) ** 2, JUST_CLOSED) };
}

/**
 * The filter after `seconds` at a constant `ratio` (apparent power over the reference). Exact for any step.
 * A ratio or a step that is no number, or negative, changes nothing.
 */
export function stepLinkyFilter(filter: LinkyFilter, ratio: number, seconds: number): LinkyFilter {
	if (!(ratio >= 0) || !(seconds > 0)) return filter;
	const target = ratio ** 2;
	const y = target + (filter.y - target) * KEEP ** seconds;
	return { y: ratio <= NEVER_OPENS_AT && filter.y < OPENS_AT ? Math.min(y, JUST_CLOSED) : y };
}

/** Whether the breaker is open at this value. */
export function linkyOpens(filter: LinkyFilter): boolean {
	return filter.y >= OPENS_AT;
}

/** Seconds until the breaker opens if the ratio stays: 0 where it is open, Infinity at or below 1.3. Not rounded. */
export function linkyTimeToTripS(filter: LinkyFilter, ratio: number): number {
	if (linkyOpens(filter)) return 0;
	if (!(ratio > NEVER_OPENS_AT)) return Number.POSITIVE_INFINITY;
	const target = ratio ** 2;
	return Math.log((target - OPENS_AT) / (target - filter.y)) / Math.log(KEEP);
}

/** What is left before the breaker opens, as a share: 1 from cold, 0 when it opens. */
export function linkyMargin(filter: LinkyFilter): number {
	return Math.min(1, Math.max(0, 1 - filter.y / OPENS_AT));
}
