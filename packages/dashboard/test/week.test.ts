import type { Order, Programme, WeekDay } from '@pilotwire/contract';
import { expect } from 'chai';
import fc from 'fast-check';
import { newProgramme, stretchesOf, WEEK_DAYS, withChange, withoutChange } from '../src/core/week.ts';

const programme: Programme = {
	id: 'house',
	for: 'house',
	changes: [
		{ days: ['mon', 'tue'], at: '06:00', order: 'comfort' },
		{ days: ['mon'], at: '22:00', order: 'eco' },
	],
};
const said = (day: WeekDay, of = programme) =>
	stretchesOf(of, day).map(({ fromMin, toMin, order }) => [fromMin / 60, toMin / 60, order]);

describe("a week's programme", () => {
	it('holds each change until the next, over midnight and over Sunday', () => {
		expect(said('mon')).to.deep.equal([
			[0, 6, 'comfort'],
			[6, 22, 'comfort'],
			[22, 24, 'eco'],
		]);
		expect(said('tue')).to.deep.equal([
			[0, 6, 'eco'],
			[6, 24, 'comfort'],
		]);
		expect(said('sun')).to.deep.equal([[0, 24, 'comfort']]);
	});

	it('covers every day without a gap, whatever its changes', () => {
		const time = fc.tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }));
		const change = fc.record({ days: fc.subarray([...WEEK_DAYS], { minLength: 1 }), time });
		fc.assert(
			fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), (list) => {
				const two = (value: number): string => String(value).padStart(2, '0');
				const made = list.reduce<Programme>(
					(before, { days, time: [hour, minute] }) =>
						withChange(before, { days, at: `${two(hour)}:${two(minute)}`, order: 'eco' as Order }, undefined),
					{ ...programme, changes: [] },
				);
				for (const day of WEEK_DAYS) {
					const stretches = stretchesOf(made, day);
					expect(stretches[0]?.fromMin).to.equal(0);
					expect(stretches.at(-1)?.toMin).to.equal(1_440);
					for (const [index, { toMin }] of stretches.slice(0, -1).entries())
						expect(toMin)
							.to.equal(stretches[index + 1]?.fromMin)
							.and.above(stretches[index]?.fromMin ?? 0);
				}
			}),
		);
	});

	it('gives a time of a day one order: a change takes its days from another one of the same time', () => {
		const next = withChange(programme, { days: ['tue', 'wed'], at: '06:00', order: 'off' }, undefined);
		expect(next.changes).to.deep.equal([
			{ days: ['mon'], at: '06:00', order: 'comfort' },
			{ days: ['tue', 'wed'], at: '06:00', order: 'off' },
			{ days: ['mon'], at: '22:00', order: 'eco' },
		]);
	});

	it('changes in its place, and is nothing any more without its last change', () => {
		const moved = withChange(programme, { days: ['mon'], at: '21:00', order: 'eco' }, 1);
		expect(moved.changes.map(({ at }) => at)).to.deep.equal(['06:00', '21:00']);
		const one = withoutChange(programme, 0);
		expect(one?.changes.map(({ at }) => at)).to.deep.equal(['22:00']);
		expect(one && withoutChange(one, 0)).to.equal(undefined);
	});

	it('begins with warm mornings and evenings', () => {
		expect(said('wed', newProgramme('salon', { room: 'salon' })).map(([, , order]) => order)).to.deep.equal([
			...['eco', 'comfort', 'eco', 'comfort', 'eco'],
		]);
	});
});
