import type { House, HouseDescription } from '@pilotwire/house';
import {
	DEFAULT_PIN_MAP,
	decodeSignals,
	Mcp23017Chip,
	type PinMap,
	SIGNAL_HALVES,
	type Signal,
} from '@pilotwire/pilot-wire';
import { type BusAnswer, OPERATION, STATUS } from '../i2c-protocol.ts';

/** `working`; `mute`: its chip doesn't answer but drives its wires on; `dead`: it has no power at all. */
export type BoardCondition = 'working' | 'mute' | 'dead';

interface SimulatedBoard {
	readonly chip: Mcp23017Chip;
	readonly map: PinMap;
	/** By wire, from wire 1: the index of the radiator there, or -1. */
	readonly radiators: readonly number[];
	condition: BoardCondition;
}

/** The boards on the simulated bus: chips whose pins drive the radiators' wires. */
export class Boards {
	readonly #house: House;
	readonly #boards = new Map<number, SimulatedBoard>();

	constructor(house: House) {
		this.#house = house;
		const { radiators } = house.description;
		for (const address of new Set(radiators.map(({ board }) => board))) {
			const map = pinMapOf(house.description, address);
			const wired = map.wires.map((_, at) =>
				radiators.findIndex((one) => one.board === address && one.wire === at + 1),
			);
			this.#boards.set(address, { chip: new Mcp23017Chip(), map, radiators: wired, condition: 'working' });
		}
	}

	/** One transaction; the house must have been brought to the present. */
	transact(operation: number, address: number, register: number, value: number): BusAnswer {
		const board = this.#boards.get(address);
		if (board === undefined) return { status: STATUS.ENXIO, value: 0 };
		if (board.condition !== 'working') return { status: STATUS.EREMOTEIO, value: 0 };
		if (operation === OPERATION.read) return { status: STATUS.ok, value: board.chip.read(register) };
		if (operation !== OPERATION.write) return { status: STATUS.EIO, value: 0 };
		board.chip.write(register, value);
		this.#drive(board);
		return { status: STATUS.ok, value: 0 };
	}

	get addresses(): number[] {
		return [...this.#boards.keys()];
	}

	has(address: number): boolean {
		return this.#boards.has(address);
	}

	conditionOf(address: number): BoardCondition | undefined {
		return this.#boards.get(address)?.condition;
	}

	/** The signal on each wire of a board, wire 1 first. */
	signalsOf(address: number): Signal[] {
		const board = this.#boards.get(address);
		return board === undefined ? [] : signals(board);
	}

	/** A chip forgets everything, as after a dip of its supply. */
	reset(address: number): void {
		this.#change(address, ({ chip }) => chip.reset());
	}

	/** A chip register changes by itself; one without power has none. */
	drift(address: number, register: number, value: number): void {
		this.#change(address, ({ chip, condition }) => {
			if (condition !== 'dead') chip.write(register, value);
		});
	}

	/** A pin is held at a level, or let go. */
	stick(address: number, pin: number, level: 0 | 1 | undefined): void {
		this.#change(address, ({ chip }) => chip.stick(pin, level));
	}

	/** Power that went takes the chip's registers with it. */
	setCondition(address: number, condition: BoardCondition): void {
		this.#change(address, (board) => {
			if (condition === 'dead') board.chip.reset();
			board.condition = condition;
		});
	}

	#change(address: number, change: (board: SimulatedBoard) => void): void {
		const board = this.#boards.get(address);
		if (board === undefined) return;
		change(board);
		this.#drive(board);
	}

	#drive(board: SimulatedBoard): void {
		for (const [at, signal] of signals(board).entries()) {
			const radiator = board.radiators[at] ?? -1;
			const { positive, negative } = SIGNAL_HALVES[signal];
			if (radiator >= 0) this.#house.radiators.setSignal(radiator, positive, negative);
		}
	}
}

function signals({ chip, map }: SimulatedBoard): Signal[] {
	return decodeSignals(map, chip.levels, chip.driven);
}

function pinMapOf(description: HouseDescription, address: number): PinMap {
	return description.boards.find((board) => board.address === address) ?? DEFAULT_PIN_MAP;
}
