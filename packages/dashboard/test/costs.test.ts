import type { CostAnswer, CostPeriod, PriceEntry } from '@pilotwire/contract';
import { expect } from 'chai';
import { barsOf, changeOf, neighbour, rangeOf, totalOf } from '../src/core/costs.ts';
import { costExportAddress, exportAddress } from '../src/core/export-address.ts';
import { costNow } from '../src/core/glance.ts';
import { draftOf, entryOf, numberOf, priceOn, withPrice } from '../src/core/price-draft.ts';

const at = (hour: number): string => new Date(Date.UTC(2026, 0, 15, hour)).toISOString();
const period = (hour: number, peakWh: number, nightWh: number): CostPeriod => ({
	...{ from: at(hour), to: at(hour + 1), energyWh: peakWh + nightWh, complete: true, unpricedWh: 0 },
	cost: { energy: peakWh + nightWh, subscription: 1, taxes: 2, total: peakWh + nightWh + 3 },
	byTariff: [
		{ period: 'peak', energyWh: peakWh, cost: peakWh },
		{ period: 'off_peak', energyWh: nightWh, cost: nightWh },
	],
});
const periods = [period(0, 100, 300), period(1, 100, 0)];
const zero = { energy: 0, subscription: 0, taxes: 0, total: 0 };
const answer = (now: number, before: number): CostAnswer => ({
	...{ zone: 'Europe/Paris', meters: ['main'], currency: 'EUR', periods },
	before: {
		...{ from: at(0), to: at(1), periods: [] },
		soFar: {
			now: { energyWh: now, cost: { ...zero, total: now } },
			before: { energyWh: before, cost: { ...zero, total: before } },
		},
	},
});

describe('what the house cost', () => {
	it('is shown by day, month or year of the calendar, one after the other', () => {
		expect(rangeOf('month', '2026-02-17')).to.deep.equal({ from: '2026-02-01', to: '2026-03-01' });
		expect(rangeOf('month', '2026-12-31')).to.deep.equal({ from: '2026-12-01', to: '2027-01-01' });
		expect(rangeOf('year', '2026-02-17')).to.deep.equal({ from: '2026-01-01', to: '2027-01-01' });
		expect(rangeOf('day', '2026-02-28')).to.deep.equal({ from: '2026-02-28', to: '2026-03-01' });
		expect(neighbour('month', '2026-03-31', -1)).to.equal('2026-02-01');
		expect(neighbour('year', '2026-03-31', 1)).to.equal('2027-01-01');
	});

	it('is summed up, by tariff too, the most energy first', () => {
		const total = totalOf(periods);
		expect(total.cost).to.deep.equal({ energy: 500, subscription: 2, taxes: 4, total: 506 });
		expect(total.byTariff.map(({ period: name, energyWh, share }) => [name, energyWh, share])).to.deep.equal([
			['off_peak', 300, 0.6],
			['peak', 200, 0.4],
		]);
	});

	it('is drawn as bars whose pieces are shares of the highest', () => {
		const bars = barsOf(periods, totalOf(periods).byTariff, 'energy');
		expect(bars.map(({ value }) => value)).to.deep.equal([400, 100]);
		expect(bars[0]?.pieces.map(({ share }) => share)).to.deep.equal([0.75, 0.25]);
	});

	it('is compared with the same part of the one before, where that cost anything', () => {
		expect(changeOf(answer(90, 100), 'cost')).to.be.closeTo(-0.1, 1e-9);
		expect(changeOf(answer(90, 0), 'energy')).to.equal(undefined);
	});

	it('is told for this hour and today, unless no price is known', () => {
		expect(costNow(answer(1, 1), Date.parse(at(1)) + 60_000)).to.deep.equal({ hour: 103, day: 506, currency: 'EUR' });
		const unpriced = periods.map((one) => ({ ...one, cost: zero, unpricedWh: one.energyWh }));
		expect(costNow({ ...answer(1, 1), periods: unpriced }, 0)).to.equal(undefined);
		expect(costNow({ anything: 'else' }, 0)).to.equal(undefined);
	});

	it('is saved as a file from the address of the house itself', () => {
		expect(costExportAddress('2026-01-01', '2026-02-01', 'day')).to.equal(
			'/api/history/export?from=2026-01-01&to=2026-02-01&format=csv&by=tariff&step=day',
		);
		const address = exportAddress('temperature', { fromMs: 60_000, toMs: 120_000 }, 1_000);
		expect(address).to.contain('from=1970-01-01T00%3A00%3A59.000Z').and.contain('series=probe.humidityPercent');
	});
});

describe('prices as they are typed', () => {
	const entry: PriceEntry = {
		...{ from: '2026-01-01', name: 'Tempo', subscription: { amount: 15.5, per: 'month' } },
		energy: [{ period: 'peak', colour: 'red', perKWh: 0.7562 }],
		taxes: { perKWh: 0.03, fixed: { amount: 20, per: 'year' }, energyVatPercent: 20, subscriptionVatPercent: 5.5 },
		exportedPerKWh: 0.1,
	};

	it('come back as they were, whatever was given', () => {
		expect(entryOf(draftOf(entry, '2026-05-01'))).to.deep.equal(entry);
		const bare: PriceEntry = { from: '2026-01-01', energy: [{ period: 'all_hours', perKWh: 0.25 }] };
		expect(entryOf(draftOf(bare, '2026-05-01'))).to.deep.equal(bare);
	});

	it('take a decimal comma or point, and nothing that is no number', () => {
		expect(['0,2516', '0.2516', ' 1 234,5 €', ''].map(numberOf)).to.deep.equal([0.2516, 0.2516, 1234.5, undefined]);
		for (const text of ['dear', '1,2,3', '--1', '0x10']) expect(numberOf(text)).to.deep.equal(Number.NaN);
	});

	it('say which fields are wrong', () => {
		const empty = draftOf(undefined, '2026-05-01');
		expect(entryOf(empty)).to.deep.equal({ faults: ['energy'] });
		expect(entryOf({ ...draftOf(entry, ''), from: '', energyVat: 'much' })).to.deep.equal({
			faults: ['from', 'number'],
		});
		expect(entryOf({ ...draftOf(entry, ''), energyVat: '120' })).to.deep.equal({ faults: ['number'] });
	});

	it('take the place of those of the same day, and hold until the next', () => {
		const later: PriceEntry = { ...entry, from: '2026-06-01' };
		const list = withPrice([entry, later], { ...entry, name: 'New' }, undefined);
		expect(list.map(({ from, name }) => [from, name])).to.deep.equal([
			['2026-01-01', 'New'],
			['2026-06-01', 'Tempo'],
		]);
		expect(withPrice([entry, later], { ...later, from: '2026-03-01' }, later).map(({ from }) => from)).to.deep.equal([
			...['2026-01-01', '2026-03-01'],
		]);
		expect(priceOn([entry, later], '2026-05-31')).to.equal(entry);
		expect(priceOn([entry, later], '2025-12-31')).to.equal(undefined);
	});
});
