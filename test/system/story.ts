// What the stories share: a house that is watched, and the promises that it must keep.
import { createHouse, type HouseDescription, type HouseInput, parseHouse } from '@pilotwire/house';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import { VirtualHouse, type VirtualHouseOptions } from './virtual-house.ts';

/** No room may come nearer to freezing, °C. */
const COLDEST_C = 6;

/** Fills in the defaults of a house written in a test. */
export function houseOf(input: HouseInput): HouseDescription {
	const parsed = parseHouse(input);
	if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
	return parsed.house;
}

/** Houses for the tests of a suite; each ends with its test, and nothing of it may have failed. */
export function virtualHouses(): (options: Omit<VirtualHouseOptions, 'dataDir'>) => VirtualHouse {
	const folder = temporaryDirectory();
	const running: VirtualHouse[] = [];
	afterEach(async () => {
		for (const virtual of running.splice(0)) {
			await virtual.end();
			expect(virtual.failures, 'errors that end a service').to.deep.equal([]);
		}
	});
	return (options) => {
		const virtual = new VirtualHouse({ ...options, dataDir: folder.path });
		running.push(virtual);
		virtual.watch(({ atS, house }) => {
			expect(
				house.breaker.openings,
				`the breaker after ${atS} s: ${virtual.warnings.slice(-5).join('\n')}`,
			).to.deep.equal([]);
			expect(Math.min(...house.roomC), `the coldest room after ${atS} s`).to.be.at.least(COLDEST_C);
		});
		return virtual;
	};
}

/** When the breaker of a house opens in which every radiator heats as it likes; undefined where it doesn't. Seconds. */
export function opensUnprotected(description: HouseDescription, seconds: number): number | undefined {
	const house = createHouse(description, 1);
	for (let second = 0; second < seconds && house.breakerOpenAt === undefined; second++) house.step(1);
	return house.breakerOpenAt;
}
