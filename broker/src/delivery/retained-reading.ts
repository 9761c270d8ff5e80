import type { Message } from '../persistence/message.ts';
import type { Peer } from './peer.ts';

/** Retained messages that one client gets, and filters that are looked up for it, before the others have their turn. */
const retainedPerTurn = 500;

/** Retained messages on their way to a new subscription. */
export interface Reading {
	readonly messages: Iterator<Message>;
	readonly qos: 0 | 1 | 2;
	readonly identifiers: readonly number[];
}

/** Who gets retained messages. */
interface Reader {
	/** Whether it takes one now. */
	hasRoom(peer: Peer): boolean;
	takeRetained(peer: Peer, message: Message, how: Reading): void;
	/** Its next turn: comes back, where it still takes any. */
	pump(): void;
}

/** What is retained for new subscriptions of one client: it gets it as it has room, and the others their turns in between. */
export class RetainedReading {
	readonly #reader: Reader;
	#readings: Reading[] = [];
	/** Which of the readings is under way. */
	#at = 0;
	#turnPlanned = false;

	constructor(reader: Reader) {
		this.#reader = reader;
	}

	/** Puts readings behind those under way. */
	add(readings: readonly Reading[]): void {
		this.#readings = [...this.#readings.slice(this.#at), ...readings];
		this.#at = 0;
	}

	/** Its client is gone. */
	clear(): void {
		this.#readings = [];
		this.#at = 0;
	}

	/** Sends what there is room for. */
	goOn(peer: Peer): void {
		if (this.#readings.length === 0) return;
		for (let count = 0; count < retainedPerTurn && this.#reader.hasRoom(peer); count += 1) {
			const reading = this.#readings[this.#at];
			if (reading === undefined) {
				this.clear();
				return;
			}
			const { done, value } = reading.messages.next();
			if (done === true) this.#at += 1;
			else this.#reader.takeRetained(peer, value, reading);
		}
		if (this.#turnPlanned || !this.#reader.hasRoom(peer)) return;
		this.#turnPlanned = true;
		setImmediate(() => {
			this.#turnPlanned = false;
			this.#reader.pump();
		});
	}
}
