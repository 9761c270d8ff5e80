import { Calendar } from '@pilotwire/calendar';
import { expect } from 'chai';
import fc from 'fast-check';
import { cellsOf, HOUR_MS, MINUTE_MS, type Sample } from '../src/core/cell.ts';
import { askedOf, energyAnswerOf } from '../src/energy/energy.ts';
import { MeterEnergy, type MeterHistory } from '../src/energy/meter-energy.ts';
import { earlier, periodsOf } from '../src/energy/periods.ts';
import { Rise } from '../src/energy/rise.ts';
import type { TariffKey } from '../src/energy/tariff-key.ts';
import { type Change, Timeline } from '../src/energy/timeline.ts';

const DAY_MS = 24 * HOUR_MS;
const startMs = Date.UTC(2026, 0, 5);
const none = new Timeline<TariffKey>([]);

const samplesOf = (pairs: readonly (readonly [hour: number, value: number])[]): Sample[] =>
	pairs.map(([hour, value]) => ({ at: startMs + hour * HOUR_MS, value }));

/** A meter whose registers were read at these hours. */
function meterOf(
	registers: Readonly<Record<string, readonly (readonly [number, number])[]>>,
	more: Partial<MeterHistory> = {},
	tariffs = none,
): MeterEnergy {
	const cells = Object.entries(registers).map(
		([name, pairs]) => [name, cellsOf(samplesOf(pairs), MINUTE_MS, true)] as const,
	);
	const parts = { meanings: new Map(), marks: new Map(), replacedMs: [], ...more };
	return new MeterEnergy({ meter: 'main', registers: new Map(cells), ...parts }, tariffs);
}

const at = (hour: number): number => startMs + hour * HOUR_MS;
const drawn = (meter: MeterEnergy, from: number, to: number) => Object.fromEntries(meter.between(at(from), at(to)));
const timeline = (changes: readonly (readonly [number, TariffKey])[]) =>
	new Timeline<TariffKey>(changes.map(([hour, value]): Change<TariffKey> => ({ atMs: at(hour), value })));

/** A register's readings in order: it counts, rests, is set back, is replaced, isn't read for days. */
const anyReadings = fc
	.array(
		fc.record({
			stepMin: fc.oneof(fc.integer({ min: 1, max: 15 }), fc.integer({ min: 16, max: 6_000 })),
			watts: fc.integer({ min: 0, max: 36_000 }),
			event: fc.oneof(
				{ weight: 8, arbitrary: fc.constant('counts') },
				{ weight: 1, arbitrary: fc.constant('reset') },
				{ weight: 1, arbitrary: fc.constant('replaced') },
			),
		}),
		{ minLength: 2, maxLength: 60 },
	)
	.map((steps) => {
		let [atMs, value] = [startMs, 1_000_000];
		return steps.map(({ stepMin, watts, event }): Sample => {
			atMs += stepMin * MINUTE_MS;
			value = event === 'reset' ? 0 : event === 'replaced' ? 98_765_432 : value + Math.round((watts * stepMin) / 60);
			return { at: atMs, value };
		});
	});

