// One evening: a house at rest, a peak that would open the breaker, a fault in the middle of it, and the end of both.
import { setTimeout as passes } from 'node:timers/promises';
import type { HouseInput } from '@pilotwire/house';
import type { TrueState } from '@pilotwire/simulator';
import { expect } from 'chai';
import { SimulatedHouse } from '../support/simulated-house.ts';

const RADIATORS = ['salon', 'cuisine', 'chambre', 'bureau', 'bain'];
const RADIATOR_W = 1_040;
/** 90 % of the subscription: with the radiators 1.77 times, which opens a cold breaker within 100 s. */
const PEAK_W = 5_400;

/** 6 kVA, one phase; each radiator wants to heat all evening. */
export const house: HouseInput = {
	name: 'A house on a cold evening',
	rooms: RADIATORS.map((id) => ({ id, name: id, heatCapacityJK: 3e6, lossWK: 40, startC: 16, comfortC: 20 })),
	radiators: RADIATORS.map((id, index) => ({
		...{ id, name: id, room: id, phase: 1, powerW: RADIATOR_W, board: 0x20, wire: index + 1 },
		responseS: 2,
	})),
	appliances: [{ id: 'peak', name: 'Everything at once', phase: 1, stages: [{ powerW: PEAK_W, forS: 600 }] }],
	weather: { meanC: -8, swingK: 0, noiseK: 0 },
	meter: { kind: 'linky', mode: 'standard', phases: 1, prefKVA: 6 },
} as HouseInput;

/** Short waits, so that the evening's end can be seen in a minute. */
const QUICK = { restoreStableS: 5, minOnS: 5, minOffS: 5, responseS: 4 };

/** How long the peak lasts, s: long enough that the breaker would open with nothing shed. */
export const PEAK_S = 110;
/** How long everything may take to come back after it, s. */
const BACK_WITHIN_S = 120;

export interface Evening {
	readonly folder: string;
	readonly host: string;
	/** When the fault strikes, seconds after the peak began. */
	readonly faultAtS: number;
	readonly fault: (house: SimulatedHouse) => Promise<void>;
	readonly config?: Record<string, unknown>;
}

/** Runs an evening and returns the world at its end. Throws where the breaker opened or a room froze. */
export async function spendEvening({ folder, host, faultAtS, fault, config }: Evening): Promise<TrueState> {
	const running = new SimulatedHouse({ folder, host, house, config: { shedder: QUICK, ...config } });
	try {
		await oneAfterAnother(() => running.start());
		await until(running, allHeat, 120, 'every radiator heats before the peak');
		await running.tell({ do: 'start', appliance: 'peak', forS: PEAK_S });
		await watch(running, faultAtS);
		await fault(running);
		await watch(running, PEAK_S - faultAtS);
		return await until(running, allHeat, BACK_WITHIN_S, 'every radiator is back after the peak');
	} catch (error) {
		throw new Error(`${error instanceof Error ? error.message : String(error)}\n${running.text()}`, { cause: error });
	} finally {
		await running.stop();
	}
}

let starting: Promise<void> = Promise.resolve();

/** Houses side by side start one after another: dozens of processes at once would take each other's time. */
function oneAfterAnother(start: () => Promise<void>): Promise<void> {
	const started = starting.then(start);
	starting = started.catch(() => undefined);
	return started;
}

const allHeat = (state: TrueState): boolean => state.radiators.every(({ order }) => order === 'comfort');

function check(state: TrueState): TrueState {
	expect(state.breakerOpenAt, 'the breaker opened').to.equal(null);
	for (const { id, temperatureC } of state.rooms) expect(temperatureC, id).to.be.greaterThan(6);
	return state;
}

/** Looks at the world once a second: the evening is real time, and the breaker's own. */
async function watch(running: SimulatedHouse, seconds: number): Promise<void> {
	for (let passed = 0; passed < seconds; passed += 1) {
		check(await running.state());
		await passes(1_000);
	}
}

async function until(
	running: SimulatedHouse,
	reached: (state: TrueState) => boolean,
	withinS: number,
	what: string,
): Promise<TrueState> {
	for (let passed = 0; passed < withinS; passed += 1) {
		const state = check(await running.state());
		if (reached(state)) return state;
		await passes(1_000);
	}
	throw new Error(`not within ${withinS} s: ${what}; ${JSON.stringify((await running.state()).radiators)}`);
}
