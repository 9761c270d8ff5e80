import fc from 'fast-check';
import { ORDERS } from '../src/orders.ts';
import type { PinMap } from '../src/pin-map.ts';

export const anyOrder = fc.constantFrom(...ORDERS);
export const anyPorts = fc.record({ a: fc.integer({ min: 0, max: 255 }), b: fc.integer({ min: 0, max: 255 }) });

/** Any good map: 1 to 8 wires, their pins in any order, either polarity. */
export const anyMap: fc.Arbitrary<PinMap> = fc
	.record({
		pins: fc.shuffledSubarray(
			Array.from({ length: 16 }, (_, pin) => pin),
			{ minLength: 16 },
		),
		wires: fc.integer({ min: 1, max: 8 }),
		activeLow: fc.boolean(),
	})
	.map(({ pins, wires, activeLow }) => ({
		activeLow,
		wires: Array.from({ length: wires }, (_, index) => ({
			positive: pins[2 * index] ?? 0,
			negative: pins[2 * index + 1] ?? 0,
		})),
	}));
