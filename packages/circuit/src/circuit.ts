/** A circuit as whoever drives its output knows it. */
import type { Order } from './order.ts';

/** Whatever draws power and can wait: what its configuration says of it. */
export interface Circuit {
	/** Name on the bus. */
	readonly id: string;
	/** Name that people read. */
	readonly name: string;
	readonly phase: 1 | 2 | 3;
	/** Rated power, W. */
	readonly powerW: number;
	/** 1 is the most important: it waits last. */
	readonly priority: number;
	/** What it gets while it must wait. */
	readonly shedOrder: 'off' | 'frost_protection';
	/** Its order while nobody has said one. */
	readonly programme: Order;
	/** The room it heats, where that is known. */
	readonly room?: string | undefined;
	/** It is only on or off: frost_protection is no order for it. */
	readonly switched?: boolean | undefined;
	/** An order as this circuit understands it, such as comfort for comfort_-1 where it knows only four. */
	understands(order: Order): Order;
}
