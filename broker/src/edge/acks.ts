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
	#slots: Slot[] = [];
	/** How many of the slots are sent. */
	#sent = 0;
	readonly #events: AckEvents;

	constructor(events: AckEvents) {
		this.#events = events;
	}

	/** Answers that wait. */
	get length(): number {
		return this.#slots.length - this.#sent;
	}

	/** Sends an answer once `stored` holds and all before it are sent. */
	add(bytes: Buffer, stored: Promise<unknown> | undefined): void {
		if (stored === undefined && this.length === 0) {
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
		const before = this.#sent;
		for (let slot = this.#slots[this.#sent]; slot?.ready === true; slot = this.#slots[this.#sent]) {
			this.#sent += 1;
			this.#events.send(slot.bytes);
		}
		if (this.#sent === before) return;
		// Not each time: many wait for one commit, and are ready one after the other.
		if (this.#sent * 2 >= this.#slots.length) {
			this.#slots = this.#slots.slice(this.#sent);
			this.#sent = 0;
		}
		this.#events.onAdvance();
	}
}
