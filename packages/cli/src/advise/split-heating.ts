import { PhaseSplit } from './phase-split.ts';
import type { RecordedHouse } from './recorded-house.ts';

/** A load with its heating taken out, and how sure that is. */
export interface SplitLoad {
	/** By phase: the load without the radiators, means over each minute, VA. */
	readonly otherVA: readonly Float64Array[];
	/** Share of the time, over all phases, in which nothing of ours could heat: there the rest is known exactly. */
	readonly exactShare: number;
	/** Share from which the estimate learned: programme or person, not shedding, had chosen every order of the phase. */
	readonly usedShare: number;
	/** What the radiators are taken to have drawn, kWh a day, and how far off that is in 19 cases out of 20. */
	readonly heatingKWhADay: number;
	readonly heatingPlusMinusKWh: number;
	/** What is left, kWh a day. */
	readonly otherKWhADay: number;
}

const DAY_MINUTES = 1440;
/** Half of an interval that holds 19 of 20, in standard deviations. */
const SURE = 1.96;
const kWh = (minuteVA: number): number => minuteVA / 60 / 1000;

/**
 * Takes the heating out of a recorded load. On each phase a minute's load is taken to be a base, which depends on the
 * hour of the day, plus the power of the radiators whose order lets them heat times a duty, which changes slowly unless
 * an order changes, plus appliances that come and go above. Minutes in which shedding chose an order are left out of the
 * estimate: it sheds because the load is high, which would look as if less heating meant more load.
 *
 * @param outsideC mean temperature outside on those days, from which duties are guessed where the load tells nothing
 */
export function splitHeating(house: RecordedHouse, outsideC: number): SplitLoad {
	const phases = house.loadVA.map((load, index) => new PhaseSplit(house, load, index + 1, outsideC));
	const minutes = house.hours.length;
	const days = minutes / DAY_MINUTES;
	const sum = (of: (phase: PhaseSplit) => number): number => phases.reduce((total, phase) => total + of(phase), 0);
	return {
		otherVA: phases.map(({ otherVA }) => otherVA),
		exactShare: sum(({ exactMinutes }) => exactMinutes) / (minutes * phases.length),
		usedShare: sum(({ usedMinutes }) => usedMinutes) / (minutes * phases.length),
		heatingKWhADay: kWh(sum(({ heatingVA }) => heatingVA)) / days,
		heatingPlusMinusKWh: (kWh(Math.hypot(...phases.map(({ deviationVA }) => deviationVA))) * SURE) / days,
		otherKWhADay: kWh(sum(({ otherVA }) => otherVA.reduce((total, va) => total + va, 0))) / days,
	};
}