describe('the energy a register counted', () => {
	it('is the same whether it is asked for whole or in any parts', () => {
		fc.assert(
			fc.property(
				anyReadings,
				fc.array(fc.integer({ min: -DAY_MS, max: 20 * DAY_MS }), { minLength: 1, maxLength: 30 }),
				fc.constantFrom(MINUTE_MS, HOUR_MS),
				(readings, cuts, lengthMs) => {
					const rise = new Rise(cellsOf(readings, lengthMs, true));
					const edges = [...new Set(cuts)].sort((a, b) => a - b).map((cut) => startMs + cut);
					const parts = edges.slice(1).map((edge, index) => rise.between(edges[index] as number, edge));
					expect(parts.every((wh) => Number.isInteger(wh) && wh >= 0)).to.equal(true);
					const whole = rise.between(edges[0] as number, edges.at(-1) as number);
					expect(parts.reduce((sum, wh) => sum + wh, 0)).to.equal(whole);
				},
			),
		);
	});

	it('never shows more in an hour than a supply can give, whatever the register does', () => {
		fc.assert(
			fc.property(anyReadings, (readings) => {
				const rise = new Rise(cellsOf(readings, MINUTE_MS, true));
				const lastMs = readings.at(-1)?.at ?? startMs;
				for (let fromMs = startMs; fromMs < lastMs; fromMs += HOUR_MS) {
					expect(rise.between(fromMs, fromMs + HOUR_MS)).to.be.within(0, 62_000);
				}
			}),
		);
	});

	it('does not depend on the order in which late readings came', () => {
		fc.assert(
			fc.property(
				anyReadings.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
				([all, late]) => {
					const sorted = [...late].sort((a, b) => a.at - b.at);
					expect(new Rise(cellsOf(sorted, MINUTE_MS, true)).between(0, Infinity)).to.equal(
						new Rise(cellsOf(all, MINUTE_MS, true)).between(0, Infinity),
					);
				},
			),
		);
	});

	it('spreads what was counted in a gap over it', () => {
		const meter = meterOf({
			BASE: [
				[0, 1_000],
				[1, 2_000],
				[11, 12_000],
				[12, 13_000],
			],
		});
		expect(drawn(meter, 1, 2)).to.deep.equal({ all_hours: 1_000 });
		expect(drawn(meter, 5, 6)).to.deep.equal({ all_hours: 1_000 });
		expect(drawn(meter, 0, 12)).to.deep.equal({ all_hours: 12_000 });
		expect(meter.wasHeard({ fromMs: at(2), toMs: at(3) })).to.equal(false);
	});

	it('leaves out the step to another meter, also where it could have been drawn in the time between', () => {
		const readings = {
			BASE: [
				[0, 50_000],
				[1, 50_500],
				[100, 900_000],
				[101, 900_700],
			],
		} as const;
		expect(drawn(meterOf(readings), 0, 101)['all_hours']).to.equal(850_700);
		const replacedMs = [at(100)];
		expect(drawn(meterOf(readings, { replacedMs }), 0, 101)).to.deep.equal({ all_hours: 1_200 });
	});

	it('is that of the tariff whose register counts', () => {
		const meter = meterOf({
			BBRHCJB: [
				[0, 0],
				[6, 3_000],
				[30, 3_000],
			],
			BBRHPJR: [
				[0, 500],
				[6, 500],
				[22, 8_500],
				[30, 8_500],
			],
			EAST: [
				[0, 500],
				[6, 3_500],
				[22, 11_500],
			],
		});
		expect(drawn(meter, 0, 24)).to.deep.equal({ 'off_peak blue': 3_000, 'peak red': 8_000 });
	});

	it('is counted once where the meter spoke the other mode for a while', () => {
		const meter = meterOf({
			BASE: [
				[0, 1_000],
				[1, 2_000],
				[20, 21_000],
				[21, 22_000],
			],
			EASF01: [
				[1.5, 2_500],
				[10, 11_000],
				[19.5, 20_500],
			],
		});
		const whole = Object.values(drawn(meter, 0, 21)).reduce((sum, wh) => sum + wh, 0);
		expect(whole).to.equal(1_000 + 18_000 + 1_000);
	});

	it("takes a supplier's register for what the meter said it stood for at the time", () => {
		const meanings = new Map([
			[
				'EASF01',
				timeline([
					[0, 'off_peak'],
					[10, 'off_peak red'],
				]),
			],
		]);
		const meter = meterOf(
			{
				EASF01: [
					[0, 0],
					[20, 20_000],
				],
			},
			{ meanings },
		);
		expect(drawn(meter, 0, 20)).to.deep.equal({ off_peak: 10_000, 'off_peak red': 10_000 });
	});

	it('goes by the tariff in force where the meter knows none', () => {
		const tariffs = timeline([
			[0, 'off_peak'],
			[6, 'peak'],
			[22, 'off_peak'],
		]);
		const meter = meterOf(
			{
				BASE: [
					[0, 0],
					[24, 24_000],
				],
			},
			{},
			tariffs,
		);
		expect(drawn(meter, 0, 24)).to.deep.equal({ off_peak: 8_000, peak: 16_000 });
	});

	it('is cut at the moment the tariff changed, though only hours are kept', () => {
		const tariffs = timeline([
			[0, 'peak'],
			[22.5, 'off_peak'],
		]);
		const registers = new Map([
			[
				'BASE',
				cellsOf(
					samplesOf([
						[22, 0],
						[22.5, 100],
						[22.99, 2_100],
						[23.5, 2_200],
					]),
					HOUR_MS,
					true,
				),
			],
		]);
		const parts = { meter: 'main', registers, meanings: new Map(), replacedMs: [] };
		const marks = new Map([['BASE', samplesOf([[22.5, 100]])]]);
		const cut = new MeterEnergy({ ...parts, marks }, tariffs);
		expect(drawn(cut, 22, 23.5)).to.deep.equal({ peak: 100, off_peak: 2_100 });
	});
});

