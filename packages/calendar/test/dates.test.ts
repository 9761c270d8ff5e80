import { expect } from 'chai';
import { addDays, dayNumberOf, weekdayOf } from '../src/index.ts';

describe('local dates', () => {
	it('count on over months, years and leap days', () => {
		expect(addDays('2028-02-28', 1)).to.equal('2028-02-29');
		expect(addDays('2027-02-28', 1)).to.equal('2027-03-01');
		expect(addDays('2027-01-01', -1)).to.equal('2026-12-31');
	});

	it('know their weekday, Monday first, also before 1970', () => {
		expect(['2026-11-16', '2026-11-22', '1970-01-01', '1969-12-28'].map(weekdayOf)).to.deep.equal([1, 7, 4, 7]);
	});

	it('are no other text', () => {
		expect(['2026-02-29', '2026-13-01', '0001-01-01', 'x'].map(dayNumberOf)).to.deep.equal(Array(4).fill(undefined));
		expect(() => weekdayOf('2026-02-29')).to.throw(RangeError);
	});
});
