import type { HouseDescription, HouseInput } from '../description.ts';
import { parseHouse } from '../parse.ts';
import type { LoadCurve } from './load-curve.ts';
import { loadSteps } from './load-steps.ts';
import { ShedderController } from './shedder.ts';
import { SIZES_KVA } from './sizes.ts';
import { Twin, type TwinOptions } from './twin.ts';

const DAY_S = 86_400;
const DAY_MINUTES = 1440;
/** A room loses what its radiator can give at so many kelvin below: radiators are chosen for the coldest days. */
const DESIGN_K = 38;
/** Joules that warm a room by 1 K for each watt of its radiator: a time constant of 10 h. */
const HEAT_CAPACITY_JK = (10 * 3600) / DESIGN_K;
const WIRES_A_BOARD = 8;
/** A breaker that never opens. */
const UNBOUND_KVA = 1_000;

/** The house that asks which subscription would do. */
export interface AdviceHouse {
	/** What it draws without the radiators, a row a minute. */
	readonly curve: LoadCurve;
	/** Ratings of the radiators, W, and the phase of each in a three-phase house, where known. */
	readonly radiators: readonly { readonly powerW: number; readonly phase?: 1 | 2 | 3 | undefined }[];
	/** Mean outside, °C. */
	readonly outsideC: number;
	/** At most so many days of the recording. */
	readonly days: number;
	readonly mode: 'strict' | 'tolerant';
}

/** One size, tried on the recording. */
export interface SubscriptionTrial {
	readonly prefKVA: number;
	readonly phases: 1 | 3;
	/** Openings of the breaker, and those of them that come without any radiator. */
	readonly openings: number;
	readonly openingsWithoutHeating: number;
	/** Minutes in which a radiator had less than it wanted. */
	readonly minutesShed: number;
	readonly minutesAbove: number;
	/** Degree-hours below what is wanted that the subscription costs, all rooms added up, K h. */
	readonly comfortLostKh: number;
	readonly coldestC: number;
	readonly longestWaitS: number;
	readonly days: number;
}

/** Tries sizes one after the other; what doesn't depend on the size is run once. Deterministic. */
export class SubscriptionAdvisor {
	readonly days: number;
	readonly #house: AdviceHouse;
	readonly #unbound = new Map<1 | 3, number>();

	constructor(house: AdviceHouse) {
		const whole = Math.floor((house.curve.apparentVA.length - fromMinuteOf(house.curve)) / DAY_MINUTES);
		this.#house = house;
		this.days = Math.min(house.days, whole);
	}

	try(prefKVA: number, phases: 1 | 3): SubscriptionTrial {
		const options = this.#options(prefKVA, phases);
		const { mode } = this.#house;
		const forS = this.days * DAY_S;
		const controller: TwinOptions['controller'] = (circuits) => new ShedderController(circuits, { settings: { mode } });
		const figures = new Twin({ ...options, controller }).run(forS).figures();
		const without = new Twin({ ...options, house: { ...options.house, radiators: [] } }).run(forS).figures();
		return {
			prefKVA,
			phases,
			openings: figures.openings,
			openingsWithoutHeating: without.openings,
			minutesShed: figures.minutesShed,
			minutesAbove: figures.minutesAbove,
			comfortLostKh: Math.max(0, figures.degreeHours - this.#unboundDegreeHours(phases)),
			coldestC: figures.coldestC,
			longestWaitS: figures.longestWaitS,
			days: this.days,
		};
	}

	/** Below what is wanted even where nothing is ever shed: thermostats let rooms droop a little. */
	#unboundDegreeHours(phases: 1 | 3): number {
		const known = this.#unbound.get(phases);
		if (known !== undefined) return known;
		const { house, ...options } = this.#options(Math.max(...SIZES_KVA), phases);
		const unbound = { ...house, meter: { ...house.meter, pcoupKVA: UNBOUND_KVA } };
		const { degreeHours } = new Twin({ ...options, house: unbound }).run(this.days * DAY_S).figures();
		this.#unbound.set(phases, degreeHours);
		return degreeHours;
	}

	#options(prefKVA: number, phases: 1 | 3): TwinOptions {
		const { curve } = this.#house;
		const [fromMinute, minutes] = [fromMinuteOf(curve), this.days * DAY_MINUTES];
		return {
			house: describedHouse(this.#house, prefKVA, phases),
			seed: 1,
			loads: loadSteps(curve, { phases, scale: 1, seed: 1, fromMinute, minutes }),
		};
	}
}

/** The first midnight of the recording. */
function fromMinuteOf({ startMinute }: LoadCurve): number {
	return (DAY_MINUTES - startMinute) % DAY_MINUTES;
}

function describedHouse({ radiators, outsideC }: AdviceHouse, prefKVA: number, phases: 1 | 3): HouseDescription {
	const listed = radiators.map(({ powerW, phase }, index): NonNullable<HouseInput['radiators']>[number] => ({
		id: `radiator-${index + 1}`,
		name: `Radiator ${index + 1}`,
		room: `radiator-${index + 1}`,
		phase: phases === 1 ? 1 : (phase ?? (((index % 3) + 1) as 1 | 2 | 3)),
		powerW,
		board: 0x20 + Math.floor(index / WIRES_A_BOARD),
		wire: (index % WIRES_A_BOARD) + 1,
	}));
	const parsed = parseHouse({
		name: 'The house that asks',
		startsAt: '2026-01-11T23:00:00Z',
		rooms: listed.map(({ id, powerW }) => ({
			id,
			name: id,
			lossWK: powerW / DESIGN_K,
			heatCapacityJK: powerW * HEAT_CAPACITY_JK,
			startC: 19.5,
		})),
		radiators: listed,
		weather: { meanC: outsideC, swingK: 4, noiseK: 1.5 },
		meter: { phases, prefKVA },
	});
	if ('faults' in parsed)
		throw new TypeError(parsed.faults.map(({ path, message }) => `${path}: ${message}`).join('; '));
	return parsed.house;
}
