// The boards of a house as chips in memory, whose pins drive the radiators' wires.
import { MemoryBoards } from '@pilotwire/cli/replay';
import type { House } from '@pilotwire/house';
import { DEFAULT_PIN_MAP, SIGNAL_HALVES, type Signal } from '@pilotwire/pilot-wire';

/** All boards of the house on one bus. */
export class HouseBoards extends MemoryBoards {
	/** Times that the signal on each radiator's wire has changed, by its index. */
	readonly changes: readonly number[];
	readonly #signals: readonly Signal[];

	constructor(house: House, catchUp: () => void) {
		const { radiators } = house.description;
		const signals: Signal[] = radiators.map(() => 'none');
		const changes = radiators.map(() => 0);
		const boards = [...new Set(radiators.map(({ board }) => board))];
		super(
			boards.map((address) => ({ address, pinMap: DEFAULT_PIN_MAP })),
			(address, wire, signal) => {
				const at = radiators.findIndex((radiator) => radiator.board === address && radiator.wire === wire);
				if (at < 0 || signals[at] === signal) return;
				catchUp();
				signals[at] = signal;
				changes[at] = (changes[at] ?? 0) + 1;
				const { positive, negative } = SIGNAL_HALVES[signal];
				house.radiators.setSignal(at, positive, negative);
			},
		);
		this.changes = changes;
		this.#signals = signals;
	}

	/** The signal on a radiator's wire. */
	signalOf(radiator: number): Signal {
		return this.#signals[radiator] ?? 'none';
	}
}
