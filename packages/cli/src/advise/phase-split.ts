import { NormalEquations, type Term } from './normal-equations.ts';
import type { RecordedHouse } from './recorded-house.ts';

const HOURS = 24;
/** Duties are estimated anew for each stretch of so many minutes. */
const STRETCH_MINUTES = 30;
/** Seen together: thermostats that heat for a part of 40 s or so make every other minute high. Part of a stretch. */
const BLOCK_MINUTES = 6;
/** The model room (38 K from full power) tells what to expect before anything is measured; it may well be wrong. */
const DESIGN_K = 38;
const COMFORT_C = 19.5;
/** Comfort less 3.5 K; for hours after the change nothing heats, so less than the balance is expected. */
const ECO_C = 16;
const ECO_SHARE = 0.6;
const DUTY_DEVIATION = 0.3;
/** Rooms and weather are slow: so much a duty changes from one stretch to the next, and where an order changed. */
const NEXT_STRETCH_DEVIATION = 0.06;
const NEW_ORDER_DEVIATION = 0.5;
/** Then rooms catch up, or cool down: for so many stretches the duty changes faster. */
const CATCHING_UP_STRETCHES = 5;
const CATCHING_UP_DEVIATION = 0.2;
/** A change of what may heat, over its greater side, that counts as a new order. */
const NEW_ORDER_SHARE = 0.15;
/** What else a house draws all the time is unknown, but from one hour to the next it is alike, VA. */
const BASE_VA = 100;
const BASE_DEVIATION = 200;
const NEXT_HOUR_DEVIATION = 15;
/** Bounds are held to this: of a duty, and of a base, VA. */
const BOUND_DEVIATION = 0.005;
const BOUND_VA = 5;
/** What is above the estimate is mostly appliances that come and go; they must not pull it up. */
const ABOVE_SHARE = 0.08;
/** What disturbs goes on for a while: that many blocks tell no more than one. */
const ALIKE_BLOCKS = 3;
/** Rooms aren't the model's: no estimate is surer than this share of it (standard deviation). */
const MODEL_DEVIATION_SHARE = 0.05;
const FIRST_NOISE_VA = 200;
const LEAST_NOISE_VA = 30;
const LOW_PASSES = 6;
const PASSES = 12;

/** Some minutes together: what they draw on the mean, and what adds up to it. */
interface Block {
	readonly terms: readonly Term[];
	readonly load: number;
}

/**
 * One phase of a house, its radiators taken out of it. Unknowns: for each half hour the duty at comfort and at eco, then
 * the base of each hour of the day.
 */
export class PhaseSplit {
	/** What is left, means over each minute, VA. */
	readonly otherVA: Float64Array;
	/** Minutes in which nothing of ours could heat, and those from which the estimate learned. */
	exactMinutes = 0;
	usedMinutes = 0;
	/** What the radiators are taken to have drawn, all minutes added up, and its standard deviation, VA. */
	heatingVA = 0;
	readonly deviationVA: number;
	readonly #house: RecordedHouse;
	readonly #load: Float64Array;
	readonly #stretches: number;
	readonly #expected: readonly [comfort: number, eco: number];
	/** By order (comfort, eco): W that may heat in each minute. */
	readonly #mayHeat: readonly [Float64Array, Float64Array];
	readonly #blocks: readonly Block[];

	constructor(house: RecordedHouse, load: Float64Array, phase: number, outsideC: number) {
		const circuits = house.circuits.filter((circuit) => circuit.phase === phase);
		const mayHeat = (order: 'comfort' | 'eco'): Float64Array =>
			load.map((_, minute) => sumOf(circuits, (circuit) => circuit.powerW * (circuit[order][minute] as number)));
		this.#house = house;
		this.#load = load;
		this.#stretches = Math.ceil(load.length / STRETCH_MINUTES);
		this.#expected = [dutyAt(COMFORT_C, outsideC), ECO_SHARE * dutyAt(ECO_C, outsideC)];
		this.#mayHeat = [mayHeat('comfort'), mayHeat('eco')];
		const used = Uint8Array.from(load, (_, minute) => (circuits.every(({ chosen }) => chosen[minute] === 1) ? 1 : 0));
		this.usedMinutes = used.reduce((sum, one) => sum + one, 0);
		this.#blocks = this.#blocksOf(used);
		const { unknowns, noise } = this.#solved();
		this.otherVA = this.#without(unknowns);
		this.deviationVA = this.#deviation(unknowns, noise);
	}

