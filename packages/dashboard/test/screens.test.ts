import { expect } from 'chai';
import { screenOf } from '../src/core/screens.ts';
import { periodOf } from '../src/core/words.ts';

describe('the way to a screen', () => {
	it('is its name in the address; an unknown one leads to Now', () => {
		const found = ['', '#/now', '#/radiators', '#/radiators/salon', '#/nowhere', '#radiators'].map(screenOf);
		expect(found).to.deep.equal(['now', 'now', 'radiators', 'radiators', 'now', 'radiators']);
	});
});

describe('the name of a tariff period', () => {
	it("is one of the contract's, or none where it is a supplier's own", () => {
		expect(periodOf('off_peak')).to.equal('off_peak');
		expect(periodOf('other')).to.equal(undefined);
		expect(periodOf('toString')).to.equal(undefined);
	});
});
