import { EventEmitter } from 'node:events';
import { type FSWatcher, watch } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { I2cState, type RegisterWrite } from './i2c-state.ts';
import { type Environment, nativeLibrary } from './native-build.ts';

export { type RegisterWrite, register } from './i2c-state.ts';

/** What a transfer to a chip meets. */
export interface Fault {
	/** The error that it ends with; without one it succeeds (after the hang). ENXIO or EREMOTEIO: nobody answers. */
	readonly error?: 'ENXIO' | 'EREMOTEIO' | 'EIO' | 'ETIMEDOUT' | 'EAGAIN' | 'EBUSY';
	/** It first blocks for this long, and every transfer on the bus behind it. Ends early when the fault is changed. */
	readonly hangMs?: number;
	/** The chip loses its power at that moment: its registers are as after a reset. */
	readonly reset?: boolean;
	readonly on?: 'reads' | 'writes' | 'both';
	/** So many transfers pass before. */
	readonly after?: number;
	/** So many transfers meet it, then it is over; without it, all do until it is cleared. */
	readonly times?: number;
}

/** EREMOTEIO is in no table of Node's; 121 on every Linux architecture the Pi has. */
const errnoOf = { ...constants.errno, EREMOTEIO: 121 };
const operations = { reads: 1, writes: 2, both: 3 };

/**
 * `/dev/i2c-N` with MCP23017 chips, for processes started with `env`. The chips lie in a file: they are the hardware, and
 * outlive the processes. What is read and set here works at once, whichever process uses the bus.
 */
export class VirtualI2cBus {
	/** For child processes; join with others by `preload`. */
	readonly env: Environment;
	readonly #state: I2cState;
	readonly #addresses: readonly number[];
	readonly #events = new EventEmitter().setMaxListeners(0);
	readonly #watcher: FSWatcher;

	private constructor(path: string, bus: number, state: I2cState, addresses: readonly number[]) {
		this.env = {
			LD_PRELOAD: nativeLibrary('fakei2c'),
			PILOTWIRE_I2C_BUS: String(bus),
			PILOTWIRE_I2C_STATE: path,
		};
		this.#state = state;
		this.#addresses = addresses;
		this.#watcher = watch(path, () => this.#events.emit('transfer'));
	}

	/**
	 * Builds the bus in `directory`. Needs gcc. An address without a chip answers EREMOTEIO, as on a Pi.
	 * @param bus N of /dev/i2c-N
	 */
	static create(directory: string, addresses: readonly number[] = [0x20, 0x21, 0x22], bus = 1): VirtualI2cBus {
		const path = join(directory, `i2c-${bus}`);
		return new VirtualI2cBus(path, bus, I2cState.create(path, addresses, errnoOf.EREMOTEIO), addresses);
	}

	/** The chip's 22 registers in the order of BANK = 0, as a reader would see them; GPIO shows the pins. */
	registers(address: number): Uint8Array {
		return this.#state.registers(this.#chip(address));
	}

	/** The registers written over the bus since number `from` (see `mark`), in the order in which the chips took them. */
	writes(from = 0): RegisterWrite[] {
		return this.#state.writes(from);
	}

	/** A mark for `writes` and `written`: only what is written from now on. */
	mark(): number {
		return this.#state.logHead;
	}

	/** Transfers that addressed the chip, those among them that failed, and its resets (the first is its power-on). */
	counters(address: number): { attempts: number; failures: number; resets: number } {
		return this.#state.counters(this.#chip(address));
	}

	/** Gives the chip, or all of them, a fault; undefined takes it away, and ends a hang at once. */
	setFault(address: number | 'all', fault: Fault | undefined): void {
		const record = fault && {
			operations: operations[fault.on ?? 'both'],
			errno: fault.error === undefined ? 0 : errnoOf[fault.error],
			hangMs: fault.hangMs ?? 0,
			skip: fault.after ?? 0,
			times: fault.times ?? 0,
			reset: fault.reset ?? false,
		};
		for (const one of address === 'all' ? this.#addresses : [address]) this.#state.fault(this.#chip(one), record);
	}

	/** Cuts the chip's power for a moment. */
	reset(address: number): void {
		this.#state.reset(this.#chip(address));
	}

	/** Makes a register drift; the number is that of BANK = 0. */
	poke(address: number, number: number, value: number): void {
		this.#state.poke(this.#chip(address), number, value);
	}

	/** Holds pins of port A and port B at a level, whatever the chip drives; masks of 0 let them go. */
	stick(address: number, mask: readonly [number, number], value: readonly [number, number]): void {
		this.#state.stick(this.#chip(address), mask, value);
	}

	/** The levels that the outside gives to the pins of port A and port B that are inputs; 0 until set. */
	level(address: number, levels: readonly [number, number]): void {
		this.#state.level(this.#chip(address), levels);
	}

	/**
	 * Settles when `holds` returns something other than undefined or false, looked at after each transfer on the bus;
	 * fails after `withinMs`, saying `what` it waited for.
	 */
	until<T>(what: string, holds: () => T | undefined | false, withinMs = 10_000): Promise<T> {
		return new Promise((resolve, reject) => {
			const settle = (act: () => void): void => {
				clearTimeout(timer);
				this.#events.off('transfer', look);
				act();
			};
			const look = (): void => {
				try {
					const found = holds();
					if (found !== undefined && found !== false) settle(() => resolve(found));
				} catch (error) {
					settle(() => reject(error));
				}
			};
			const late = new Error(`No ${what} within ${withinMs} ms on the virtual I2C bus`);
			const timer = setTimeout(() => settle(() => reject(late)), withinMs);
			this.#events.on('transfer', look);
			look();
		});
	}

	/** The first register write since `from` that matches, done already or still to come. */
	written(matches: (write: RegisterWrite) => boolean, { from = 0, withinMs = 10_000 } = {}): Promise<RegisterWrite> {
		return this.until('such register write', () => this.writes(from).find(matches), withinMs);
	}

	/** Stops watching; the file goes with its directory. */
	close(): void {
		this.#watcher.close();
		this.#state.close();
	}

	#chip(address: number): number {
		const chip = this.#addresses.indexOf(address);
		if (chip < 0) throw new Error(`The virtual I2C bus has no chip at 0x${address.toString(16)}`);
		return chip;
	}
}
