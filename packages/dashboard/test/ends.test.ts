import { expect } from 'chai';
import { ends, fromInput, toInput } from '../src/core/ends.ts';

const localTime = (hour: number, minute = 0): number => new Date(2026, 0, 15, hour, minute).getTime();
const choices = (nowMs: number): string[] => ends(nowMs).map(({ choice }) => choice);

describe('until when an order may hold', () => {
	it('offers this evening while it lies ahead, and the next morning', () => {
		expect(choices(localTime(18))).to.include('evening');
		expect(choices(localTime(21, 45))).to.not.include('evening');
		expect(choices(localTime(23))).to.not.include('evening');
		const morning = (nowMs: number) => ends(nowMs).find(({ choice }) => choice === 'morning')?.atMs;
		expect(morning(localTime(18))).to.equal(new Date(2026, 0, 16, 7).getTime());
		expect(morning(localTime(2))).to.equal(localTime(7));
	});

	it('keeps seven in the morning over the change of the clocks', () => {
		const before = new Date(2026, 2, 28, 20).getTime();
		const at = ends(before).find(({ choice }) => choice === 'morning')?.atMs ?? 0;
		expect(new Date(at).getHours()).to.equal(7);
	});

	it('reads the time typed, in the future only', () => {
		const nowMs = localTime(18);
		expect(fromInput(toInput(localTime(20, 30)), nowMs)).to.equal(localTime(20, 30));
		expect([fromInput('', nowMs), fromInput('x', nowMs), fromInput(toInput(nowMs), nowMs)]).to.deep.equal([
			undefined,
			undefined,
			undefined,
		]);
	});
});
