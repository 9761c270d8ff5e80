import { commonAppliances as common, type HouseDescription, type HouseInput, parseHouse } from '@pilotwire/house';

/** Houses in which shedding matters: radiators beyond the subscription, a need below what it leaves. */
export const houseNames = ['6 kVA, 7 radiators', '9 kVA three-phase, 12', '12 kVA three-phase, 24'] as const;
export type HouseName = (typeof houseNames)[number];

export const weathers = ['cold', 'mild'] as const;
export type WeatherName = (typeof weathers)[number];

/** Local midnight, a Monday in winter. */
const STARTS_AT = '2026-01-11T23:00:00Z';

/** Mean outside, °C. A room loses its radiator's power at 38 K below: cold asks for half of the rating, mild for a quarter. */
const OUTSIDE_C: Readonly<Record<WeatherName, number>> = { cold: 0, mild: 9 };
const DESIGN_K = 38;
/** Joules that warm a room by 1 K, for each watt of its radiator: a time constant of 10 h. */
const HEAT_CAPACITY = (10 * 3600) / DESIGN_K;

const SIX = [1500, 1500, 1250, 1000, 1000, 750, 750];
const NINE = [1500, 1000, 750, 500];
const TWELVE = [1000, 1000, 750, 750, 500, 500, 500, 500];

type Phase = 1 | 2 | 3;
type Appliances = NonNullable<HouseInput['appliances']>;

interface Plan {
	readonly prefKVA: number;
	readonly phases: 1 | 3;
	/** A phase's radiators, W. */
	readonly powersW: readonly number[];
	readonly appliances: Appliances;
	readonly waterHeater: NonNullable<HouseInput['waterHeater']>;
}

const appliancesOn = (cooking: Phase, washing: Phase, rest: Phase, oven: number): Appliances => [
	common.oven(cooking, oven),
	common.hob(rest),
	common.kettle(washing),
	common.washingMachine(washing),
	common.dishwasher(rest),
	common.fridge(cooking),
	common.lights(washing),
	common.standingLoad(rest),
];

const plans: Readonly<Record<HouseName, Plan>> = {
	'6 kVA, 7 radiators': {
		prefKVA: 6,
		phases: 1,
		powersW: SIX,
		appliances: appliancesOn(1, 1, 1, 2500),
		waterHeater: { phase: 1, powerW: 1500, litres: 150 },
	},
	'9 kVA three-phase, 12': {
		prefKVA: 9,
		phases: 3,
		powersW: NINE,
		appliances: appliancesOn(1, 2, 3, 2000),
		waterHeater: { phase: 2, powerW: 1200, litres: 150, hours: [{ from: '23:00', to: '07:00' }] },
	},
	'12 kVA three-phase, 24': {
		prefKVA: 12,
		phases: 3,
		powersW: TWELVE,
		appliances: appliancesOn(1, 2, 3, 2500),
		waterHeater: { phase: 3, powerW: 2000, litres: 200 },
	},
};

/** @param withAppliances false: only the radiators; the load comes from a recording */
export function benchHouse(name: HouseName, weather: WeatherName, withAppliances: boolean): HouseDescription {
	const { prefKVA, phases, powersW, appliances, waterHeater } = plans[name];
	const radiators = Array.from({ length: phases }, (_, at) => at + 1).flatMap((phase) =>
		powersW.map((powerW, at) => ({ id: `r${phase}${at + 1}`, phase: phase as Phase, powerW, wire: at + 1 })),
	);
	const parsed = parseHouse({
		name,
		startsAt: STARTS_AT,
		rooms: radiators.map(({ id, powerW }) => ({
			id,
			name: id,
			lossWK: powerW / DESIGN_K,
			heatCapacityJK: powerW * HEAT_CAPACITY,
			gainsW: powerW * 0.04,
			startC: 19.5,
		})),
		radiators: radiators.map((radiator, at) => ({
			...radiator,
			name: radiator.id,
			room: radiator.id,
			board: 0x1f + radiator.phase,
			responseS: 2 + (at % 4),
		})),
		...(withAppliances ? { appliances, waterHeater } : {}),
		weather: { meanC: OUTSIDE_C[weather], swingK: 4, noiseK: 1.5 },
		supply: { voltageV: 230, noiseV: 1.5, lineOhm: 0 },
		meter: { phases, prefKVA },
	});
	if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
	return parsed.house;
}

/** The first radiator of three is the most important, the third the least. */
export const priorityOf = (index: number): number => 1 + (index % 3);

/** Every other room sleeps at eco from 23:00 to 06:00, a quarter of an hour apart. */
export function programmeOf(index: number, minuteOfDay: number): 'comfort' | 'eco' {
	if (index % 2 === 0) return 'comfort';
	const shift = (index % 4) * 15;
	return minuteOfDay >= 23 * 60 || minuteOfDay < 6 * 60 + shift ? 'eco' : 'comfort';
}
