import { expect } from 'chai';
import * as fc from 'fast-check';
import { Calendar, type CalendarUnit } from '../src/index.ts';

/** Half an hour, a whole day, midnight itself, an odd quarter, changes at 00:00 UTC, and none at all. */
const zones = [
	'Europe/Paris',
	'Australia/Lord_Howe',
	'Pacific/Apia',
	'UTC',
	'America/Sao_Paulo',
	'America/St_Johns',
	'Asia/Kathmandu',
	'Africa/Casablanca',
	'Europe/London',
	'Atlantic/Azores',
	'America/New_York',
];
const calendars = new Map(zones.map((zone) => [zone, new Calendar(zone)]));
const calendarOf = (zone: string): Calendar => calendars.get(zone) ?? new Calendar(zone);
const units: readonly CalendarUnit[] = ['hour', 'day', 'week', 'month', 'year'];

const anyZone = fc.constantFrom(...zones);
const anyUnit = fc.constantFrom(...units);
const anyInstant = fc.integer({ min: Date.UTC(1995, 0, 1), max: Date.UTC(2037, 11, 31) });
const anyDay = fc.integer({ min: Date.UTC(1995, 0, 1) / 86_400_000, max: Date.UTC(2037, 11, 31) / 86_400_000 });
const dateOf = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10);
const at = (text: string): number => Date.parse(text);
const text = (ms: number): string => new Date(ms).toISOString().slice(0, 16);

/** What Intl says, asked directly. */
function shownBy(zone: string, atMs: number): string {
	const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });
	return format.format(atMs);
}

