import type { Trouble } from '@pilotwire/circuit';
import {
	Board,
	decodeOrders,
	encodeOrders,
	nextChange,
	type Order,
	type PinMap,
	type Ports,
	type ReadBack,
	type RegisterBus,
} from '@pilotwire/pilot-wire';
import type { Clock, PilotwireError, Timer } from '@pilotwire/runtime';
import { boardProblem, faultOf, hex } from '../errors.ts';

/** Waits before a board that doesn't answer is tried again: the first, then doubled up to the last. Milliseconds. */
const FIRST_RETRY_MS = 25;
const LAST_RETRY_MS = 5_000;
/** One failure may be noise on the wires; a second one in a row makes a board unreachable. */
const FAILURES_TO_BE_AWAY = 2;

const HUNG = 'I2C_BUS_HUNG';

/** What a keeper tells its service. */
export interface KeeperEvents {
	/** What is in force, reachable or counted has changed. */
	changed(keeper: BoardKeeper): void;
	/** A chip was found changed and is being set again; `what` is a sentence. */
	found(keeper: BoardKeeper, what: string): void;
}

/** Where a board is and how its wires are used. */
export interface BoardPlace {
	/** Name of the bus, such as `1`. */
	readonly bus: string;
	readonly address: number;
	readonly map: PinMap;
	/** When each wire's pulses begin, ms after the multiples of the period. */
	readonly offsetOf: (wire: number) => number;
}

/**
 * Keeps one board at the orders it was last shown: writes changes at once, moves pulses with the clock, reads back, sets
 * again what was lost, and says what is known to be in force.
 */
export class BoardKeeper {
	readonly id: string;
	readonly address: number;
	resets = 0;
	drifts = 0;
	failures = 0;
	/** Wall clock, milliseconds. */
	readBackAtMs: number | undefined;
	readonly #place: BoardPlace;
	readonly #board: Board;
	readonly #clock: Clock;
	readonly #events: KeeperEvents;
	#wanted: ReadonlyMap<number, Order> = new Map();
	#confirmed: ReadonlyMap<number, Order> = new Map();
	#sequence = 0;
	#failuresInARow = 0;
	#fault: PilotwireError | undefined;
	#stuck = new Map<number | undefined, string>();
	#retry: Timer | undefined;
	#pulse: Timer | undefined;
	#answered = false;
	/** The chip was found reset and is not set again yet. */
	#lost = false;
	#pending = false;
	#verifying = false;
	#stopped = false;

	constructor(bus: RegisterBus, place: BoardPlace, clock: Clock, events: KeeperEvents) {
		this.id = `${place.bus}-${place.address.toString(16).padStart(2, '0')}`;
		this.address = place.address;
		this.#place = place;
		this.#board = new Board(bus, place.address, place.map);
		this.#clock = clock;
		this.#events = events;
	}

	/** Whether it has answered, and failed no more than noise explains. */
	get reachable(): boolean {
		return this.#answered && this.#failuresInARow < FAILURES_TO_BE_AWAY;
	}

	/** Orders are on their way to the chip: what is in force will be known in a moment. */
	get pending(): boolean {
		return this.#pending;
	}

	/** What it was last told to show. */
	get wanted(): ReadonlyMap<number, Order> {
		return this.#wanted;
	}

