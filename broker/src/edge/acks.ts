/** Where the answers go, and who hears of what becomes of them. */
export interface AckEvents {
	send(bytes: Buffer): void;
	/** Fewer wait than before. */
	onAdvance(): void;
	/** Something could not be stored: its answer and all later ones are never sent. */
	onFailure(error: unknown): void;
}

interface Slot {
	readonly bytes: Buffer;
	ready: boolean;
}

/**
 * The answers to PUBLISH packets, in the order these came (MQTT 3.1.1 section 4.6), each held until what it promises is
 * stored.
 */
export class AckLine {
	readonly #slots: Slot[] = [];
	readonly #events: AckEvents;

	constructor(events: AckEvents) {
		this.#events = events;
	}

	/** Answers that wait. */
	get length(): number {
		return this.#slots.length;
	}

	/** Sends an answer once `stored` holds and all before it are sent. */
	add(bytes: Buffer, stored: Promise<unknown> | undefined): void {
		if (stored === undefined && this.#slots.length === 0) {
			this.#events.send(bytes);
			return;
		}
		const slot: Slot = { bytes, ready: stored === undefined };
		this.#slots.push(slot);
		stored?.then(
			() => {
				slot.ready = true;
				this.#advance();
			},
			(error: unknown) => this.#events.onFailure(error),
		);
	}

	#advance(): void {
		let count = 0;
		for (const { bytes, ready } of this.#slots) {
			if (!ready) break;
			this.#events.send(bytes);
			count += 1;
		}
		if (count === 0) return;
		this.#slots.splice(0, count);
		this.#events.onAdvance();
	}
}
