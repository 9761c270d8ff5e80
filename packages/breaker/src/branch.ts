/** The branch breaker in front of an older meter, or behind a Linky (NF C 62-411). */

/**
 * The standard bounds the opening at two ratios of the rated current (1.4: 2 to 900 s; 2.5: 0.5 to 40 s) and excludes it
 * at 1.1. A smaller ratio never opens sooner, so each bound holds for every ratio down to the one before it.
 */
const EARLIEST = [
	{ ratio: 1.1, seconds: Number.POSITIVE_INFINITY },
	{ ratio: 1.4, seconds: 2 },
	{ ratio: 2.5, seconds: 0.5 },
] as const;

/** The soonest, in seconds, at which a branch breaker may open under a constant ratio of its rated current. */
export function branchEarliestTripS(ratio: number): number {
	return EARLIEST.find((point) => ratio <= point.ratio)?.seconds ?? 0;
}
