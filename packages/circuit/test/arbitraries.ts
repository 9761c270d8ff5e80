import fc from 'fast-check';
import type { Order } from '../src/order.ts';
import type { FallbackCircuit } from '../src/rotation.ts';

export const SIX: readonly Order[] = ['off', 'frost_protection', 'eco', 'comfort_-2', 'comfort_-1', 'comfort'];
export const anyOrder = fc.constantFrom(...SIX);

/** Up to 10 circuits with ids of their own on phases 1 to 3. */
export const anyCircuits: fc.Arbitrary<FallbackCircuit[]> = fc
	.array(
		fc.record({
			phase: fc.integer({ min: 1, max: 3 }),
			powerW: fc.integer({ min: 300, max: 4000 }),
			priority: fc.integer({ min: 1, max: 4 }),
			wanted: anyOrder,
			inForce: anyOrder,
			temperatureC: fc.option(fc.integer({ min: 2, max: 22 }), { nil: undefined }),
			switched: fc.boolean(),
			guarded: fc.boolean(),
		}),
		{ maxLength: 10 },
	)
	.map((circuits) => circuits.map((circuit, index) => ({ id: `c${index}`, ...circuit })));
