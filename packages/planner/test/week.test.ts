import { Calendar } from '@pilotwire/calendar';
import type { ProgrammeChange } from '@pilotwire/contract';
import { expect } from 'chai';
import * as fc from 'fast-check';
import { WEEK_DAYS, Week } from '../src/core/week.ts';
import { daily, local, paris, weekdays } from './core.ts';

const MINUTE_MS = 60_000;
const orders = (changes: ProgrammeChange[], calendar = paris) => new Week(calendar, changes, ({ order }) => order);

const zones = ['Europe/Paris', 'Australia/Lord_Howe', 'America/Sao_Paulo', 'Pacific/Apia', 'UTC'].map(
	(zone) => new Calendar(zone),
);
const someChanges = fc.uniqueArray(
	fc.record({
		days: fc.subarray([...WEEK_DAYS], { minLength: 1 }),
		at: fc
			.integer({ min: 0, max: 95 })
			.map(
				(quarter) =>
					`${String(Math.floor(quarter / 4)).padStart(2, '0')}:${String((quarter % 4) * 15).padStart(2, '0')}`,
			),
		order: fc.constantFrom('comfort' as const, 'eco' as const, 'frost_protection' as const, 'off' as const),
	}),
	{ selector: ({ at }) => at, minLength: 1, maxLength: 8 },
);
const someInstant = fc.integer({ min: Date.UTC(2010, 0), max: Date.UTC(2030, 0) });

describe("a programme's week", () => {
	it('keeps each order until the next change, over midnight and over Sunday', () => {
		const week = orders([
			...daily('06:30 comfort', '22:00 eco'),
			{ days: weekdays, at: '08:00', order: 'frost_protection' },
		]);
		const at = (text: string) => week.at(local(text));
		expect(at('2026-01-19 06:29')).to.equal('eco');
		expect(at('2026-01-19 06:30')).to.equal('comfort');
		expect(at('2026-01-19 08:00')).to.equal('frost_protection');
		expect(at('2026-01-18 08:00'), 'Sunday').to.equal('comfort');
		expect(at('2026-01-19 00:00')).to.equal('eco');
	});

	it('keeps a single change all week', () => {
		const week = orders([{ days: ['wed'], at: '12:00', order: 'eco' }]);
		for (const text of ['2026-01-14 12:00', '2026-01-14 11:59', '2026-01-20 23:59']) {
			expect(week.at(local(text))).to.equal('eco');
		}
	});

	it('brings what lies in the hour that spring leaves out when clocks go on', () => {
		const week = orders(daily('01:00 eco', '02:30 comfort', '05:00 off'));
		expect(week.at(local('2026-03-29 01:59'))).to.equal('eco');
		expect(week.at(local('2026-03-29 03:00'))).to.equal('comfort');
		expect(week.changes(local('2026-03-29 00:00'), local('2026-03-30 00:00')).length).to.equal(3);
	});

	it('brings what lies in the hour that autumn repeats once', () => {
		const week = orders(daily('01:00 eco', '02:30 comfort'));
		const first = paris.instant('2026-10-25', 150);
		expect(week.at(first)).to.equal('comfort');
		for (let minute = 0; minute < 180; minute += 1) expect(week.at(first + minute * MINUTE_MS)).to.equal('comfort');
		expect(week.changes(local('2026-10-25 00:00'), local('2026-10-25 23:00')).length).to.equal(2);
	});

	it('keeps a change of midnight although clocks go back over it', () => {
		const week = orders(daily('00:00 eco', '12:00 comfort'), new Calendar('America/St_Johns'));
		expect(week.at(Date.parse('2006-10-29T02:35:00Z'))).to.equal('eco');
	});

	it('changes at its times on the days of 23 and 25 hours', () => {
		const week = orders(daily('06:00 comfort', '22:00 eco'));
		for (const [date, hours] of [
			['2026-03-29', 23],
			['2026-10-25', 25],
		] as const) {
			const { fromMs, toMs } = paris.spanOf('day', local(`${date} 12:00`));
			let comfortMinutes = 0;
			for (let atMs = fromMs; atMs < toMs; atMs += MINUTE_MS) if (week.at(atMs) === 'comfort') comfortMinutes += 1;
			expect((toMs - fromMs) / 3_600_000).to.equal(hours);
			expect(comfortMinutes).to.equal(16 * 60);
		}
	});

	it('has one value at every instant, which only its changes alter', () => {
		fc.assert(
			fc.property(fc.constantFrom(...zones), someChanges, someInstant, (calendar, changes, fromMs) => {
				const week = orders(changes, calendar);
				const toMs = fromMs + 3 * 86_400_000;
				const cuts = [fromMs, ...week.changes(fromMs, toMs), toMs];
				for (const [index, startMs] of cuts.entries()) {
					const endMs = cuts[index + 1] ?? startMs + 1;
					const value = week.at(startMs);
					expect(value).to.be.oneOf(changes.map(({ order }) => order));
					for (const atMs of [Math.floor((startMs + endMs) / 2), endMs - 1]) {
						if (atMs >= startMs && atMs < endMs) expect(week.at(atMs)).to.equal(value);
					}
				}
			}),
			{ numRuns: 60 },
		);
	});

	it('skips no change, whatever the clocks do', () => {
		fc.assert(
			fc.property(fc.constantFrom(...zones), someChanges, someInstant, (calendar, changes, fromMs) => {
				const week = orders(changes, calendar);
				const toMs = fromMs + 8 * 86_400_000;
				const came = week.changes(fromMs, toMs);
				// A week of local dates holds every change once; Apia skipped a day.
				const expected = changes.reduce((sum, { days }) => sum + days.length, 0);
				const skips = calendar.zone === 'Pacific/Apia' ? changes.length : 0;
				expect(came.length).to.be.at.least(expected - skips);
				expect(came).to.deep.equal([...came].sort((one, other) => one - other));
			}),
			{ numRuns: 60 },
		);
	});
});
