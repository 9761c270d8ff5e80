import { Calendar } from '@pilotwire/calendar';
import { expect } from 'chai';
import fc from 'fast-check';
import { earlier, follows, lastOf, nameOf, pan, SPAN_NAMES, stepOf, zoom } from '../src/core/time-window.ts';

const NOW = Date.parse('2026-03-31T10:00:00.000Z');
const HOUR = 3_600_000;

describe('the stretch of time that the history shows', () => {
	it('is known by its name as long as it has that length', () => {
		for (const name of SPAN_NAMES) expect(nameOf(lastOf(name, NOW))).to.equal(name);
		expect(nameOf({ fromMs: NOW - 5 * HOUR, toMs: NOW })).to.equal(undefined);
	});

	it('never goes past now, keeps its length when moved, and stays between five minutes and ten years', () => {
		const moves = fc.array(
			fc.oneof(
				fc.record({ share: fc.double({ min: -3, max: 3, noNaN: true }) }),
				fc.record({
					factor: fc.double({ min: 0.01, max: 100, noNaN: true }),
					around: fc.double({ min: 0, max: 1, noNaN: true }),
				}),
			),
			{ maxLength: 20 },
		);
		fc.assert(
			fc.property(moves, (list) => {
				let window = lastOf('day', NOW);
				for (const move of list) {
					const length = window.toMs - window.fromMs;
					window = 'share' in move ? pan(window, move.share, NOW) : zoom(window, move.factor, move.around, NOW);
					if ('share' in move) expect(window.toMs - window.fromMs).to.be.closeTo(length, 1);
					expect(window.toMs).to.be.at.most(NOW);
					expect(window.toMs - window.fromMs).to.be.within(
						5 * 60_000 - 1,
						lastOf('decade', 0).toMs - lastOf('decade', 0).fromMs + 1,
					);
				}
			}),
		);
	});

	it('keeps the moment under the fingers where it is', () => {
		const window = { fromMs: NOW - 10 * HOUR, toMs: NOW - 2 * HOUR };
		const closer = zoom(window, 0.5, 0.25, NOW);
		const moment = window.fromMs + 0.25 * (window.toMs - window.fromMs);
		expect(closer.fromMs + 0.25 * (closer.toMs - closer.fromMs)).to.equal(moment);
	});

	it('goes along with now only while it ends there', () => {
		expect(follows(lastOf('hour', NOW), NOW + 60_000)).to.equal(true);
		expect(follows(pan(lastOf('hour', NOW), -0.5, NOW), NOW)).to.equal(false);
	});

	it('is compared with the same time of the calendar before: a day, a week, a month or a year', () => {
		expect(['hour', 'day', 'week', 'month', 'year'].map((name) => stepOf(lastOf(name as 'hour', NOW)))).to.deep.equal([
			...['day', 'day', 'week', 'month', 'year'],
		]);
		const calendar = new Calendar('America/Los_Angeles');
		const before = (date: string, minute: number, step: 'day' | 'week' | 'month' | 'year') =>
			calendar.local(earlier(calendar.instant(date, minute), step, calendar));
		expect(before('2026-03-31', 1_080, 'month')).to.deep.include({ date: '2026-02-28', minute: 1_080 });
		expect(before('2026-01-31', 1, 'month')).to.deep.include({ date: '2025-12-31', minute: 1 });
		expect(before('2024-02-29', 0, 'year')).to.deep.include({ date: '2023-02-28', minute: 0 });
		expect(before('2026-03-09', 420, 'day')).to.deep.include({ date: '2026-03-08', minute: 420 });
		expect(before('2026-03-09', 420, 'week')).to.deep.include({ date: '2026-03-02', minute: 420 });
	});
});
