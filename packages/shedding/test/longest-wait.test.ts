import type { Order } from '@pilotwire/circuit';
import { expect } from 'chai';
import { House, type Radiator } from './house.ts';

const LONGEST_S = 1800;
const QUARTER_S = 900;

const bedroom: Radiator = { id: 'bedroom', powerW: 1000, priority: 2 };
const office: Radiator = { id: 'office', powerW: 1000, priority: 2, inForce: 'off' };

/** The longest time that a radiator had less than comfort, s. */
function longestWaitS(house: House, radiators: readonly Radiator[]): number {
	const waits = radiators.map(({ id, inForce: first = 'comfort' }) => {
		const changes: { second: number; to: Order }[] = [
			{ second: 0, to: first },
			...house.switchings.filter((switching) => switching.id === id),
			{ second: house.second, to: 'comfort' },
		];
		let sinceS = 0;
		let longestS = 0;
		for (const { second, to } of changes) {
			longestS = Math.max(longestS, second - sinceS);
			sinceS = to === 'comfort' ? Number.POSITIVE_INFINITY : Math.min(sinceS, second);
		}
		return longestS;
	});
	return Math.max(...waits);
}

describe('the longest wait', () => {
	/** A washing machine heats its water at any moment of two radiators' taking turns. */
	const beginsAt = [900, 1250, 1330, 1400];

	it('is kept although a machine leaves no place for a quarter of an hour', () => {
		for (const from of beginsAt) {
			const machine = (second: number): number => (second >= from && second < from + QUARTER_S ? 2200 : 1200);
			const house = new House(3000, machine, [bedroom, office]).run(from + 1500);
			expect(longestWaitS(house, [bedroom, office]), `machine at ${from} s`).to.be.at.most(LONGEST_S);
		}
	});

	it('is kept although a heavier load leaves no place at all for nine minutes', () => {
		for (const from of beginsAt) {
			const machines = (second: number): number => (second >= from && second < from + 540 ? 4000 : 2200);
			const house = new House(4000, machines, [bedroom, office]).run(from + 1500);
			expect(longestWaitS(house, [bedroom, office]), `machines at ${from} s`).to.be.at.most(LONGEST_S);
		}
	});

	it('lets those who fit beside a machine change places less often', () => {
		const turns = (limitVA: number, othersVA: number): number =>
			new House(limitVA, () => othersVA, [bedroom, office]).run(2 * 3600).switchings.length;
		expect(turns(4000, 2200)).to.be.at.most(0.75 * turns(3000, 1200));
	});

	it('serves first who will first have waited its longest, however much more another needs its place', () => {
		const early: Radiator = { ...office, id: 'early', priority: 6 };
		const late: Radiator = { ...office, id: 'late', priority: 1, wanted: 'off' };
		const oven = (second: number): number => (second < 1500 ? 3500 : 2500);
		const house = new House(4000, oven, [early, late]).run(120);
		house.want('late', 'comfort');
		house.run(1500);
		expect(house.kinds()[0]).to.equal('admit early');
	});

	it('is kept where the place is just enough, on a phase that sways and was too full a short while ago', () => {
		const half: Radiator = { id: 'half', powerW: 500, thermostat: (second) => second % 40 < 20 };
		const study: Radiator = { id: 'study', powerW: 250, inForce: 'off' };
		const strong: Radiator = { id: 'strong', powerW: 1500, inForce: 'off' };
		// Where a circuit had to go again at once, more is left free than what the phase draws at most.
		const oven = (second: number): number => (second < 120 ? 1100 : 1420);
		const house = new House(3000, oven, [{ ...bedroom, powerW: 1060 }, half, study, strong]).run(130);
		house.want('study', 'off');
		house.run(970);
		const turn = house.switchings.find(({ id, to }) => id === 'strong' && to === 'comfort');
		expect(turn?.second).to.be.below(1000);
	});

	describe('of one whose place is just enough', () => {
		const strong: Radiator = { id: 'strong', powerW: 1500, inForce: 'off' };
		const others: Radiator[] = [
			{ id: 'a', powerW: 1000 },
			{ id: 'b', powerW: 500 },
		];
		const askedAt = (house: House): number[] =>
			house.actions.filter(({ kind, forId }) => kind === 'rotate' && forId === 'strong').map(({ second }) => second);

		it('is not asked for again at once where it proved too small', () => {
			const at = askedAt(new House(3000, () => 1350, [strong, ...others]).run(1200))[0] ?? 0;
			// As the others go, something small comes.
			const lamp = (second: number): number => 1350 + (second > at && second < at + 200 ? 150 : 0);
			const house = new House(3000, lamp, [strong, ...others]).run(2000);
			const again = askedAt(house).find((second) => second > at) ?? 0;
			expect(house.kinds()).to.include('withdraw strong');
			expect(again - at).to.be.above(500);
		});
	});
});
