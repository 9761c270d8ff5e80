import type { Phase } from '@pilotwire/contract';
import type { BoardsConfig, RadiatorConfig } from '../config.ts';

/** A radiator with all that its board says about it. */
export interface Radiator extends Omit<RadiatorConfig, 'name'> {
	readonly name: string;
	/** Its board's. */
	readonly phase: Phase;
}

/** The radiators of a checked configuration. */
export function radiatorsOf(boards: BoardsConfig, radiators: readonly RadiatorConfig[]): Radiator[] {
	return radiators.map((radiator) => ({
		...radiator,
		name: radiator.name ?? radiator.id,
		phase: boards.modules.find(({ address }) => address === radiator.board)?.phase ?? 1,
	}));
}
