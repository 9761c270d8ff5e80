// The boards of a house as chips in memory, with all that a board can do wrong.
import { decodeSignals, Mcp23017Chip, type PinMap, type Signal } from '@pilotwire/pilot-wire';
import type { RadiatorActuator } from '@pilotwire/radiator-actuator';

/** What the radiator-actuator reaches through. */
export type Outside = NonNullable<ConstructorParameters<typeof RadiatorActuator>[3]>;

interface MemoryBoard {
	readonly address: number;
	readonly pinMap: PinMap;
	readonly chip: Mcp23017Chip;
	dead: boolean;
}

/** All boards on one bus. */
export class MemoryBoards {
	readonly #boards: ReadonlyMap<number, MemoryBoard>;
	readonly #drive: (address: number, wire: number, signal: Signal) => void;

	/** @param drive called with what stands on each wire (1 to 8) after each change of a chip register */
	constructor(
		boards: readonly { readonly address: number; readonly pinMap: PinMap }[],
		drive: (address: number, wire: number, signal: Signal) => void,
	) {
		this.#boards = new Map(boards.map((board) => [board.address, { ...board, chip: new Mcp23017Chip(), dead: false }]));
		this.#drive = drive;
	}

	get addresses(): number[] {
		return [...this.#boards.keys()];
	}

	/** The way of one process to the boards; once `isAlive` says no, nothing of it reaches them any more. */
	port(isAlive: () => boolean): Outside['port'] {
		const boardAt = (address: number): MemoryBoard => {
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
				this.#show(board);
			},
		};
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

	#change(address: number, change: (board: MemoryBoard) => void): void {
		const board = this.#boards.get(address);
		if (board === undefined) throw new RangeError(`expected one of ${this.addresses.join(', ')}, got ${address}`);
		change(board);
		this.#show(board);
	}

	#show({ address, pinMap, chip }: MemoryBoard): void {
		for (const [at, signal] of decodeSignals(pinMap, chip.levels, chip.driven).entries()) {
			this.#drive(address, at + 1, signal);
		}
	}
}
