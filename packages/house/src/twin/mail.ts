import type { Random } from '../random.ts';
import type { Faults } from './faults.ts';

/** Messages under way on one topic: they may come late or never, and keep their order. */
export class Mail<Message> {
	readonly #faults: Faults;
	readonly #random: Random;
	readonly #deliver: (message: Message) => void;
	#queue: { readonly atMs: number; readonly message: Message }[] = [];

	constructor(faults: Faults, random: Random, deliver: (message: Message) => void) {
		this.#faults = faults;
		this.#random = random;
		this.#deliver = deliver;
	}

	post(message: Message, nowMs: number): void {
		const nowS = nowMs / 1000;
		const lost = this.#faults.at('lost', nowS);
		if (lost !== undefined && this.#random() < (lost.amount ?? 0)) return;
		const late = this.#faults.at('late', nowS);
		const dueMs = nowMs + (late === undefined ? 0 : this.#random() * (late.amount ?? 0) * 1000);
		const atMs = Math.max(dueMs, this.#queue.at(-1)?.atMs ?? dueMs);
		if (atMs <= nowMs && this.#queue.length === 0) this.#deliver(message);
		else this.#queue.push({ atMs, message });
	}

	/** Hands over what has arrived by now. */
	arrive(nowMs: number): void {
		while (this.#queue[0] !== undefined && this.#queue[0].atMs <= nowMs) {
			const { message } = this.#queue.shift() as { message: Message };
			this.#deliver(message);
		}
	}
}
