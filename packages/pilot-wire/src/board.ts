/** One board: an MCP23017 behind a two-method register bus, driven so that no failure leaves a wrong belief. */
import { addressOf, IOCON_BANK, type Port } from './chip-registers.ts';
import { PilotWireError } from './errors.ts';
import type { PinMap, Ports } from './pin-map.ts';
import { type Drift, LOOKS, type Look, looksReset, type ReadBack, type ReadBackName, stuckPins } from './read-back.ts';

/**
 * The bus that carries chip registers. `address` is the chip's 7-bit I2C address, `register` and the value are bytes.
 * Either call may reject; it must settle (a time limit is the bus's affair), and a call that was given up for late must
 * not reach the chip after a later one.
 */
export interface RegisterBus {
	read(address: number, register: number): Promise<number>;
	write(address: number, register: number, value: number): Promise<void>;
}

/** What a chip was found doing: its latches, and which pins it drives (1 = output; none after a reset). */
export interface Outputs {
	readonly latches: Ports;
	readonly driven: Ports;
}

const IOCON_BANK_0 = addressOf('IOCON');
const IOCON_BANK_1 = addressOf('IOCON', 'A', 1);

/**
 * A board. Nothing touches the bus before the first call. What the chip holds is believed only as far as the bus has
 * confirmed it: after a failed write the latch is unknown and is written again by the next `write`.
 *
 * Calls may overlap. Writes run one at a time and the newest ports win: a `write` made while another runs joins it, and
 * both settle once the chip holds the newest ports, or reject together. `verify` reads between writes and never holds
 * one up.
 *
 * All 16 pins are outputs, those that no wire uses too, inactive: a floating input draws current and reads noise, and
 * the data sheet (revision D) forbids GPA7 and GPB7 as inputs.
 */
export class Board {
	readonly address: number;
	readonly #bus: RegisterBus;
	readonly #map: PinMap;
	/** The ports last asked for; what the chip should hold. */
	#wanted: Ports | undefined;
	/** What each latch is known to hold; undefined = unknown. */
	#latches: Record<Port, number | undefined> = { A: undefined, B: undefined };
	/** Directions and IOCON are known to be right. */
	#configured = false;
	/** Counts the requests to configure, so that one made during another is not lost. */
	#requests = 0;
	/** Counts the latch writes, so that a read that overlapped one is made again. */
	#writes = 0;
	#running: Promise<void> | undefined;

	/** A board at I2C `address` on `bus`; `map` must be without faults (`pinMapFaults`). */
	constructor(bus: RegisterBus, address: number, map: PinMap) {
		this.#bus = bus;
		this.address = address;
		this.#map = map;
	}

	/**
	 * What the chip drives now; only reads, in whichever bank layout the chip is in. For the first moment of a process:
	 * the orders found are those in force. Rejects with `bus_failed`.
	 */
	async readOutputs(): Promise<Outputs> {
		const bank = await this.#findBank();
		const a = await this.#read('OLATA', addressOf('OLAT', 'A', bank));
		const b = await this.#read('OLATB', addressOf('OLAT', 'B', bank));
		const inputsA = await this.#read('IODIRA', addressOf('IODIR', 'A', bank));
		const inputsB = await this.#read('IODIRB', addressOf('IODIR', 'B', bank));
		return { latches: { a, b }, driven: { a: ~inputsA & 0xff, b: ~inputsB & 0xff } };
	}

	/**
	 * Sets the whole chip, outputs before directions, so that a pin becomes an output only with the right level behind
	 * it: bank layout, IOCON, OLAT, IPOL, IODIR. Rejects with `bus_failed`; what is not confirmed is then unknown.
	 */
	initialise(ports: Ports): Promise<void> {
		this.#requests++;
		this.#configured = false;
		this.#latches = { A: undefined, B: undefined };
		return this.write(ports);
	}

	/**
	 * Makes the chip hold `ports` with the fewest bus writes: none if it does, one for each port that differs, the whole
	 * `initialise` if the chip is not known to be set. Rejects with `bus_failed`.
	 */
	write(ports: Ports): Promise<void> {
		this.#wanted = ports;
		this.#running ??= Promise.resolve().then(() => this.#run());
		return this.#running;
	}

