import type { Circuit } from '@pilotwire/circuit';
import { orderFor } from '@pilotwire/pilot-wire';
import type { BoardsConfig, RadiatorConfig } from '../config.ts';

/** A radiator with all that its board says about it. */
export interface Radiator extends Circuit {
	/** Address of its board. */
	readonly board: number;
	/** Wire of the board, 1 to 8. */
	readonly wire: number;
	/** How many orders it understands. */
	readonly orders: RadiatorConfig['orders'];
}

/** The radiators of a checked configuration. */
export function radiatorsOf(boards: BoardsConfig, radiators: readonly RadiatorConfig[]): Radiator[] {
	return radiators.map((radiator) => ({
		...radiator,
		name: radiator.name ?? radiator.id,
		phase: boards.modules.find(({ address }) => address === radiator.board)?.phase ?? 1,
		understands: (order) => orderFor(order, radiator.orders),
	}));
}
