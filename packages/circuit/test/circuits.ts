import type { Circuit } from '../src/circuit.ts';

/** A circuit for a test: 1000 W on phase 1, that understands all orders. */
export const circuitOf = (id: string, more: Partial<Circuit> = {}): Circuit => ({
	id,
	name: id,
	phase: 1,
	powerW: 1000,
	priority: 1,
	shedOrder: 'off',
	programme: 'comfort',
	understands: (order) => order,
	...more,
});
