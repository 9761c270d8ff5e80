// The boards of a house as chips in memory, whose pins drive the radiators' wires.
import type { House } from '@pilotwire/house';
import { DEFAULT_PIN_MAP, decodeSignals, Mcp23017Chip, SIGNAL_HALVES, type Signal } from '@pilotwire/pilot-wire';
import type { RadiatorActuator } from '@pilotwire/radiator-actuator';

export type Outside = NonNullable<ConstructorParameters<typeof RadiatorActuator>[3]>;

interface HouseBoard {
	readonly chip: Mcp23017Chip;
	/** By wire, from wire 1: the index of the radiator there, or -1. */
	readonly radiators: readonly number[];
	dead: boolean;
}

/** All boards of the house on one bus. */
export class HouseBoards {
	/** Times that the signal on each radiator's wire has changed, by its index. */
	readonly changes: number[];
	readonly #house: House;
	readonly #catchUp: () => void;
	readonly #boards = new Map<number, HouseBoard>();
	readonly #signals: Signal[];

	constructor(house: House, catchUp: () => void) {
		const { radiators } = house.description;
		this.#house = house;
		this.#catchUp = catchUp;
		this.#signals = radiators.map(() => 'none');
		this.changes = radiators.map(() => 0);
		for (const address of new Set(radiators.map(({ board }) => board))) {
			const wired = DEFAULT_PIN_MAP.wires.map((_, at) =>
				radiators.findIndex(({ board, wire }) => board === address && wire === at + 1),
			);
			this.#boards.set(address, { chip: new Mcp23017Chip(), radiators: wired, dead: false });
		}
	}

	get addresses(): number[] {
		return [...this.#boards.keys()];
	}

	/** The way of one process to the boards; once `isAlive` says no, nothing of it reaches them any more. */
	port(isAlive: () => boolean): Outside['port'] {
		const boardAt = (address: number): HouseBoard => {
			const board = this.#boards.get(address);
			if (isAlive() && board !== undefined && !board.dead) return board;
			throw Object.assign(new Error('EREMOTEIO, no answer'), { code: 'EREMOTEIO' });
		};
		return {
			open: async () => undefined,
			close: async () => undefined,
			read: async (address, register) => boardAt(address).chip.read(register),
			write: async (address, register, value) => {
				const board = boardAt(address);
				board.chip.write(register, value);
				this.#drive(board);
			},
		};
	}

	/** The signal on a radiator's wire. */
	signalOf(radiator: number): Signal {
		return this.#signals[radiator] ?? 'none';
	}

	/** A chip forgets everything, as after a dip of its supply. */
	reset(address: number): void {
		this.#change(address, ({ chip }) => chip.reset());
	}

	/** A chip register changes by itself. */
	drift(address: number, register: number, value: number): void {
		this.#change(address, ({ chip }) => chip.write(register, value));
	}

	/** A board without power answers nobody, and drives nothing. */
	setDead(address: number, dead: boolean): void {
		this.#change(address, (board) => {
			board.dead = dead;
			board.chip.reset();
		});
	}

	#change(address: number, change: (board: HouseBoard) => void): void {
		const board = this.#boards.get(address);
		if (board === undefined) throw new RangeError(`expected one of ${this.addresses.join(', ')}, got ${address}`);
		change(board);
		this.#drive(board);
	}

	#drive({ chip, radiators }: HouseBoard): void {
		this.#catchUp();
		for (const [at, signal] of decodeSignals(DEFAULT_PIN_MAP, chip.levels, chip.driven).entries()) {
			const radiator = radiators[at] ?? -1;
			if (radiator < 0 || this.#signals[radiator] === signal) continue;
			this.#signals[radiator] = signal;
			this.changes[radiator] = (this.changes[radiator] ?? 0) + 1;
			const { positive, negative } = SIGNAL_HALVES[signal];
			this.#house.radiators.setSignal(radiator, positive, negative);
		}
	}
}
