import { Calendar } from '@pilotwire/calendar';
import type { CostAnswer, PriceEntry } from '@pilotwire/contract';
import { expect } from 'chai';
import { cellsOf, HOUR_MS } from '../src/core/cell.ts';
import { costAnswerOf } from '../src/energy/cost.ts';
import { askedOf } from '../src/energy/energy.ts';
import { MeterEnergy } from '../src/energy/meter-energy.ts';
import type { Step } from '../src/energy/periods.ts';
import { PriceList } from '../src/energy/prices.ts';
import { Timeline } from '../src/energy/timeline.ts';

const paris = new Calendar('Europe/Paris');
const januaryMs = paris.instant('2026-01-01', 0);
const februaryMs = paris.instant('2026-02-01', 0);
const marchMs = paris.instant('2026-03-01', 0);

/** A meter that counts so many Wh evenly from January to March in each register. */
function meterOf(registers: Readonly<Record<string, number>>): MeterEnergy {
	const hours = (marchMs - januaryMs) / HOUR_MS;
	const cells = Object.entries(registers).map(([register, wh]) => {
		const samples = Array.from({ length: hours + 1 }, (_, hour) => ({
			at: januaryMs + hour * HOUR_MS,
			value: Math.round((wh * hour) / hours),
		}));
		return [register, cellsOf(samples, HOUR_MS, true)] as const;
	});
	const parts = { meanings: new Map(), replacedMs: [], marks: new Map() };
	return new MeterEnergy({ meter: 'main', registers: new Map(cells), ...parts }, new Timeline([]));
}

function costs(
	registers: Readonly<Record<string, number>>,
	prices: readonly PriceEntry[],
	[fromMs, toMs, by]: readonly [number, number, Step] = [januaryMs, marchMs, 'total'],
	nowMs = marchMs,
): CostAnswer['periods'] {
	const parts = {
		calendar: paris,
		meters: [meterOf(registers)],
		prices: new PriceList(paris, prices),
		currency: 'EUR',
		nowMs,
	};
	return costAnswerOf(parts, askedOf(paris, { fromMs, toMs, by }, nowMs)).periods;
}

const base: PriceEntry = {
	from: '2025-08-01',
	energy: [{ period: 'all_hours', perKWh: 0.1952 }],
	subscription: { amount: 15.47, per: 'month' },
};

