import { expect } from 'chai';
import fc from 'fast-check';
import { ORDERS, orderFor, SIGNAL_HALVES, type Signal, signalOf, steadyOrderOf } from '../src/orders.ts';
import { nextChange, PULSE_MS, PULSE_PERIOD_MS, pulseOffset, signalAt } from '../src/pulses.ts';
import { anyOrder } from './arbitraries.ts';

const anyTime = fc.integer({ min: -1e12, max: 1e13 });
const anyOffset = fc.integer({ min: 0, max: PULSE_PERIOD_MS });

describe('the six orders', () => {
	it('have the signals of the trade', () => {
		const halves = (order: (typeof ORDERS)[number], nowMs = 150_000) => SIGNAL_HALVES[signalAt(order, nowMs)];
		expect(halves('comfort')).to.deep.equal({ positive: false, negative: false });
		expect(halves('eco')).to.deep.equal({ positive: true, negative: true });
		expect(halves('frost_protection')).to.deep.equal({ positive: false, negative: true });
		expect(halves('off')).to.deep.equal({ positive: true, negative: false });
		for (const order of ['comfort_-1', 'comfort_-2'] as const) {
			expect(halves(order)).to.deep.equal({ positive: false, negative: false });
			expect(halves(order, 0)).to.deep.equal({ positive: true, negative: true });
		}
	});

	it('are read back from a wire that stands still', () => {
		for (const order of ['comfort', 'eco', 'frost_protection', 'off'] as const) {
			expect(steadyOrderOf(signalAt(order, 0))).to.equal(order);
		}
		for (const signal of Object.keys(SIGNAL_HALVES) as Signal[]) {
			expect(signalOf(SIGNAL_HALVES[signal])).to.equal(signal);
		}
	});

	it('shrink to four on an older radiator', () => {
		expect(ORDERS.map((order) => orderFor(order, 4))).to.deep.equal([
			'comfort',
			'comfort',
			'comfort',
			'eco',
			'frost_protection',
			'off',
		]);
		expect(ORDERS.map((order) => orderFor(order, 6))).to.deep.equal(ORDERS);
	});
});

describe('pulses', () => {
	it('last 3 s and 7 s of every 300 s', () => {
		for (const [order, pulseMs] of [
			['comfort_-1', 3_000],
			['comfort_-2', 7_000],
		] as const) {
			let full = 0;
			for (let ms = 0; ms < 600_000; ms += 100) if (signalAt(order, ms, 12_345) === 'full_wave') full += 100;
			expect(full).to.equal(2 * pulseMs);
		}
	});

	it('change exactly when announced, and not before', () => {
		fc.assert(
			fc.property(anyOrder, anyTime, anyOffset, (order, nowMs, offsetMs) => {
				const next = nextChange(order, nowMs, offsetMs);
				const now = signalAt(order, nowMs, offsetMs);
				if (next === undefined) {
					expect(PULSE_MS[order]).to.equal(undefined);
					return;
				}
				expect(next).to.be.greaterThan(nowMs);
				expect(next - nowMs).to.be.at.most(PULSE_PERIOD_MS);
				expect(signalAt(order, next - 1, offsetMs)).to.equal(now);
				expect(signalAt(order, next, offsetMs)).to.not.equal(now);
			}),
		);
	});

	it('of the 24 wires of a house never overlap', () => {
		for (let ms = 0; ms < PULSE_PERIOD_MS; ms += 250) {
			const pulsing = Array.from({ length: 24 }, (_, index) => signalAt('comfort_-2', ms, pulseOffset(index, 24)));
			expect(pulsing.filter((signal) => signal === 'full_wave').length).to.be.at.most(1);
		}
		expect(pulseOffset(0, 0)).to.equal(0);
	});
});
