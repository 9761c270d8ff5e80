import type { HouseDescription } from '@pilotwire/house';
import { defaultSettings } from '@pilotwire/shedding';

/** Room for less than this is none: a radiator's minimum time on. Seconds. */
const SHORTEST_S = defaultSettings.minOnS;

/**
 * How long a radiator had no room even if all others of its phase had been off: no rule that keeps within the subscription
 * could have given it a turn.
 */
export class NoRoom {
	/** The longest of any radiator, s. */
	longestS = 0;
	/** By phase: the radiators' powers, W; since when each had none, and the last second that it had none. */
	readonly #phases: readonly { readonly powersW: number[]; readonly sinceS: number[]; readonly lastS: number[] }[];
	readonly #limitW: number;

	constructor({ radiators, meter }: HouseDescription) {
		this.#limitW = (meter.prefKVA * 1000) / meter.phases;
		this.#phases = Array.from({ length: meter.phases }, (_, index) => {
			const powersW = [...new Set(radiators.filter(({ phase }) => phase === index + 1).map(({ powerW }) => powerW))];
			return { powersW, sinceS: powersW.map(() => 0), lastS: powersW.map(() => Number.NEGATIVE_INFINITY) };
		});
	}

	/** A second has passed. @param othersW what each phase drew without any of our circuits, W */
	second(atS: number, othersW: Float64Array): void {
		for (const [phase, { powersW, sinceS, lastS }] of this.#phases.entries()) {
			const leftW = this.#limitW - (othersW[phase] as number);
			for (let index = 0; index < powersW.length; index++) {
				if ((powersW[index] as number) <= leftW) continue;
				if (atS - (lastS[index] as number) > SHORTEST_S) sinceS[index] = atS - 1;
				lastS[index] = atS;
				this.longestS = Math.max(this.longestS, atS - (sinceS[index] as number));
			}
		}
	}
}
