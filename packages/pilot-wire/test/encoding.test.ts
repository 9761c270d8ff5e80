import { expect } from 'chai';
import fc from 'fast-check';
import { decodeOrders, decodeSignals, encodeOrders } from '../src/encoding.ts';
import { PilotWireError } from '../src/errors.ts';
import { ORDERS, type Order } from '../src/orders.ts';
import { DEFAULT_PIN_MAP, type PinMap, pinMapFaults } from '../src/pin-map.ts';
import { pulseOffset, signalAt } from '../src/pulses.ts';
import { anyMap, anyOrder } from './arbitraries.ts';

const numbered = (orders: readonly Order[]) => new Map(orders.map((order, index) => [index + 1, order]));

describe('the pin map', () => {
	it('of the common board puts each order on each wire as the board expects', () => {
		const pair: Record<Order, number> = {
			comfort: 0b00,
			'comfort_-1': 0b00,
			'comfort_-2': 0b00,
			eco: 0b11,
			frost_protection: 0b10,
			off: 0b01,
		};
		for (const order of ORDERS) {
			for (let wire = 1; wire <= 8; wire++) {
				const word = pair[order] << (2 * (wire - 1));
				const ports = encodeOrders(DEFAULT_PIN_MAP, new Map([[wire, order]]), 100_000);
				expect(ports).to.deep.equal({ a: word & 0xff, b: word >> 8 });
			}
		}
	});

	it('round-trips all six orders on every wire of any board', () => {
		fc.assert(
			fc.property(anyMap, fc.array(anyOrder, { minLength: 8, maxLength: 8 }), fc.nat(1e9), (map, eight, nowMs) => {
				expect(pinMapFaults(map)).to.deep.equal([]);
				const orders = eight.slice(0, map.wires.length);
				const offsetOf = (wire: number) => pulseOffset(wire - 1, 8);
				const ports = encodeOrders(map, numbered(orders), nowMs, offsetOf);
				const signals = orders.map((order, index) => signalAt(order, nowMs, offsetOf(index + 1)));
				expect(decodeSignals(map, ports)).to.deep.equal(signals);
				const steady = orders.map((order) => (order === 'comfort_-1' || order === 'comfort_-2' ? 'comfort' : order));
				const between = encodeOrders(map, numbered(orders), 299_999);
				expect(decodeOrders(map, between)).to.deep.equal(steady);
			}),
		);
	});

	it('leaves every opto-triac dark that no order lights, whatever the polarity', () => {
		fc.assert(
			fc.property(anyMap, (map) => {
				const dark = encodeOrders(map, new Map(), 0);
				expect(dark).to.deep.equal(map.activeLow ? { a: 0xff, b: 0xff } : { a: 0, b: 0 });
				const inputs = decodeSignals(map, { a: 0x5a, b: 0xa5 }, { a: 0, b: 0 });
				expect(new Set(inputs)).to.deep.equal(new Set(['none']));
			}),
		);
	});

	it('reports every fault with its code', () => {
		const map: PinMap = {
			activeLow: false,
			wires: [
				{ positive: 0, negative: 0 },
				{ positive: 16, negative: 1.5 },
				{ positive: 3, negative: 4 },
				{ positive: 4, negative: -1 },
			],
		};
		expect(pinMapFaults(map).map(({ code }) => code)).to.deep.equal([
			'pin_used_twice',
			'pin_out_of_range',
			'pin_out_of_range',
			'pin_used_twice',
			'pin_out_of_range',
		]);
		expect(pinMapFaults(map)[0]?.message).to.equal(
			'expected a pin of its own for the negative half of wire 1, got 0, which drives the positive half of wire 1; ' +
				'give each half of each wire another pin',
		);
		expect(pinMapFaults({ activeLow: false, wires: [] })[0]?.code).to.equal('pin_map_size');
	});

	it('refuses an order for a wire that the board does not have', () => {
		const seven = { ...DEFAULT_PIN_MAP, wires: DEFAULT_PIN_MAP.wires.slice(0, 7) };
		expect(() => encodeOrders(seven, new Map([[8, 'eco']]), 0))
			.to.throw(PilotWireError)
			.with.property('code', 'wire_unknown');
	});
});