describe('the local calendar', () => {
	it('shows what Intl shows, at any instant of any zone', () => {
		fc.assert(
			fc.property(anyZone, anyInstant, (zone, atMs) => {
				const { date, minute } = calendarOf(zone).local(atMs);
				const [hours, minutes] = [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0'));
				expect(`${date} ${hours}:${minutes}`).to.equal(shownBy(zone, atMs));
			}),
		);
	});

	it('finds the instant of what it shows, the first or the last of two', () => {
		fc.assert(
			fc.property(anyZone, anyInstant, (zone, someMs) => {
				const calendar = calendarOf(zone);
				const atMs = Math.floor(someMs / 60_000) * 60_000;
				const { date, minute } = calendar.local(atMs);
				const [first, last] = [calendar.instant(date, minute), calendar.instant(date, minute, 'last')];
				expect([first, last]).to.include(atMs);
				expect(first).to.be.at.most(last);
			}),
		);
	});

	it('never puts a later local time before an earlier one', () => {
		const minute = fc.integer({ min: 0, max: 1440 });
		fc.assert(
			fc.property(anyZone, anyDay, minute, minute, (zone, day, one, other) => {
				const calendar = calendarOf(zone);
				const [early, late] = [Math.min(one, other), Math.max(one, other)];
				expect(calendar.instant(dateOf(day), early)).to.be.at.most(calendar.instant(dateOf(day), late));
			}),
		);
	});

	it('has every instant in one hour, day, week, month and year, and these follow each other', () => {
		fc.assert(
			fc.property(anyZone, anyUnit, anyInstant, (zone, unit, atMs) => {
				const calendar = calendarOf(zone);
				const { fromMs, toMs } = calendar.spanOf(unit, atMs);
				expect(fromMs).to.be.at.most(atMs);
				expect(toMs).to.be.above(atMs);
				expect(calendar.spanOf(unit, fromMs)).to.deep.equal({ fromMs, toMs });
				expect(calendar.startOf(unit, toMs)).to.equal(toMs);
				expect(calendar.next(unit, fromMs - 1)).to.equal(fromMs);
			}),
		);
	});

	it('begins each of them where the clocks say so', () => {
		const paris = calendarOf('Europe/Paris');
		const now = at('2026-03-29T10:00:00Z');
		expect(units.map((unit) => text(paris.startOf(unit, now)))).to.deep.equal([
			'2026-03-29T10:00',
			'2026-03-28T23:00',
			'2026-03-22T23:00',
			'2026-02-28T23:00',
			'2025-12-31T23:00',
		]);
		expect(paris.local(now)).to.deep.equal({ date: '2026-03-29', weekday: 7, minute: 720 });
	});

	it('has days of 23 and 25 hours', () => {
		const paris = calendarOf('Europe/Paris');
		const hours = (noon: string): number => {
			const { fromMs, toMs } = paris.spanOf('day', at(noon));
			return (toMs - fromMs) / 3_600_000;
		};
		expect([hours('2026-03-29T12:00:00Z'), hours('2026-10-25T12:00:00Z'), hours('2026-10-26T12:00:00Z')]).to.deep.equal(
			[23, 25, 24],
		);
	});

	it('moves a time that spring leaves out to where clocks go on', () => {
		const paris = calendarOf('Europe/Paris');
		expect(text(paris.instant('2026-03-29', 119))).to.equal('2026-03-29T00:59');
		expect(text(paris.instant('2026-03-29', 150))).to.equal('2026-03-29T01:00');
		expect(text(paris.instant('2026-03-29', 180))).to.equal('2026-03-29T01:00');
	});

	it('takes the first of two equal times in autumn, and the last where asked', () => {
		const paris = calendarOf('Europe/Paris');
		expect(text(paris.instant('2026-10-25', 150))).to.equal('2026-10-25T00:30');
		expect(text(paris.instant('2026-10-25', 150, 'last'))).to.equal('2026-10-25T01:30');
		expect(text(paris.instant('2026-10-25', 180))).to.equal('2026-10-25T02:00');
	});

	it('knows half hours, and cuts the clock hour in which they happen', () => {
		const island = calendarOf('Australia/Lord_Howe');
		const change = at('2026-04-04T15:00:00Z');
		expect(island.offsetMs(change - 1) - island.offsetMs(change)).to.equal(1_800_000);
		expect(text(island.next('hour', change - 1))).to.equal('2026-04-04T15:00');
		expect(text(island.next('hour', change))).to.equal('2026-04-04T15:30');
		expect(island.startOf('hour', change + 60_000)).to.equal(change);
	});

	it('knows a day that never was', () => {
		const apia = calendarOf('Pacific/Apia');
		const before = at('2011-12-30T00:00:00Z');
		expect(apia.local(before).date).to.equal('2011-12-29');
		expect(apia.local(apia.next('day', before)).date).to.equal('2011-12-31');
		expect(apia.instant('2011-12-30', 720)).to.equal(apia.instant('2011-12-31', 0));
	});

	it('begins the day where midnight itself was left out', () => {
		const calendar = calendarOf('America/Sao_Paulo');
		const day = calendar.startOf('day', at('2018-11-04T12:00:00Z'));
		expect(calendar.local(day)).to.deep.equal({ date: '2018-11-04', weekday: 7, minute: 60 });
	});

	it('keeps what clocks show again, having gone back over midnight, in the day that had begun', () => {
		const calendar = calendarOf('America/St_Johns');
		const again = at('2006-10-29T02:35:00Z');
		expect(calendar.local(again)).to.include({ date: '2006-10-28', minute: 23 * 60 + 5 });
		expect(text(calendar.startOf('day', again))).to.equal('2006-10-29T02:30');
	});

	it('finds a change that happens at 00:00 UTC', () => {
		const calendar = calendarOf('Africa/Casablanca');
		expect(text(calendar.instant('2008-06-01', 30))).to.equal('2008-06-01T00:00');
	});

	it('has Tempo days from six to six', () => {
		const paris = calendarOf('Europe/Paris');
		const { date, fromMs, toMs } = paris.tempoDay(at('2026-03-29T03:59:00Z'));
		expect([date, text(fromMs), text(toMs)]).to.deep.equal(['2026-03-28', '2026-03-28T05:00', '2026-03-29T04:00']);
		expect(paris.tempoDay(at('2026-03-29T04:00:00Z')).date).to.equal('2026-03-29');
		fc.assert(
			fc.property(anyZone, anyInstant, (zone, atMs) => {
				const day = calendarOf(zone).tempoDay(atMs);
				expect(day.fromMs).to.be.at.most(atMs);
				expect(day.toMs).to.be.above(atMs);
				expect(calendarOf(zone).tempoDay(day.toMs).fromMs).to.equal(day.toMs);
			}),
		);
	});

	it('refuses names that are no zone and texts that are no date', () => {
		expect(() => new Calendar('Europe/Pariss')).to.throw(RangeError);
		for (const date of ['2026-02-30', '26-01-01', '2026-1-1', '', '2026-01-01T00:00']) {
			expect(() => calendarOf('UTC').instant(date, 0)).to.throw(RangeError, 'expected a date');
		}
	});

	it('answers a year of hours from what it remembers', () => {
		const calendar = new Calendar('Europe/Paris');
		const from = at('2025-12-31T23:00:00Z');
		let days = 0;
		let read = 0;
		const { formatToParts } = Intl.DateTimeFormat.prototype;
		Intl.DateTimeFormat.prototype.formatToParts = function (...given) {
			read += 1;
			return formatToParts.apply(this, given);
		};
		try {
			for (let hour = 0; hour < 8760; hour += 1) {
				if (calendar.startOf('day', from + hour * 3_600_000) === from + hour * 3_600_000) days += 1;
			}
		} finally {
			Intl.DateTimeFormat.prototype.formatToParts = formatToParts;
		}
		expect(days).to.equal(365);
		expect(read).to.be.below(900);
	});
});
