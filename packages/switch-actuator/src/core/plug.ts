import { raises, type Trouble } from '@pilotwire/circuit';
import type { Order } from '@pilotwire/contract';
import { notUnderstood, orderSaid, powerSaidW } from './feedback.ts';
import { payloadOf, type Switched } from './switched.ts';

/** The longest time between two attempts at an output that doesn't obey. Milliseconds. */
const LAST_RETRY_MS = 300_000;

/** Publishes to a device; false where there is no connection. */
export type Say = (topic: string, payload: string) => boolean;

/**
 * One output that is told by a topic, and what is known of it. An order counts once the feedback says so; one that
 * doesn't follow in time is said again, at growing intervals, and until it does nobody knows what the output does: it
 * may draw. Times are the monotonic clock's, milliseconds.
 */
export class Plug {
	readonly circuit: Switched;
	readonly #say: Say;
	#wanted: Order | undefined;
	#confirmed: Order | undefined;
	/** When the order was last said; undefined while it could not be. */
	#saidMs: number | undefined;
	/** The order was said, or is to be said, and no feedback has followed. */
	#awaits = false;
	/** It went lower by itself, and is told again once it is decided that it may rise. */
	#owes = false;
	#failures = 0;
	#complaint: string | undefined;
	/** What came in the place of an answer that could be understood, and why it couldn't. */
	#strange: string | undefined;
	#powerW: number | undefined;

	constructor(circuit: Switched, say: Say) {
		this.circuit = circuit;
		this.#say = say;
	}

	/** The order last confirmed; undefined while nobody knows. */
	get confirmed(): Order | undefined {
		return this.#confirmed;
	}

	/** Whether it does what it is told, as far as anybody knows. */
	get reachable(): boolean {
		return this.#failures === 0;
	}

	/** What is wrong, and what to do. */
	get trouble(): Trouble | undefined {
		if (this.#complaint !== undefined) return { fault: 'no_answer', problem: this.#complaint };
		if (this.#failures === 0) return undefined;
		return { fault: 'no_answer', problem: `${this.#unanswered()}; trying again` };
	}

	/** What was waited for, what came, and what to do. */
	#unanswered(): string {
		const { config } = this.circuit;
		const where = config.feedback?.topic ?? config.power?.topic ?? config.output.topic;
		const waited = `expected ${this.#wanted} on ${where} within ${config.answerS} s`;
		if (this.#strange !== undefined) {
			return `${waited}, it said ${this.#strange}: correct its ${config.feedback === undefined ? 'power' : 'feedback'} in the configuration`;
		}
		const did = this.#confirmed === undefined ? 'it has never answered' : `it last said ${this.#confirmed}`;
		return `${waited}, ${did}: check that it has power and radio`;
	}

	/** What its output itself says is wrong; undefined: nothing any more. */
	complain(problem: string | undefined): void {
		this.#complaint = problem;
	}

	/** What it says it draws, W; undefined where it hasn't since it was switched. */
	get powerW(): number | undefined {
		return this.#confirmed === 'off' ? 0 : this.#powerW;
	}

	/**
	 * Takes what was last published of it in an earlier life, while nothing better is known. That it was on counts only
	 * where that is `fresh`: a power cut may have switched it off, and telling it on again would raise the load.
	 */
	assume(order: Order, fresh: boolean): void {
		if (order === 'off' || fresh) this.#confirmed ??= order;
	}

	/** Tells it an order that it understands, where that is another than before. */
	show(order: Order, nowMs: number): void {
		if (this.#wanted === order && !this.#owes) return;
		this.#wanted = order;
		this.#tell(nowMs);
	}

	/** The broker is back: what was said meanwhile was never heard. */
	connected(nowMs: number): void {
		if (this.#wanted !== undefined) this.#tell(nowMs);
	}

	/** The broker is away. */
	disconnected(): void {
		this.#saidMs = undefined;
		this.#awaits = true;
	}

	/** Takes a message of a topic that it reads; one that the broker kept says only that it was off, where nothing is known. */
	heard(topic: string, text: string, retained: boolean, nowMs: number): void {
		const { config } = this.circuit;
		const powerW = topic === config.power?.topic ? powerSaidW(config, text) : undefined;
		const order = topic === config.feedback?.topic ? orderSaid(config, text) : undefined;
		const said = order ?? (config.feedback === undefined ? this.#orderOf(powerW) : undefined);
		if (said !== undefined) this.#strange = undefined;
		else if (this.#awaits && topic === (config.feedback ?? config.power)?.topic) {
			this.#strange = notUnderstood(config, text);
		}
		if (retained) {
			if (said === 'off') this.#confirmed ??= said;
		} else if (said !== undefined) this.#hear(said, nowMs);
		if (powerW !== undefined && !retained) this.#powerW = powerW;
	}

	/** Says an order again that was not obeyed in time, or that ends unless it is renewed. */
	tick(nowMs: number): void {
		if (this.#wanted === undefined || this.#saidMs === undefined) return;
		const { answerS, output } = this.circuit.config;
		const sinceMs = nowMs - this.#saidMs;
		if (this.#awaits) {
			if (sinceMs < Math.min(LAST_RETRY_MS, answerS * 1000 * 2 ** this.#failures)) return;
			this.#failures += 1;
			this.#tell(nowMs);
		} else if (this.#wanted !== 'off' && output.renewS !== undefined && sinceMs >= output.renewS * 1000) {
			this.#say(output.topic, payloadOf(this.circuit, this.#wanted));
			this.#saidMs = nowMs;
		}
	}

	#tell(nowMs: number): void {
		const { circuit } = this;
		const order = this.#wanted ?? 'off';
		const said = this.#say(circuit.config.output.topic, payloadOf(circuit, order));
		this.#saidMs = said ? nowMs : undefined;
		this.#awaits = true;
		this.#owes = false;
		if (!said || circuit.config.feedback !== undefined || circuit.config.power !== undefined) return;
		// Nothing will ever say whether it obeyed.
		this.#awaits = false;
		this.#confirm(order);
	}

	#hear(said: Order, nowMs: number): void {
		this.#confirm(said);
		if (said === this.#wanted) {
			this.#awaits = false;
			this.#failures = 0;
			return;
		}
		if (this.#awaits || this.#wanted === undefined) return;
		// Somebody pressed its button. It is told again, but not in a race with whoever presses.
		this.#awaits = true;
		if (nowMs - (this.#saidMs ?? Number.NEGATIVE_INFINITY) < this.circuit.config.answerS * 1000) return;
		// After a power cut many come back off at once: each may rise only as far as it is admitted.
		if (raises(said, this.#wanted)) this.#owes = true;
		else this.#tell(nowMs);
	}

	#confirm(order: Order): void {
		// A figure from before it was switched on says nothing of what it draws now.
		if (this.#confirmed === 'off' && order !== 'off') this.#powerW = undefined;
		this.#confirmed = order;
	}

	/** What a power alone says: that it is on, or that it does what it was told, since a thermostat may be satisfied. */
	#orderOf(powerW: number | undefined): Order | undefined {
		if (powerW === undefined) return undefined;
		const isOn = powerW > (this.circuit.config.power?.onAboveW ?? 0);
		if (!isOn) return this.#wanted ?? 'off';
		return this.#wanted === undefined || this.#wanted === 'off' ? 'comfort' : this.#wanted;
	}
}