describe('a bill', () => {
	it('of the base option is energy and two months of subscription', () => {
		// 820 kWh x 0.1952 = 160.064; 2 x 15.47 = 30.94.
		const [bill] = costs({ BASE: 820_000 }, [base]);
		expect(bill?.cost).to.deep.equal({ energy: 160.064, subscription: 30.94, taxes: 0, total: 191.004 });
		expect(bill?.unpricedWh).to.equal(0);
	});

	it('of off-peak and peak hours prices each by its own', () => {
		// 300 x 0.2081 = 62.43; 200 x 0.1635 = 32.70.
		const energy = [
			{ period: 'peak' as const, perKWh: 0.2081 },
			{ period: 'off_peak' as const, perKWh: 0.1635 },
		];
		const [bill] = costs({ HCHP: 300_000, HCHC: 200_000 }, [{ from: '2025-08-01', energy }]);
		expect(bill?.cost.total).to.equal(95.13);
		expect(bill?.byTariff).to.deep.equal([
			{ period: 'off_peak', energyWh: 200_000, cost: 32.7 },
			{ period: 'peak', energyWh: 300_000, cost: 62.43 },
		]);
	});

	it('of Tempo prices six kinds of hours, and VAT, excise and fixed taxes as a supplier writes them', () => {
		const tempo: PriceEntry = {
			from: '2025-08-01',
			energy: [
				{ period: 'off_peak', colour: 'blue', perKWh: 0.08 },
				{ period: 'peak', colour: 'blue', perKWh: 0.1 },
				{ period: 'off_peak', colour: 'white', perKWh: 0.09 },
				{ period: 'peak', colour: 'white', perKWh: 0.12 },
				{ period: 'off_peak', colour: 'red', perKWh: 0.1 },
				{ period: 'peak', colour: 'red', perKWh: 0.5 },
			],
			subscription: { amount: 146, per: 'year' },
			taxes: {
				perKWh: 0.02998,
				fixed: { amount: 36.5, per: 'year' },
				energyVatPercent: 20,
				subscriptionVatPercent: 5.5,
			},
		};
		const registers = {
			BBRHCJB: 100_000,
			BBRHPJB: 200_000,
			BBRHCJW: 50_000,
			BBRHPJW: 100_000,
			BBRHCJR: 20_000,
			BBRHPJR: 30_000,
		};
		const [bill] = costs(registers, [tempo]);
		// Energy: 8 + 20 + 4.50 + 12 + 2 + 15 = 61.50. January and February: 59 of 365 days, 23.60 and 5.90 fixed.
		// Taxes: excise 500 x 0.02998 = 14.99; 20 % of 76.49 = 15.298; 5.90; 5.5 % of 29.50 = 1.6225.
		expect(bill?.cost.energy).to.equal(61.5);
		expect(bill?.cost.subscription).to.be.closeTo(23.6, 1e-6);
		expect(bill?.cost.taxes).to.be.closeTo(14.99 + 15.298 + 5.9 + 1.6225, 2e-6);
		expect(bill?.cost.total).to.be.closeTo(122.9105, 3e-6);
		const red = bill?.byTariff.find(({ period, colour }) => period === 'peak' && colour === 'red');
		expect(red?.cost).to.equal(19.07928);
	});

	it('of an old month stays as it was when a price changes', () => {
		const later: PriceEntry = { from: '2026-02-01', energy: [{ period: 'all_hours', perKWh: 0.3 }] };
		const range = [januaryMs, marchMs, 'month'] as const;
		const [old, fresh] = costs({ BASE: 59_000 }, [base], range);
		const [kept, changed] = costs({ BASE: 59_000 }, [later, base], range);
		expect(kept).to.deep.equal(old);
		expect(fresh?.cost.energy).to.equal(5.4656);
		expect(changed?.cost).to.deep.equal({ energy: 8.4, subscription: 0, taxes: 0, total: 8.4 });
	});

	it('cuts a period in which a price changes at that midnight', () => {
		const later: PriceEntry = { from: '2026-02-01', energy: [{ period: 'all_hours', perKWh: 0.3 }] };
		const [whole] = costs({ BASE: 59_000 }, [base, later]);
		expect(whole?.cost.energy).to.equal(31 * 0.1952 + 8.4);
	});

	it('says how much it could not price, and counts no money for it', () => {
		const later: PriceEntry = { from: '2026-02-01', energy: [{ period: 'peak', perKWh: 0.3 }] };
		const [bill] = costs({ HCHC: 59_000, HCHP: 59_000 }, [later]);
		expect(bill?.unpricedWh).to.equal(31_000 + 59_000);
		expect(bill?.cost.total).to.equal(8.4);
	});

	it('of the running month owes the subscription of the days that are over', () => {
		const [bill] = costs({ BASE: 59_000 }, [base], [januaryMs, februaryMs, 'month'], paris.instant('2026-01-11', 720));
		expect(bill?.cost.subscription).to.be.closeTo((15.47 * 10.5) / 31, 1e-6);
		expect(bill?.complete).to.equal(false);
	});

	it('adds up over its days', () => {
		const [month] = costs({ BASE: 59_000 }, [base], [januaryMs, februaryMs, 'month']);
		const days = costs({ BASE: 59_000 }, [base], [januaryMs, februaryMs, 'day']);
		const sum = days.reduce((all, { cost }) => all + cost.total, 0);
		expect(days).to.have.length(31);
		expect(sum).to.be.closeTo(month?.cost.total ?? 0, 1e-4);
	});
});