describe('energy by local periods', () => {
	const paris = new Calendar('Europe/Paris');

	it('adds up to the year over both days of the clock change', () => {
		const yearMs = paris.instant('2026-01-01', 0);
		const endMs = paris.instant('2027-01-01', 0);
		const hours = (endMs - yearMs) / HOUR_MS;
		const samples = Array.from({ length: hours + 1 }, (_, hour) => ({
			at: yearMs + hour * HOUR_MS,
			value: hour * 500,
		}));
		const registers = new Map([['BASE', cellsOf(samples, HOUR_MS, true)]]);
		const parts = { meter: 'main', registers, meanings: new Map(), replacedMs: [], marks: new Map() };
		const meters = [new MeterEnergy(parts, none)];
		const ask = (by: 'day' | 'week' | 'month' | 'year' | 'total') =>
			energyAnswerOf(paris, meters, askedOf(paris, { fromMs: yearMs, toMs: endMs, by }, endMs), endMs).periods;
		const sum = (by: Parameters<typeof ask>[0]) => ask(by).reduce((all, { energyWh }) => all + energyWh, 0);
		expect(ask('day')).to.have.length(365);
		expect(
			ask('day')
				.filter(({ energyWh }) => energyWh !== 12_000)
				.map(({ from, energyWh }) => [from, energyWh]),
		).to.deep.equal([
			['2026-03-28T23:00:00.000Z', 11_500],
			['2026-10-24T22:00:00.000Z', 12_500],
		]);
		for (const by of ['day', 'month', 'year', 'total'] as const) expect(sum(by)).to.equal(365 * 12_000);
		expect(ask('month').every(({ complete }) => complete)).to.equal(true);
	});

	it('compares the part of a month that is over with the same part of the month before', () => {
		const [juneMs, julyMs] = [paris.instant('2026-06-01', 0), paris.instant('2026-07-01', 0)];
		const samples = Array.from({ length: 61 * 24 }, (_, hour) => {
			const atMs = paris.instant('2026-05-01', 0) + hour * HOUR_MS;
			return { at: atMs, value: hour * (atMs < juneMs ? 1_000 : 1_000) };
		});
		const registers = new Map([['BASE', cellsOf(samples, HOUR_MS, true)]]);
		const parts = { meter: 'main', registers, meanings: new Map(), replacedMs: [], marks: new Map() };
		const nowMs = paris.instant('2026-06-11', 0);
		const asked = askedOf(paris, { fromMs: juneMs, toMs: julyMs, by: 'month', compare: 'month' }, nowMs);
		const { before } = energyAnswerOf(paris, [new MeterEnergy(parts, none)], asked, nowMs);
		expect(before?.soFar).to.deep.equal({ now: { energyWh: 240_000 }, before: { energyWh: 240_000 } });
		expect(before?.periods[0]?.energyWh).to.equal(31 * 24_000);
	});

	it('goes back by the calendar, to the last day of a shorter month', () => {
		const back = (date: string, unit: 'month' | 'year') => paris.local(earlier(paris, unit, paris.instant(date, 600)));
		expect(back('2026-03-31', 'month')).to.include({ date: '2026-02-28', minute: 600 });
		expect(back('2024-02-29', 'year')).to.include({ date: '2023-02-28', minute: 600 });
		expect(back('2026-01-15', 'month')).to.include({ date: '2025-12-15', minute: 600 });
	});

	it('cuts a range into whole periods without a gap', () => {
		fc.assert(
			fc.property(
				fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2030, 0) }),
				fc.integer({ min: 1, max: 60 * DAY_MS }),
				fc.constantFrom('hour' as const, 'day' as const, 'week' as const, 'month' as const, 'year' as const),
				(fromMs, lengthMs, by) => {
					const periods = periodsOf(paris, by, { fromMs, toMs: fromMs + lengthMs });
					expect(periods[0]?.fromMs).to.be.at.most(fromMs);
					expect(periods.at(-1)?.toMs).to.be.at.least(fromMs + lengthMs);
					for (const [index, period] of periods.slice(1).entries())
						expect(period.fromMs).to.equal(periods[index]?.toMs);
				},
			),
			{ numRuns: 50 },
		);
	});
});
