import { expect } from 'chai';
import fc from 'fast-check';
import { blindBudgetVA } from '../src/blind-budget.ts';
import { UncontrolledLoad } from '../src/uncontrolled-load.ts';

const DAY_S = 86_400;

/** A histogram that saw each load for so many seconds, with circuits of 1 kVA on top. */
function seen(...loads: [loadVA: number, seconds: number][]): UncontrolledLoad {
	const load = new UncontrolledLoad();
	let nowMs = 0;
	load.add(0, 0, nowMs);
	for (const [loadVA, seconds] of loads) {
		for (let s = 0; s < seconds; s += 10) {
			nowMs += 10_000;
			load.add(loadVA + 1000, 1000, nowMs);
		}
	}
	return load;
}

describe('the uncontrolled load', () => {
	it('is learned after a day of samples, silence not counted', () => {
		const load = seen([400, DAY_S - 10]);
		expect(load.learned).to.equal(false);
		load.add(400, 0, 1e12);
		expect(load.learned).to.equal(true);
		expect(load.observedS).to.equal(DAY_S);
	});

	it('has percentiles that are never too low and at most 4 % too high', () => {
		fc.assert(
			fc.property(
				fc.array(fc.integer({ min: 60, max: 40_000 }), { minLength: 1, maxLength: 200 }),
				fc.double({ min: 0.01, max: 1, noNaN: true }),
				(loads, share) => {
					const load = seen(...loads.map((loadVA): [number, number] => [loadVA, 10]));
					const sorted = loads.toSorted((one, other) => one - other);
					const exact = sorted[Math.ceil(share * sorted.length - 1e-9) - 1] ?? 0;
					expect(load.percentileVA(share)).to.be.within(exact * 0.999_999, exact * 1.041);
				},
			),
		);
		expect(new UncontrolledLoad().percentileVA(0.99)).to.equal(0);
	});

	it('leaves out what is no number and what is older, and takes an estimate above the load as 0', () => {
		const load = new UncontrolledLoad();
		load.add(500, 0, 10_000);
		load.add(500, 0, 5_000);
		load.add(Number.NaN, 0, 15_000);
		load.add(500, 0, Number.NaN);
		expect(load.observedS).to.equal(0);
		load.add(500, 900, 20_000);
		expect(load.percentileVA(1)).to.equal(50);
	});

	it('forgets slowly, so that a new season shows', () => {
		const load = seen([5_000, 28 * DAY_S], [300, 40 * DAY_S]);
		expect(load.observedS).to.be.at.most(28 * DAY_S);
		const summer = seen([5_000, DAY_S], [300, 200 * DAY_S]);
		expect(summer.percentileVA(0.99)).to.be.below(320);
		expect(seen([300, 30 * DAY_S], [5_000, 20 * DAY_S]).percentileVA(0.5)).to.be.above(4_900);
	});

	it('survives a file, and a damaged file', () => {
		const load = seen([400, 500], [2_000, 500], [60_000, 10]);
		const copy = UncontrolledLoad.fromJSON(JSON.parse(JSON.stringify(load)));
		expect(copy.toJSON()).to.deep.equal(load.toJSON());
		expect(copy.percentileVA(0.6)).to.equal(load.percentileVA(0.6));
		fc.assert(
			fc.property(fc.oneof(fc.anything(), fc.record({ version: fc.constant(1), seconds: fc.anything() })), (json) => {
				expect(UncontrolledLoad.fromJSON(json).observedS).to.be.at.least(0);
			}),
		);
		const damaged = { version: 1, seconds: [[3, 20], [3.5, 1], [-1, 5], [180, 5], [4, -7], [5, Number.NaN], 'x'] };
		expect(UncontrolledLoad.fromJSON(damaged).observedS).to.equal(20);
	});
});

describe('the blind budget', () => {
	it('is 40 % of the limit until the load is learned', () => {
		expect(blindBudgetVA(9_000, undefined)).to.equal(3_600);
		expect(blindBudgetVA(9_000, seen([8_000, 1_000]))).to.equal(3_600);
	});

	it('is the limit minus the 99th percentile once it is, and never negative', () => {
		const load = seen([500, DAY_S * 0.995], [4_000, DAY_S * 0.008]);
		expect(blindBudgetVA(9_000, load)).to.be.within(9_000 - 500 * 1.04, 9_000 - 500);
		const peaks = seen([500, DAY_S * 0.98], [4_000, DAY_S * 0.03]);
		expect(blindBudgetVA(9_000, peaks)).to.be.within(9_000 - 4_000 * 1.04, 9_000 - 4_000);
		expect(blindBudgetVA(3_000, peaks)).to.equal(0);
	});
});
