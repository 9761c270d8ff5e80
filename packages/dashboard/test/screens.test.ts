import { expect } from 'chai';
import { screenOf } from '../src/core/screens.ts';
import { periodKey } from '../src/core/words.ts';

describe('the way to a screen', () => {
	it('is its name in the address; an unknown one leads to Now', () => {
		const found = ['', '#/now', '#/radiators', '#/radiators/salon', '#/nowhere', '#radiators'].map(screenOf);
		expect(found).to.deep.equal(['now', 'now', 'radiators', 'radiators', 'now', 'radiators']);
	});
});

describe('the name of a tariff period', () => {
	it("is people's own word, or the meter's text where there is none", () => {
		expect(periodKey({ name: 'off_peak', text: 'HEURE  CREUSE' })).to.equal('period.offpeak');
		expect(periodKey({ name: 'other', text: 'SUPER NUIT' })).to.equal(undefined);
		expect(periodKey({ name: 'toString', text: '' })).to.equal(undefined);
	});
});
