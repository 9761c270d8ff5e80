import type { HouseDescription } from './description.ts';
import type { Random } from './random.ts';
import { wander } from './weather.ts';

const NOMINAL_V = 230;
const MEMORY = Math.exp(-1 / 15);

/** The voltage of each phase: wanders by the minute and sags under the house's own current. */
export class Supply {
	readonly volts: Float64Array;
	/** Power of a resistance at this voltage over its nominal power. */
	readonly ratio: Float64Array;
	readonly #wandering: Float64Array;
	readonly #supply: HouseDescription['supply'];
	readonly #random: Random;

	constructor(supply: HouseDescription['supply'], phases: number, random: Random) {
		this.#supply = supply;
		this.#random = random;
		this.volts = new Float64Array(phases).fill(supply.voltageV);
		this.ratio = new Float64Array(phases).fill((supply.voltageV / NOMINAL_V) ** 2);
		this.#wandering = new Float64Array(phases);
	}

	minute(): void {
		for (let index = 0; index < this.volts.length; index++) {
			this.#wandering[index] = wander(this.#wandering[index] as number, MEMORY, this.#random);
		}
	}

	second(amps: Float64Array): void {
		const { voltageV, noiseV, lineOhm } = this.#supply;
		for (let index = 0; index < this.volts.length; index++) {
			const volts = voltageV + noiseV * (this.#wandering[index] as number) - lineOhm * (amps[index] as number);
			this.volts[index] = volts;
			this.ratio[index] = (volts / NOMINAL_V) ** 2;
		}
	}
}
