import type { Circuit } from '@pilotwire/circuit';
import type { Order } from '@pilotwire/contract';
import type { PayloadConfig, SwitchConfig } from '../config.ts';

/** A switched circuit with all that its configuration says. */
export interface Switched extends Circuit {
	readonly config: SwitchConfig;
}

/** The circuits of a checked configuration. */
export function switchesOf(switches: readonly SwitchConfig[]): Switched[] {
	return switches.map((config) => ({
		id: config.id,
		name: config.name ?? config.id,
		phase: config.phase,
		powerW: config.powerW,
		priority: config.priority,
		shedOrder: 'off',
		programme: config.programme,
		room: config.room,
		switched: true,
		config,
		understands: (order) => understood(order, config.output.current !== undefined),
	}));
}

/**
 * An order as a switched circuit understands it: on (comfort) or off, and eco where it takes a current. An order that
 * warms a room switches it on; frost_protection doesn't, since nothing would switch it off again.
 */
function understood(order: Order, takesCurrent: boolean): Order {
	if (order === 'off' || order === 'frost_protection') return 'off';
	return order === 'eco' && takesCurrent ? 'eco' : 'comfort';
}

/** What is published for an order that the circuit understands. */
export function payloadOf({ config: { output } }: Pick<Switched, 'config'>, order: Order): string {
	if (order === 'off') return textOf(output.off);
	const { current } = output;
	if (current === undefined) return textOf(output.on);
	return withCurrent(current.payload, order === 'eco' ? current.minA : current.maxA);
}

function textOf(payload: PayloadConfig): string {
	return typeof payload === 'object' ? JSON.stringify(payload) : String(payload);
}

/** The payload with the amperes in the place of `{A}`; a value that is nothing but `{A}` becomes a number. */
function withCurrent(payload: PayloadConfig, currentA: number): string {
	const text = textOf(payload);
	const whole = typeof payload === 'object' ? text.replaceAll('"{A}"', String(currentA)) : text;
	return whole.replaceAll('{A}', String(currentA));
}
