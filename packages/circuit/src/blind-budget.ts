/** How much of a phase the fallback may give away while it sees no load (design: safety rule 2). */
import type { UncontrolledLoad } from './uncontrolled-load.ts';

/** The share of the limit until a day of load has been learned. */
const UNLEARNED_SHARE = 0.4;
/** The part of the time in which the load that isn't controlled stays below what is set aside for it. */
const PERCENTILE = 0.99;

/**
 * The blind budget of a phase, VA: its limit minus the 99th percentile of the load the circuits don't explain, never
 * below 0; 40 % of the limit until that is learned. `limitVA` is the meter's last word, or what is configured.
 */
export function blindBudgetVA(limitVA: number, load: UncontrolledLoad | undefined): number {
	if (load === undefined || !load.learned) return UNLEARNED_SHARE * limitVA;
	return Math.max(0, limitVA - load.percentileVA(PERCENTILE));
}
