import { expect } from 'chai';
import { House } from './house.ts';

/** A load that chops with the period of thermostats: high for so many of each 40 seconds. */
const chopping =
	(highS: number) =>
	(second: number): number =>
		second % 40 < highS ? 4000 : 500;
const radiator = { id: 'a', powerW: 2000, inForce: 'off', thermostat: () => false } as const;

describe('in strict mode, beside thermostats that chop', () => {
	it('lets a circuit in where its time on falls into a gap of the last periods', () => {
		const house = new House(5000, chopping(10), [radiator]).run(200);
		const came = house.actions.find(({ kind }) => kind === 'admit');
		expect((came?.second ?? 0) % 40).to.be.within(8, 18);
	});

	it('takes the first load for all that it has not heard yet, in the first period of the clock too', () => {
		const house = new House(5000, (second) => (second < 2 ? 4000 : 500), [radiator], { restoreStableS: 5 }).run(12);
		expect(house.actions).to.deep.equal([]);
	});

	it('waits where no gap is long enough, until its turn', () => {
		const house = new House(5000, chopping(25), [radiator]).run(1000);
		expect(house.actions).to.deep.equal([]);
		expect(house.run(500).kinds()).to.include('admit a');
	});
});
