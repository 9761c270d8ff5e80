import { createRandom, type Random } from '../random.ts';
import type { LoadCurve } from './load-curve.ts';

/** Loads from outside the description as steps: what each phase draws from a second on. Times ascend within a phase. */
export interface LoadSteps {
	/** By phase: seconds since the start. */
	readonly atS: readonly Uint32Array[];
	/** By phase: power from then on, W. */
	readonly watts: readonly Float64Array[];
}

export interface LoadStepOptions {
	readonly phases: 1 | 3;
	/** Every power is multiplied by this. */
	readonly scale: number;
	readonly seed: number;
	/** First row and number of rows; all of them where not given. */
	readonly fromMinute?: number;
	readonly minutes?: number;
}

/** What an appliance of each group draws while it is on, before scaling, W. */
const APPLIANCE_W = { kitchen: 2000, laundry: 2200, waterHeater: 3000, rest: 1500 };
/** Three phases: the sub-meters on one each, and of the rest this share on each. */
const REST_SHARES = [0.5, 0.3, 0.2];
/** What a group draws in every minute this near is steady, not an appliance. */
const STEADY_MINUTES = 5;
const STREAM = 6;

/**
 * The recorded means as a house would have drawn them: in each minute of each group, what is steady stays steady, and the
 * rest is appliances that are on for a part of the minute at their full power, with the same energy.
 */
export function loadSteps(curve: LoadCurve, options: LoadStepOptions): LoadSteps {
	const { phases, scale, seed, fromMinute = 0 } = options;
	const minutes = Math.min(options.minutes ?? Number.POSITIVE_INFINITY, curve.apparentVA.length - fromMinute);
	const groups = groupsOf(curve, phases, fromMinute, minutes);
	const random = createRandom(seed, STREAM);
	const lists = Array.from({ length: phases }, (): [number[], number[]] => [[], []]);
	const line = new Float64Array(60);
	for (let phase = 0; phase < phases; phase++) {
		const [atS, watts] = lists[phase] as [number[], number[]];
		const own = groups.filter((group) => group.phase === phase);
		const steady = own.map(({ means }) => steadyPart(means));
		let last = Number.NaN;
		for (let minute = 0; minute < minutes; minute++) {
			line.fill(0);
			for (const [index, { means, applianceW }] of own.entries()) {
				addMinute(line, means[minute] as number, (steady[index] as Float64Array)[minute] as number, applianceW, random);
			}
			for (let second = 0; second < 60; second++) {
				const value = Math.round((line[second] as number) * scale);
				if (value === last) continue;
				atS.push(minute * 60 + second);
				watts.push(value);
				last = value;
			}
		}
	}
	return { atS: lists.map(([at]) => Uint32Array.from(at)), watts: lists.map(([, watts]) => Float64Array.from(watts)) };
}

interface Group {
	readonly phase: number;
	readonly means: Float64Array;
	readonly applianceW: number;
}

function groupsOf(curve: LoadCurve, phases: 1 | 3, from: number, minutes: number): Group[] {
	const part = (values: Float64Array): Float64Array => values.subarray(from, from + minutes);
	if (phases === 3 && curve.phasesVA?.length === 3) {
		return curve.phasesVA.map((values, phase) => ({ phase, means: part(values), applianceW: APPLIANCE_W.rest }));
	}
	const [kitchen, laundry, heater] = [part(curve.kitchenW), part(curve.laundryW), part(curve.waterHeaterW)];
	const rest = part(curve.apparentVA).map((va, minute) =>
		Math.max(0, va - (kitchen[minute] as number) - (laundry[minute] as number) - (heater[minute] as number)),
	);
	const at = (phase: number): number => (phases === 1 ? 0 : phase);
	const shares = phases === 1 ? [1] : REST_SHARES;
	return [
		{ phase: at(0), means: kitchen, applianceW: APPLIANCE_W.kitchen },
		{ phase: at(1), means: laundry, applianceW: APPLIANCE_W.laundry },
		{ phase: at(2), means: heater, applianceW: APPLIANCE_W.waterHeater },
		...shares.map((share, phase) => ({
			phase,
			means: rest.map((value) => value * share),
			applianceW: APPLIANCE_W.rest * share,
		})),
	];
}

/** The lowest mean of the minutes around each. */
function steadyPart(means: Float64Array): Float64Array {
	return means.map((_, minute) => {
		let lowest = Number.POSITIVE_INFINITY;
		const end = Math.min(means.length - 1, minute + STEADY_MINUTES);
		for (let near = Math.max(0, minute - STEADY_MINUTES); near <= end; near++) {
			lowest = Math.min(lowest, means[near] as number);
		}
		return lowest;
	});
}

/** Adds one minute of a group to its seconds: whole appliances all the time, one more for a whole number of seconds. */
function addMinute(line: Float64Array, mean: number, steady: number, applianceW: number, random: Random): void {
	const moving = mean - steady;
	const whole = Math.floor(moving / applianceW);
	const energyWs = (moving - whole * applianceW) * 60;
	const onS = Math.ceil(energyWs / applianceW);
	const powerW = onS === 0 ? 0 : energyWs / onS;
	const startS = Math.floor(random() * (60 - onS + 1));
	for (let second = 0; second < 60; second++) {
		const isOn = second >= startS && second < startS + onS;
		line[second] = (line[second] as number) + steady + whole * applianceW + (isOn ? powerW : 0);
	}
}
