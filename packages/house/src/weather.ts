import type { PanelsDescription, WeatherDescription } from './description.ts';
import type { Random } from './random.ts';

const DAY_MINUTES = 1440;
/** How slowly the weather wanders: share of its memory that remains after a minute (about six hours in all). */
const MEMORY = Math.exp(-1 / 360);
/** Clouds pass faster. */
const CLOUD_MEMORY = Math.exp(-1 / 20);
/** A winter day, local minutes. */
const SUNRISE = 510;
const SUNSET = 1040;

/** Outside temperature and sun, renewed every minute. */
export class Weather {
	outsideC: number;
	/** What the panels give on each phase, W. */
	readonly panelsW: Float64Array;
	readonly #weather: WeatherDescription;
	readonly #panels: PanelsDescription | undefined;
	readonly #random: Random;
	#wandering = 0;
	#cloud = 0;

	constructor(weather: WeatherDescription, panels: PanelsDescription | undefined, phases: number, random: Random) {
		this.#weather = weather;
		this.#panels = panels;
		this.#random = random;
		this.outsideC = weather.meanC;
		this.panelsW = new Float64Array(phases);
	}

	minute(minuteOfDay: number): void {
		const { meanC, swingK, noiseK, warmestHour } = this.#weather;
		this.#wandering = wander(this.#wandering, MEMORY, this.#random);
		const angle = (2 * Math.PI * (minuteOfDay - warmestHour * 60)) / DAY_MINUTES;
		this.outsideC = meanC + swingK * Math.cos(angle) + noiseK * this.#wandering;
		if (this.#panels !== undefined) this.#shine(this.#panels, minuteOfDay);
	}

	#shine({ peakW, phases, cloudiness }: PanelsDescription, minuteOfDay: number): void {
		this.#cloud = wander(this.#cloud, CLOUD_MEMORY, this.#random);
		const day = (minuteOfDay - SUNRISE) / (SUNSET - SUNRISE);
		const height = day > 0 && day < 1 ? Math.sin(Math.PI * day) : 0;
		const clear = Math.min(1, Math.max(0, 1 - cloudiness * (1 + this.#cloud)));
		this.panelsW.fill(0);
		for (const phase of phases) this.panelsW[phase - 1] = (peakW * height * clear) / phases.length;
	}
}

/** One step of a random walk drawn back to 0, whose standard deviation is 1. */
export function wander(value: number, memory: number, random: Random): number {
	const push = (random() + random() + random() + random() - 2) * Math.sqrt(3);
	return value * memory + push * Math.sqrt(1 - memory * memory);
}