	/** What is wrong: with the board, or with one wire of it. */
	trouble(wire?: number): Trouble | undefined {
		if (!this.reachable && this.#fault !== undefined) {
			return { fault: faultOf(this.#fault), problem: this.#fault.message };
		}
		const stuck = wire === undefined ? [...this.#stuck.values()] : [this.#stuck.get(wire) ?? ''];
		const problem = stuck.filter((line) => line !== '').join('; ');
		return problem === '' ? undefined : { fault: 'output_stuck', problem };
	}

	/** The order that was last confirmed on a wire; undefined until the chip has answered. */
	confirmed(wire: number): Order | undefined {
		return this.#confirmed.get(wire);
	}

	/** The order that a wire carries as far as anyone knows: no signal, which is comfort, after a reset and at power-on. */
	inForce(wire: number): Order {
		return this.#lost ? 'comfort' : (this.#confirmed.get(wire) ?? 'comfort');
	}

	/** Reads what the chip drives before anything is written to it: that is in force. Never rejects. */
	async look(): Promise<void> {
		try {
			const { latches, driven } = await this.#board.readOutputs();
			const orders = decodeOrders(this.#place.map, latches, driven);
			this.#confirmed = new Map(orders.map((order, index) => [index + 1, order]));
			this.#answered = true;
		} catch (error) {
			this.#count(error);
		}
	}

	/** Puts orders on the wires, by wire number; settles once they stand or the board has failed. Never rejects. */
	show(orders: ReadonlyMap<number, Order>): Promise<void> {
		this.#wanted = orders;
		return this.#write((ports) => this.#board.write(ports));
	}

	/** Sets the whole chip again, such as after a bus that hung. Never rejects. */
	renew(): Promise<void> {
		return this.#write((ports) => this.#board.initialise(ports));
	}

	/** Reads the chip back and sets again what was lost. Never rejects. */
	async verify(): Promise<void> {
		if (this.#verifying || this.#failuresInARow > 0 || this.#stopped || this.#sequence === 0) return;
		this.#verifying = true;
		try {
			await this.#judge(await this.#board.verify());
		} catch (error) {
			this.#failed(error);
		} finally {
			this.#verifying = false;
		}
	}

	/** No timer of this keeper runs any more. */
	stop(): void {
		this.#stopped = true;
		this.#retry?.cancel();
		this.#pulse?.cancel();
	}

	async #judge(found: ReadBack): Promise<void> {
		const before = this.trouble()?.problem;
		this.#stuck = stuckSentences(found);
		this.readBackAtMs = this.#clock.wallMs();
		this.#failuresInARow = 0;
		const reset = wasReset(found);
		if (reset) this.resets += 1;
		else if (found.drifted.length > 0) this.drifts += 1;
		this.#lost = reset;
		if (reset || found.drifted.length > 0) {
			this.#events.found(this, this.#sentence(found));
			await this.renew();
		} else if (before !== this.trouble()?.problem) this.#events.changed(this);
	}

	#sentence(found: ReadBack): string {
		const board = `board ${hex(this.address)}`;
		if (wasReset(found)) return `${board} was reset (its radiators had no signal, which is comfort); it is set again`;
		const registers = found.drifted.map(
			({ register, expected, received }) => `${register} ${hex(received)} instead of ${hex(expected)}`,
		);
		return `${board} had drifted (${registers.join(', ')}); it is set again`;
	}

	async #write(run: (ports: Ports) => Promise<void>): Promise<void> {
		const orders = this.#wanted;
		const sequence = ++this.#sequence;
		const nowMs = this.#clock.monotonicMs();
		const ports = encodeOrders(this.#place.map, orders, nowMs, this.#place.offsetOf);
		this.#schedulePulse(nowMs);
		this.#pending = true;
		try {
			await run(ports);
		} catch (error) {
			if (sequence === this.#sequence) this.#failed(error);
			return;
		}
		if (sequence === this.#sequence) this.#stands(orders);
	}

	#stands(orders: ReadonlyMap<number, Order>): void {
		this.#pending = false;
		this.#retry?.cancel();
		this.#retry = undefined;
		this.#answered = true;
		this.#lost = false;
		this.#failuresInARow = 0;
		this.#confirmed = orders;
		this.#events.changed(this);
	}

	#schedulePulse(nowMs: number): void {
		this.#pulse?.cancel();
		this.#pulse = undefined;
		const changes = [...this.#wanted].map(([wire, order]) => nextChange(order, nowMs, this.#place.offsetOf(wire)));
		const next = Math.min(...changes.map((atMs) => atMs ?? Number.POSITIVE_INFINITY));
		if (next === Number.POSITIVE_INFINITY || this.#stopped) return;
		this.#pulse = this.#clock.after(next - nowMs, () => void this.show(this.#wanted));
	}

	/** What a hung bus refuses is one failure, however long it lasts. */
	#count(error: unknown): void {
		const before = this.reachable ? undefined : this.#fault?.code;
		this.#fault = boardProblem(this.#place.bus, this.address, error);
		if (this.#fault.code !== HUNG || before !== HUNG) this.failures += 1;
		const certain = this.#fault.code.startsWith('I2C_');
		this.#failuresInARow = Math.max(this.#failuresInARow + 1, certain ? FAILURES_TO_BE_AWAY : 0);
	}

	#failed(error: unknown): void {
		this.#pending = false;
		this.#count(error);
		this.#events.changed(this);
		this.#retry?.cancel();
		this.#retry = undefined;
		if (this.#stopped) return;
		const waitMs = Math.min(FIRST_RETRY_MS * 2 ** (this.#failuresInARow - 1), LAST_RETRY_MS);
		this.#retry = this.#clock.after(waitMs, () => {
			this.#retry = undefined;
			void this.renew();
		});
	}
}

/** Every pin an input again is a reset, also where orders were written to the latches since. */
function wasReset({ reset, drifted }: ReadBack): boolean {
	const inputs = drifted.filter(({ register, received }) => register.startsWith('IODIR') && received === 0xff);
	return reset || inputs.length === 2;
}

function stuckSentences(found: ReadBack): Map<number | undefined, string> {
	const sentences = new Map<number | undefined, string>();
	for (const { pin, wire, half, level } of found.stuck) {
		const name = `GP${pin < 8 ? 'A' : 'B'}${pin & 7}`;
		const use = wire === undefined ? 'no wire' : `the ${half} half of wire ${wire}`;
		const sentence = `pin ${name} (${use}) is held at ${level}: look for a short at its opto-triac`;
		const former = sentences.get(wire);
		sentences.set(wire, former === undefined ? sentence : `${former}; ${sentence}`);
	}
	return sentences;
}
