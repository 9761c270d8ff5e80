import {
	type LinkyFilter,
	linkyFilterBound,
	linkyMargin,
	linkyOpens,
	linkyTimeToTripS,
	phaseReferenceVA,
	stepLinkyFilter,
} from '@pilotwire/breaker';
import { expect } from 'chai';
import fc from 'fast-check';

const cold: LinkyFilter = { y: 0 };

/** The specification's own recurrence, one second at a time. */
function secondsToTrip(start: LinkyFilter, ratio: number): number {
	let filter = start;
	for (let second = 1; second <= 1000; second++) {
		filter = stepLinkyFilter(filter, ratio, 1);
		if (linkyOpens(filter)) return second;
	}
	return Number.POSITIVE_INFINITY;
}

describe('the Linky filter', () => {
	const tables = [
		{ from: 0, times: { 1.35: 327, 1.5: 174, 2: 69, 2.5: 40 } },
		{ from: 0.9, times: { 1.35: 254, 1.5: 118, 2: 41, 2.5: 22 } },
	];
	for (const { from, times } of tables) {
		for (const [ratio, seconds] of Object.entries(times)) {
			it(`opens after ${seconds} s at ${ratio} times the reference, coming from ${from}`, () => {
				const start = linkyFilterBound(from);
				expect(secondsToTrip(start, Number(ratio))).to.equal(seconds);
				expect(Math.ceil(linkyTimeToTripS(start, Number(ratio)))).to.equal(seconds);
			});
		}
	}

	it('follows the recurrence of the specification', () => {
		expect(stepLinkyFilter({ y: 0.5 }, 1.2, 1).y).to.be.closeTo(0.008 * 1.2 ** 2 + 0.992 * 0.5, 1e-12);
	});

	it('gives the same value whatever the steps', () => {
		fc.assert(
			fc.property(
				fc.double({ min: 0, max: 4, noNaN: true }),
				fc.array(fc.double({ min: 0.01, max: 60, noNaN: true }), { minLength: 1, maxLength: 20 }),
				(ratio, steps) => {
					const total = steps.reduce((sum, step) => sum + step, 0);
					const stepped = steps.reduce((filter, step) => stepLinkyFilter(filter, ratio, step), cold);
					expect(stepped.y).to.be.closeTo(stepLinkyFilter(cold, ratio, total).y, 1e-9);
				},
			),
		);
	});

	it('never opens at or below 1.3 times the reference, from any value', () => {
		const filter = stepLinkyFilter(linkyFilterBound(null), 1.3, 1e9);
		expect(linkyOpens(filter)).to.equal(false);
		expect(linkyTimeToTripS(filter, 1.3)).to.equal(Number.POSITIVE_INFINITY);
	});

	it('opens exactly when the time to the trip is over', () => {
		fc.assert(
			fc.property(
				fc.double({ min: 1.301, max: 5, noNaN: true }),
				fc.double({ min: 0, max: 1.29, noNaN: true }),
				(ratio, from) => {
					const start = linkyFilterBound(from);
					const seconds = linkyTimeToTripS(start, ratio);
					expect(linkyOpens(stepLinkyFilter(start, ratio, seconds + 0.001))).to.equal(true);
					expect(linkyOpens(stepLinkyFilter(start, ratio, seconds * 0.999))).to.equal(false);
				},
			),
		);
	});

	it('starts at the bound of the peak, and next to opening where none is known', () => {
		expect(linkyFilterBound(0.9).y).to.be.closeTo(0.81, 1e-12);
		expect(linkyOpens(linkyFilterBound(null))).to.equal(false);
		expect(linkyTimeToTripS(linkyFilterBound(null), 1.4)).to.be.below(0.001);
		expect(linkyOpens(linkyFilterBound(9))).to.equal(false);
	});

	it('says the margin as a share of the way to the opening', () => {
		expect(linkyMargin(cold)).to.equal(1);
		expect(linkyMargin(linkyFilterBound(1))).to.be.closeTo(1 - 1 / 1.69, 1e-12);
		expect(linkyMargin({ y: 2 })).to.equal(0);
	});

	it('is not harmed by what is no number', () => {
		expect(stepLinkyFilter({ y: 1 }, Number.NaN, 1)).to.deep.equal({ y: 1 });
		expect(stepLinkyFilter({ y: 1 }, 2, -5)).to.deep.equal({ y: 1 });
		expect(linkyFilterBound(Number.NaN)).to.deep.equal(linkyFilterBound(null));
	});

	it('refers each phase to a third of the cut-off power in three-phase', () => {
		expect(phaseReferenceVA(9, 1)).to.equal(9000);
		expect(phaseReferenceVA(9, 3)).to.equal(3000);
	});
});
