import { type Order, orderLevel, whoWins } from '@pilotwire/circuit';
import type { House } from '../house.ts';
import type { Verdict } from './controller.ts';

/** Wire signals, bit 0 the positive half, bit 1 the negative half; the twin's programmes use no pulses. */
const SIGNAL: Readonly<Record<Order, number>> = {
	comfort: 0,
	'comfort_-1': 0,
	'comfort_-2': 0,
	eco: 3,
	frost_protection: 2,
	off: 1,
};

/** The radiator-actuator: what is wanted, what stands on the wires, and what became of it. */
export class TwinActuator {
	readonly wanted: Order[];
	readonly inForce: Order[];
	/** Changes on the wire, less those that the programme asks for anyway, by circuit. */
	readonly switchings: Int32Array;
	/** When each began to have less than it wants, s; -1 where it has it. */
	readonly waitingSinceS: Float64Array;
	/** Since when each is told not to heat, s; -1 where it may. */
	readonly heldSinceS: Float64Array;
	longestWaitS = 0;
	/** The same, less the time in which the phase would have had no room for it even if all other circuits had been off. */
	longestWaitWithRoomS = 0;
	readonly #house: House;
	/** Of the present wait, the time without room, s. */
	readonly #roomlessS: Float64Array;

	constructor(house: House, wanted: readonly Order[]) {
		const { count } = house.radiators;
		this.#house = house;
		this.wanted = [...wanted];
		this.inForce = [...wanted];
		this.switchings = new Int32Array(count);
		this.waitingSinceS = new Float64Array(count).fill(-1);
		this.heldSinceS = new Float64Array(count).fill(-1);
		this.#roomlessS = new Float64Array(count);
		for (const [index, order] of wanted.entries()) this.#write(index, order);
	}

	/** The programme asks for another order. @returns whether it does */
	want(index: number, order: Order): boolean {
		if (this.wanted[index] === order) return false;
		this.wanted[index] = order;
		this.switchings[index] = (this.switchings[index] as number) - 1;
		return true;
	}

	/** Carries out a verdict for one circuit, as who-wins says. @returns whether its wire changed */
	obey(index: number, verdict: Verdict): boolean {
		const { target } = whoWins({
			nowMs: 0,
			programme: this.wanted[index] as Order,
			control: 'lease',
			shed: verdict.shed[index] === 1,
			shedOrder: verdict.shedOrder,
			admitted: verdict.admitted[index],
			inForce: this.inForce[index] as Order,
		});
		return this.put(index, target);
	}

	/**
	 * Puts an order on a wire.
	 * @param silent its board doesn't answer: nothing changes
	 * @param deaf the order reaches the wire, and the radiator doesn't obey
	 * @returns whether the wire changed
	 */
	put(index: number, target: Order, silent = false, deaf = false): boolean {
		const before = this.inForce[index] as Order;
		if (target !== before && !silent) {
			this.switchings[index] = (this.switchings[index] as number) + 1;
			this.inForce[index] = target;
			if (!deaf) this.#write(index, target);
		}
		this.#watch(index);
		return before !== this.inForce[index];
	}

	/** The chip lost what it had: no signal. */
	forget(index: number): void {
		this.#write(index, 'comfort');
	}

	/** What stands in the books is written again. */
	rewrite(index: number): void {
		this.#write(index, this.inForce[index] as Order);
	}

	/** Whether any radiator has less than it wants. */
	get anyWaits(): boolean {
		return this.waitingSinceS.some((sinceS) => sinceS >= 0);
	}

	/** While it waits, nobody could have given it a place for so long. */
	noRoom(index: number, forS: number): void {
		this.#roomlessS[index] = (this.#roomlessS[index] as number) + forS;
	}

	/** Counts the waits that still last. */
	finish(): void {
		const nowS = this.#house.elapsedMs / 1000;
		for (const [index, sinceS] of this.waitingSinceS.entries()) if (sinceS >= 0) this.#count(index, nowS - sinceS);
	}

	#count(index: number, waitedS: number): void {
		this.longestWaitS = Math.max(this.longestWaitS, waitedS);
		const withRoomS = waitedS - (this.#roomlessS[index] as number);
		this.longestWaitWithRoomS = Math.max(this.longestWaitWithRoomS, withRoomS);
	}

	#watch(index: number): void {
		const nowS = this.#house.elapsedMs / 1000;
		const order = this.inForce[index];
		if (order !== 'off' && order !== 'frost_protection') this.heldSinceS[index] = -1;
		else if ((this.heldSinceS[index] as number) < 0) this.heldSinceS[index] = nowS;
		const sinceS = this.waitingSinceS[index] as number;
		const waits = orderLevel(this.inForce[index] as Order) < orderLevel(this.wanted[index] as Order);
		if (waits && sinceS < 0) {
			this.waitingSinceS[index] = nowS;
			this.#roomlessS[index] = 0;
		}
		if (waits || sinceS < 0) return;
		this.#count(index, nowS - sinceS);
		this.waitingSinceS[index] = -1;
	}

	#write(index: number, order: Order): void {
		const signal = SIGNAL[order];
		this.#house.radiators.setSignal(index, (signal & 1) !== 0, (signal & 2) !== 0);
	}
}
