import { Calendar } from '@pilotwire/calendar';
import { expect } from 'chai';
import { ends, fromInput, toInput } from '../src/core/ends.ts';

/** Far from wherever the tests run. */
const calendar = new Calendar('America/Los_Angeles');
const localTime = (hour: number, minute = 0): number => calendar.instant('2026-01-15', hour * 60 + minute);
const choices = (nowMs: number): string[] => ends(nowMs, calendar).map(({ choice }) => choice);

describe('until when an order may hold', () => {
	it('offers this evening while it lies ahead, and the next morning', () => {
		expect(choices(localTime(18))).to.include('evening');
		expect(choices(localTime(21, 45))).to.not.include('evening');
		expect(choices(localTime(23))).to.not.include('evening');
		const morning = (nowMs: number) => ends(nowMs, calendar).find(({ choice }) => choice === 'morning')?.atMs;
		expect(morning(localTime(18))).to.equal(calendar.instant('2026-01-16', 7 * 60));
		expect(morning(localTime(2))).to.equal(localTime(7));
		expect(choices(localTime(18)).slice(3, 5)).to.deep.equal(['evening', 'morning']);
		expect(choices(localTime(2)).slice(3, 5)).to.deep.equal(['morning', 'evening']);
	});

	it('keeps seven in the morning over the change of the clocks', () => {
		const before = calendar.instant('2026-03-07', 20 * 60);
		const at = ends(before, calendar).find(({ choice }) => choice === 'morning')?.atMs ?? 0;
		expect(calendar.local(at)).to.deep.include({ date: '2026-03-08', minute: 7 * 60 });
	});

	it('reads the time typed, in the future only', () => {
		const nowMs = localTime(18);
		expect(fromInput(toInput(localTime(20, 30), calendar), nowMs, calendar)).to.equal(localTime(20, 30));
		expect(['', 'x', toInput(nowMs, calendar)].map((text) => fromInput(text, nowMs, calendar))).to.deep.equal([
			undefined,
			undefined,
			undefined,
		]);
	});
});