	/** Again and again with what the last pass says of each block: above the estimate, or part of it. */
	#solved(): { unknowns: Float64Array; noise: number } {
		let noise = FIRST_NOISE_VA;
		let unknowns: Float64Array | undefined;
		for (let pass = 1; ; pass++) {
			const equations = this.#equations(noise, unknowns, pass <= LOW_PASSES ? lowTrust : nearTrust);
			if (unknowns !== undefined) this.#bound(equations, unknowns);
			unknowns = equations.solve().unknowns;
			if (pass === PASSES) return { unknowns, noise };
			noise = this.#noiseOf(unknowns);
		}
	}

	/** Bounds would make an estimate look surer than it is: they are left out here. */
	#deviation(unknowns: Float64Array, noise: number): number {
		const counted = this.#equations(noise, unknowns, nearTrust).solve().deviationOf(this.#heatingFactors());
		return Math.hypot(counted, MODEL_DEVIATION_SHARE * this.heatingVA);
	}

	#equations(noise: number, before: Float64Array | undefined, trust: (above: number) => number): NormalEquations {
		const equations = new NormalEquations(2 * this.#stretches + HOURS);
		this.#believe(equations);
		const weight = 1 / (noise * noise * ALIKE_BLOCKS);
		for (const { terms, load } of this.#blocks) {
			const above = before === undefined ? 0 : load - estimateOf(terms, before);
			equations.add(terms, load, weight * trust(above / noise));
		}
		return equations;
	}

	#believe(equations: NormalEquations): void {
		for (const [order, expected] of this.#expected.entries()) {
			let changed = Number.NEGATIVE_INFINITY;
			// One belief about the level of all stretches, not one in each.
			for (let stretch = 0; stretch < this.#stretches; stretch++) {
				const at = 2 * stretch + order;
				equations.add([[at, 1]], expected, weightOf(DUTY_DEVIATION) / this.#stretches);
				if (stretch === 0) continue;
				if (this.#isNewOrder(order, stretch)) changed = stretch;
				const deviation =
					stretch === changed
						? NEW_ORDER_DEVIATION
						: stretch - changed <= CATCHING_UP_STRETCHES
							? CATCHING_UP_DEVIATION
							: NEXT_STRETCH_DEVIATION;
				equations.add(
					[
						[at, 1],
						[at - 2, -1],
					],
					0,
					weightOf(deviation),
				);
			}
		}
		for (let hour = 0; hour < HOURS; hour++) {
			const [at, next] = [this.#baseAt(hour), this.#baseAt((hour + 1) % HOURS)];
			equations.add([[at, 1]], BASE_VA, weightOf(BASE_DEVIATION) / HOURS);
			equations.add(
				[
					[at, 1],
					[next, -1],
				],
				0,
				weightOf(NEXT_HOUR_DEVIATION),
			);
		}
	}

	/** What the pass before had as less than nothing, or as more than a radiator's power, is held near the bound. */
	#bound(equations: NormalEquations, before: Float64Array): void {
		const bases = 2 * this.#stretches;
		for (const [at, value] of before.entries()) {
			const deviation = at < bases ? BOUND_DEVIATION : BOUND_VA;
			if (value < 0) equations.add([[at, 1]], 0, weightOf(deviation));
			else if (at < bases && value > 1) equations.add([[at, 1]], 1, weightOf(deviation));
		}
	}

	#isNewOrder(order: number, stretch: number): boolean {
		const watts = this.#mayHeat[order] as Float64Array;
		const [now, before] = [stretch, stretch - 1].map((at) => {
			const [from, to] = [at * STRETCH_MINUTES, Math.min(watts.length, (at + 1) * STRETCH_MINUTES)];
			return meanOf(watts.subarray(from, to));
		}) as [number, number];
		return Math.abs(now - before) > NEW_ORDER_SHARE * Math.max(now, before);
	}

	/** The rows of the estimate: where orders were chosen all through. */
	#blocksOf(used: Uint8Array): Block[] {
		const blocks: Block[] = [];
		for (let from = 0; from + BLOCK_MINUTES <= this.#load.length; from += BLOCK_MINUTES) {
			if (used.subarray(from, from + BLOCK_MINUTES).includes(0)) continue;
			const mean = (values: Float64Array): number => meanOf(values.subarray(from, from + BLOCK_MINUTES));
			const at = 2 * Math.floor(from / STRETCH_MINUTES);
			const heating = this.#mayHeat.map((watts, order): Term => [at + order, mean(watts)]);
			const base: Term = [this.#baseAt(this.#house.hours[from] as number), 1];
			blocks.push({ terms: [...heating.filter(([, watts]) => watts > 0), base], load: mean(this.#load) });
		}
		return blocks;
	}

	#heatingTerms(minute: number): Term[] {
		const at = 2 * Math.floor(minute / STRETCH_MINUTES);
		return this.#mayHeat
			.map((watts, order): Term => [at + order, watts[minute] as number])
			.filter(([, watts]) => watts > 0);
	}

	/** How far blocks lie below the estimate: that is what no appliance explains. */
	#noiseOf(unknowns: Float64Array): number {
		const below = this.#blocks
			.map(({ terms, load }) => estimateOf(terms, unknowns) - load)
			.filter((difference) => difference > 0);
		return Math.max(LEAST_NOISE_VA, Math.sqrt(meanOf(below.map((difference) => difference ** 2))));
	}

	/** A radiator draws no less than nothing and no more than its power; nor do they all draw more than the load. */
	#without(unknowns: Float64Array): Float64Array {
		return this.#load.map((load, minute) => {
			const terms = this.#heatingTerms(minute);
			if (terms.length === 0) this.exactMinutes++;
			const heating = Math.min(
				load,
				sumOf(terms, ([at, watts]) => share(unknowns[at] as number) * watts),
			);
			this.heatingVA += heating;
			return load - heating;
		});
	}

	/** How often each unknown is in the heating of all minutes. */
	#heatingFactors(): Float64Array {
		const factors = new Float64Array(2 * this.#stretches + HOURS);
		for (const minute of this.#load.keys()) {
			for (const [at, factor] of this.#heatingTerms(minute)) factors[at] = (factors[at] as number) + factor;
		}
		return factors;
	}

	#baseAt(hour: number): number {
		return 2 * this.#stretches + hour;
	}
}

/** Pulls the estimate down to where the load is while no appliance is on. `above`: in standard deviations. */
const lowTrust = (above: number): number => (above <= 0 ? 1 : ABOVE_SHARE * Math.min(1, 1 / above));
/** From there, what is near counts on both sides: thermostats go up and down. */
const nearTrust = (above: number): number => (above <= 1 ? 1 : 1 / above ** 2);
const share = (value: number): number => Math.min(1, Math.max(0, value));
const dutyAt = (insideC: number, outsideC: number): number => share((insideC - outsideC) / DESIGN_K);
const weightOf = (deviation: number): number => 1 / (deviation * deviation);

const estimateOf = (terms: readonly Term[], unknowns: Float64Array): number =>
	sumOf(terms, ([at, factor]) => (unknowns[at] as number) * factor);

function meanOf(values: Float64Array | readonly number[]): number {
	let sum = 0;
	for (const value of values) sum += value;
	return values.length === 0 ? 0 : sum / values.length;
}

function sumOf<Item>(items: readonly Item[], of: (item: Item) => number): number {
	let sum = 0;
	for (const item of items) sum += of(item);
	return sum;
}
