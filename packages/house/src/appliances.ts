import type { ApplianceDescription } from './description.ts';
import type { Random } from './random.ts';

/** Everything plugged in that is not a radiator: runs by itself, by daily rhythm, or when started. */
export class Appliances {
	readonly count: number;
	/** What each draws, W. */
	readonly watts: Float64Array;
	readonly #list: readonly ApplianceDescription[];
	readonly #random: Random;
	/** Reactive over active power. */
	readonly #tangent: Float64Array;
	/** Chance of a start in a minute, by hour and appliance. */
	readonly #chance: Float64Array;
	/** Stage under way; -1 at rest. */
	readonly #stage: Int16Array;
	readonly #stageS: Float64Array;
	/** Time left of a run of given length; Infinity where the run ends with its last stage. */
	readonly #leftS: Float64Array;

	constructor(list: readonly ApplianceDescription[], random: Random) {
		this.count = list.length;
		this.watts = new Float64Array(list.length);
		this.#list = list;
		this.#random = random;
		this.#tangent = Float64Array.from(list, ({ powerFactor }) => Math.tan(Math.acos(powerFactor)));
		this.#chance = chances(list);
		this.#stage = Int16Array.from(list, ({ always }) => (always ? 0 : -1));
		this.#stageS = Float64Array.from(list, ({ stages }) => random() * (stages[0]?.forS ?? 0));
		this.#leftS = new Float64Array(list.length).fill(Number.POSITIVE_INFINITY);
	}

	indexOf(id: string): number {
		return this.#list.findIndex((appliance) => appliance.id === id);
	}

	/** @param forS length of the run, its stages repeated as needed; one run of all stages where not given */
	start(index: number, forS?: number): void {
		this.#stage[index] = 0;
		this.#stageS[index] = 0;
		this.#leftS[index] = forS ?? Number.POSITIVE_INFINITY;
	}

	stop(index: number): void {
		this.#stage[index] = -1;
		this.watts[index] = 0;
	}

	/** The supply is cut: only what needs nobody starts again by itself. */
	cut(): void {
		for (let index = 0; index < this.count; index++) {
			this.stop(index);
			if (this.#list[index]?.always === true) this.start(index);
		}
	}

	/** Somebody may start something; called once a minute. */
	minute(hour: number): void {
		for (let index = 0; index < this.count; index++) {
			const chance = this.#chance[hour * this.count + index] as number;
			if (chance > 0 && this.#random() < chance && this.#stage[index] === -1) this.start(index);
		}
	}

	/** Adds what each draws to its phase: active in W, reactive in var. */
	step(dtS: number, voltage: Float64Array, phaseW: Float64Array, phaseVar: Float64Array): void {
		for (let index = 0; index < this.count; index++) {
			if (this.#stage[index] === -1) continue;
			const phase = (this.#list[index] as ApplianceDescription).phase - 1;
			const watts = this.#run(index, dtS) * (voltage[phase] as number);
			this.watts[index] = watts;
			phaseW[phase] = (phaseW[phase] as number) + watts;
			phaseVar[phase] = (phaseVar[phase] as number) + watts * (this.#tangent[index] as number);
		}
	}

	/** @returns the nominal power during this step */
	#run(index: number, dtS: number): number {
		const { stages, always } = this.#list[index] as ApplianceDescription;
		const at = this.#stage[index] as number;
		const stage = stages[at] as ApplianceDescription['stages'][number];
		const stageS = this.#stageS[index] as number;
		const leftS = (this.#leftS[index] as number) - dtS;
		this.#leftS[index] = leftS;
		this.#stageS[index] = stageS + dtS;
		if (stageS + dtS >= stage.forS) {
			const isLast = at + 1 === stages.length;
			this.#stageS[index] = 0;
			this.#stage[index] = isLast ? (always || leftS < Number.POSITIVE_INFINITY ? 0 : -1) : at + 1;
		}
		if (leftS <= 0) this.#stage[index] = -1;
		const rests = stage.onS !== undefined && stage.offS !== undefined && stageS % (stage.onS + stage.offS) >= stage.onS;
		return rests ? 0 : stage.powerW;
	}
}

function chances(list: readonly ApplianceDescription[]): Float64Array {
	const chance = new Float64Array(24 * list.length);
	for (const [index, { uses }] of list.entries()) {
		if (uses === undefined) continue;
		const weights = new Float64Array(24);
		for (const { from, to, weight } of uses.hours) {
			for (let hour = from; hour < to; hour++) weights[hour % 24] = weight;
		}
		const sum = weights.reduce((total, weight) => total + weight, 0);
		if (sum === 0) continue;
		for (const [hour, weight] of weights.entries()) {
			chance[hour * list.length + index] = (uses.perDay * weight) / sum / 60;
		}
	}
	return chance;
}
