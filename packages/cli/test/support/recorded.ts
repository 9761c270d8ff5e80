import {
	commonAppliances as common,
	type HouseDescription,
	parseHouse,
	Twin,
	type TwinProgramme,
} from '@pilotwire/house';
import type { RecordedHouse } from '../../src/advise/recorded-house.ts';

const DAY_MINUTES = 1440;
const POWERS_W = [1500, 1250, 1000, 1000, 750, 750];

/** A house of one or three phases in which people live; `outsideC` is the mean outside. */
export function modelHouse(phases: 1 | 3, outsideC: number): HouseDescription {
	const at = (phase: 1 | 2 | 3) => (phases === 1 ? 1 : phase);
	const radiators = POWERS_W.map((powerW, index) => ({
		id: `r${index + 1}`,
		powerW,
		phase: at(((index % 3) + 1) as 1 | 2 | 3),
	}));
	const parsed = parseHouse({
		name: 'Recorded house',
		startsAt: '2026-01-11T23:00:00Z',
		rooms: radiators.map(({ id, powerW }, index) => ({
			id,
			name: id,
			// Not the guess of the advisor: each room loses more or less than it takes it to.
			lossWK: (powerW / 38) * (0.7 + 0.1 * index),
			heatCapacityJK: powerW * 950,
			startC: 19.5,
		})),
		radiators: radiators.map((radiator, index) => ({
			...radiator,
			name: radiator.id,
			room: radiator.id,
			board: 0x20,
			wire: index + 1,
		})),
		appliances: [
			common.oven(at(1)),
			common.kettle(at(2)),
			common.hob(at(3)),
			common.fridge(at(1)),
			common.dishwasher(at(2)),
			common.standingLoad(at(1)),
			common.lights(at(2)),
		],
		waterHeater: { phase: at(3), powerW: 1500, litres: 150 },
		weather: { meanC: outsideC, swingK: 4, noiseK: 1.5 },
		meter: { phases, prefKVA: 36 },
	});
	if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
	return parsed.house;
}

/** What the house's history would hold, and what it can't know: the true load without the radiators. */
export interface Recorded {
	readonly recorded: RecordedHouse;
	/** By phase, means over each minute, VA. */
	readonly otherVA: readonly Float64Array[];
	readonly heatingKWhADay: number;
}

/** Runs the house for whole days, its radiators as the programme says. */
export function recordedOf(house: HouseDescription, days: number, programme: TwinProgramme, seed = 1): Recorded {
	const minutes = days * DAY_MINUTES;
	const phases = house.meter.phases;
	const columns = () => Array.from({ length: phases }, () => new Float64Array(minutes));
	const [loadVA, otherVA] = [columns(), columns()];
	const before = new Float64Array(house.radiators.length);
	const twin: Twin = new Twin({
		house,
		seed,
		programme,
		onMinute: ({ atS, house: now, meanVA }) => {
			const minute = Math.round(atS / 60) - 1;
			for (let phase = 0; phase < phases; phase++) {
				(loadVA[phase] as Float64Array)[minute] = meanVA[phase] as number;
				(otherVA[phase] as Float64Array)[minute] = meanVA[phase] as number;
			}
			for (const [index, wh] of now.radiators.energyWh.entries()) {
				const other = otherVA[(house.radiators[index]?.phase ?? 1) - 1] as Float64Array;
				other[minute] = Math.max(0, (other[minute] as number) - (wh - (before[index] as number)) * 60);
				before[index] = wh;
			}
		},
	});
	twin.run(days * 86_400);
	const minuteOfDay = (minute: number): number => minute % DAY_MINUTES;
	const isAt = (index: number, order: string) =>
		Float32Array.from({ length: minutes }, (_, minute) => (programme(index, minuteOfDay(minute)) === order ? 1 : 0));
	return {
		recorded: {
			loadVA,
			circuits: house.radiators.map(({ id, phase, powerW }, index) => ({
				...{ id, phase, powerW, learned: false, chosen: new Uint8Array(minutes).fill(1) },
				comfort: isAt(index, 'comfort'),
				eco: isAt(index, 'eco'),
			})),
			hours: Uint8Array.from({ length: minutes }, (_, minute) => Math.floor(minuteOfDay(minute) / 60)),
			days,
			daysLeftOut: 0,
			filledMinutes: 0,
		},
		otherVA,
		heatingKWhADay: twin.figures().heatingKWh / days,
	};
}
