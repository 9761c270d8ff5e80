import type { HouseDescription } from './description.ts';

/** Weight of one second's reading in the Linky's filter. */
const FILTER_WEIGHT = 0.008;
const LINKY_TRIP = 1.3 ** 2;
const BRANCH_TRIP = 1.1 ** 2;
/** Seconds to the trip at 1.4 times the rating, from cold, for a thermal time constant of 1 s. */
const BRANCH_DELAY_AT_140 = Math.log(1.4 ** 2 / (1.4 ** 2 - BRANCH_TRIP));

export interface Opening {
	/** Seconds after the house's start. */
	readonly atS: number;
	readonly phase: number;
	readonly cause: 'linky' | 'branch';
}

/**
 * What really cuts this house's power; on what is truly drawn, each phase on its own, once a second.
 * It shares no line with the model that the shedder decides with, so that a fault in one shows against the other.
 */
export class TrueBreaker {
	/** The Linky's filter a phase; opens at 1.69. */
	readonly filter: Float64Array;
	/** Highest value the filter has had, a phase. */
	readonly filterMax: Float64Array;
	readonly openings: Opening[] = [];
	open = false;
	readonly #linky: boolean;
	readonly #gain: number;
	/** VA a phase at which the filter settles at 1. */
	readonly #referenceVA: number;
	readonly #branchA: number;
	/** Share of the way to its final heat that a branch breaker goes in a second. */
	readonly #branchShare: number;
	readonly #heat: Float64Array;

	constructor({ meter, breaker }: HouseDescription) {
		this.filter = new Float64Array(meter.phases);
		this.filterMax = new Float64Array(meter.phases);
		this.#heat = new Float64Array(meter.phases);
		this.#linky = meter.kind === 'linky';
		this.#gain = 1 + breaker.toleranceRatio;
		this.#referenceVA = ((meter.pcoupKVA ?? meter.prefKVA) * 1000) / meter.phases;
		this.#branchA = breaker.branch?.ratedA ?? Number.POSITIVE_INFINITY;
		this.#branchShare = 1 - Math.exp(-BRANCH_DELAY_AT_140 / (breaker.branch?.delayAt140S ?? 1));
	}

	/**
	 * One second has passed.
	 * @param drawnVA mean over that second, a phase; 0 where the phase was fed into
	 * @param drawnA the same in amperes
	 */
	second(atS: number, drawnVA: Float64Array, drawnA: Float64Array): void {
		for (let index = 0; index < this.filter.length; index++) {
			const ratio = ((drawnVA[index] as number) * this.#gain) / this.#referenceVA;
			const filtered = FILTER_WEIGHT * ratio * ratio + (1 - FILTER_WEIGHT) * (this.filter[index] as number);
			this.filter[index] = filtered;
			if (filtered > (this.filterMax[index] as number)) this.filterMax[index] = filtered;
			if (this.#linky && filtered >= LINKY_TRIP) this.#trip(atS, index + 1, 'linky');
			const load = (drawnA[index] as number) / this.#branchA;
			const heat = (this.#heat[index] as number) + (load * load - (this.#heat[index] as number)) * this.#branchShare;
			this.#heat[index] = heat;
			if (heat >= BRANCH_TRIP) this.#trip(atS, index + 1, 'branch');
		}
	}

	/** Somebody pushed the button: both start from cold. */
	close(): void {
		this.open = false;
		this.filter.fill(0);
		this.#heat.fill(0);
	}

	#trip(atS: number, phase: number, cause: Opening['cause']): void {
		if (this.open) return;
		this.open = true;
		this.openings.push({ atS, phase, cause });
	}
}