	/**
	 * Reads back IOCON, IPOL, IODIR, OLAT and GPIO, one bus read at a time. `between` is awaited before each read: let
	 * urgent writes go there (at most one read is ever ahead of them), or reject to give up. Each byte is compared with
	 * what the board should hold at the moment of its read, so pulses and orders may change meanwhile. What has drifted
	 * is no longer believed: the next `write` or `repair` sets it again.
	 * Rejects with `bus_failed`, or `board_never_written` before the first `write` or `initialise`.
	 */
	async verify(between: () => void | Promise<void> = () => {}): Promise<ReadBack> {
		this.#should();
		const received = new Map<ReadBackName, number>();
		const drifted: Drift[] = [];
		const stuck: ReadBack['stuck'][number][] = [];
		for (const look of LOOKS) {
			const drift = await this.#look(look, between, received);
			if (drift === undefined) continue;
			const port = look.name.at(-1) as Port;
			if (!look.name.startsWith('GPIO')) drifted.push(drift);
			else if (drifted.length === 0) stuck.push(...stuckPins(this.#map, port, drift.expected, drift.received));
		}
		return { reset: looksReset(received), drifted, stuck };
	}

	/**
	 * Sets the whole chip again to the ports last asked for, as `initialise` does: writing what is already right changes
	 * no level. Rejects with `bus_failed`, or `board_never_written`.
	 */
	async repair(): Promise<void> {
		await this.initialise(this.#should());
	}

	/**
	 * Brings the chip to the newest ports, one bus write at a time, until nothing differs. It steps down in the same turn
	 * as its last comparison, so that no `write` can join a run that no longer looks.
	 */
	async #run(): Promise<void> {
		try {
			for (;;) {
				const { a, b } = this.#should();
				if (!this.#configured) await this.#configure();
				else if (this.#latches.A !== a) await this.#latch('A', a);
				else if (this.#latches.B !== b) await this.#latch('B', b);
				else return;
			}
		} finally {
			this.#running = undefined;
		}
	}

	/**
	 * Writing 0 where IOCON lies in bank 1 brings a chip in bank 1 back to bank 0. On a chip in bank 0 that address is
	 * GPINTENB, which is 0 anyway: so the bank is repaired without being known, and without touching an output.
	 */
	async #configure(): Promise<void> {
		const request = this.#requests;
		await this.#write('IOCON', IOCON_BANK_1, 0);
		await this.#write('IOCON', IOCON_BANK_0, 0);
		await this.#latch('A', this.#should().a);
		await this.#latch('B', this.#should().b);
		for (const register of ['IPOL', 'IODIR'] as const) {
			for (const port of ['A', 'B'] as const) {
				await this.#write(`${register}${port}`, addressOf(register, port), 0);
			}
		}
		this.#configured = request === this.#requests;
	}

	async #latch(port: Port, value: number): Promise<void> {
		this.#latches[port] = undefined;
		this.#writes++;
		try {
			await this.#write(`OLAT${port}`, addressOf('OLAT', port), value);
		} finally {
			this.#writes++;
		}
		this.#latches[port] = value;
	}

	/** One look of a read-back, made again while writes overlap it. */
	async #look(
		look: Look,
		between: () => void | Promise<void>,
		received: Map<ReadBackName, number>,
	): Promise<Drift | undefined> {
		for (;;) {
			await between();
			const before = this.#writes;
			const value = await this.#read(look.name, look.address);
			if (this.#running !== undefined || before !== this.#writes) {
				await this.#running?.catch(() => {});
				continue;
			}
			received.set(look.name, value);
			const expected = this.#expected(look);
			if (value === expected) return undefined;
			this.#distrust(look);
			return { register: look.name, expected, received: value };
		}
	}

	#expected(look: Look): number {
		const { a, b } = this.#should();
		return look.expect === 'zero' ? 0 : look.expect === 'latchA' ? a : b;
	}

	#distrust(look: Look): void {
		if (look.name.startsWith('GPIO')) return;
		if (look.expect === 'zero') this.#configured = false;
		else this.#latches[look.expect === 'latchA' ? 'A' : 'B'] = undefined;
	}

	/**
	 * The bank layout: where bank 1 has IOCON, bank 0 has GPINTENB (always 0 here); its copy for port B lies on OLATB, so
	 * both must show the bank bit and agree.
	 */
	async #findBank(): Promise<0 | 1> {
		const first = await this.#read('IOCON', IOCON_BANK_1);
		if ((first & IOCON_BANK) === 0) return 0;
		return (await this.#read('IOCON', addressOf('IOCON', 'B', 1))) === first ? 1 : 0;
	}

	#should(): Ports {
		if (this.#wanted !== undefined) return this.#wanted;
		const advice = 'initialise the board before reading it back';
		throw new PilotWireError('board_never_written', 'a board that was initialised', 'one that never was', advice);
	}

	async #read(name: string, register: number): Promise<number> {
		try {
			return await this.#bus.read(this.address, register);
		} catch (error) {
			throw this.#failure(`reading ${name}`, error);
		}
	}

	async #write(name: string, register: number, value: number): Promise<void> {
		try {
			await this.#bus.write(this.address, register, value);
		} catch (error) {
			throw this.#failure(`writing ${name}`, error);
		}
	}

	#failure(doing: string, cause: unknown): PilotWireError {
		const board = `board 0x${this.address.toString(16)}`;
		const reason = cause instanceof Error ? cause.message : String(cause);
		const advice = 'check its power, its wiring and its address';
		return new PilotWireError('bus_failed', `${board} to answer`, `"${reason}" while ${doing}`, advice, cause);
	}
}
