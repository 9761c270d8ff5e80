import { branchEarliestTripS } from '@pilotwire/breaker';
import { expect } from 'chai';

describe('the branch breaker', () => {
	it('never opens up to 1.1 times its rating', () => {
		expect(branchEarliestTripS(0)).to.equal(Number.POSITIVE_INFINITY);
		expect(branchEarliestTripS(1.1)).to.equal(Number.POSITIVE_INFINITY);
	});

	it('may open at the earliest bound of the standard', () => {
		expect(branchEarliestTripS(1.11)).to.equal(2);
		expect(branchEarliestTripS(1.4)).to.equal(2);
		expect(branchEarliestTripS(1.41)).to.equal(0.5);
		expect(branchEarliestTripS(2.5)).to.equal(0.5);
	});

	it('may open at once beyond the last bound, and under a ratio that is no number', () => {
		expect(branchEarliestTripS(2.51)).to.equal(0);
		expect(branchEarliestTripS(Number.NaN)).to.equal(0);
	});
});
