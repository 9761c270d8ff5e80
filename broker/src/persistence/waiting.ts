import type { SqlStatement } from '@pilotwire/runtime';
import { type Message, ownMessage, weightOf } from './message.ts';
import type { Storable } from './storable.ts';
import { messageRow, waitingRow } from './tables.ts';

/** A message that waits for one client or many: in memory and in the file it is there once. */
export class Body implements Storable {
	stored = false;
	readonly number: number;
	/** Since when it waits in this life of the broker, monotonic clock, ms. */
	readonly sinceMs: number;
	/** Held for a moment only, until `stay`. */
	message: Message;
	/** What it takes up, bytes. */
	readonly weight: number;
	/** How many clients with a kept session it waits for. */
	refs = 0;
	/** Its place in the log of a cluster; absent where it did not come from there. */
	at: string | undefined;

	constructor(number: number, sinceMs: number, message: Message) {
		this.number = number;
		this.sinceMs = sinceMs;
		this.message = message;
		this.weight = weightOf(message);
	}

	get gone(): boolean {
		return this.refs === 0;
	}

	/** Its client is absent: it may wait for days, and then holds no more memory than it counts for. */
	stay(): void {
		this.message = ownMessage(this.message);
	}

	put(): SqlStatement {
		return messageRow.put(this.number, this.message);
	}

	remove(): SqlStatement[] {
		return [messageRow.remove(this.number)];
	}
}

/** What each client for which a message waits adds to it, roughly, in bytes of memory. */
export const waitingBytes = 200;

/** How a message waits for a client. */
export interface Wait {
	readonly qos: 1 | 2;
	readonly retain: boolean;
	readonly identifiers: readonly number[];
	/** The shared subscription that it goes out for. */
	readonly group?: string | undefined;
}

/**
 * What a message is that waits only as long as its receiver's connection stands: it is never written, and bounded by
 * whoever sends it.
 */
export interface Passing {
	/** It is not to be sent any more. */
	readonly isOver: boolean;
	/** It was acknowledged, or never will be; told again it does nothing. */
	settle(): void;
}

/** A message of QoS 1 or 2 that a client has not acknowledged. */
export class Waiting implements Storable {
	stored = false;
	/** Acknowledged, or dropped. */
	done = false;
	/** Packet identifier, once it has one; else 0. */
	messageId = 0;
	/** QoS 2: the client has it, a PUBREL was written or is to be. */
	released = false;
	/** It may have reached the client before. */
	dup = false;
	readonly body: Body;
	readonly how: Wait;
	readonly session: number;
	readonly position: number;
	readonly passing: Passing | undefined;

	constructor(session: number, position: number, body: Body, how: Wait, passing?: Passing) {
		this.session = session;
		this.position = position;
		this.body = body;
		this.how = how;
		this.passing = passing;
	}

	get gone(): boolean {
		return this.done;
	}

	get qos(): 1 | 2 {
		return this.how.qos;
	}

	get retain(): boolean {
		return this.how.retain;
	}

	get identifiers(): readonly number[] {
		return this.how.identifiers;
	}

	/** Bytes that it adds to its queue; what passes is bounded elsewhere. */
	get weight(): number {
		return this.passing === undefined ? this.body.weight + waitingBytes : 0;
	}

	/** What it adds to the number of messages in its queue. */
	get count(): 0 | 1 {
		return this.passing === undefined ? 1 : 0;
	}

	put(): SqlStatement {
		const { session, position, messageId, released, how } = this;
		// At QoS 1 a redelivery may come with another identifier: writing it is worth no write.
		const packet = how.qos === 2 ? messageId : 0;
		return waitingRow.put({ session, position, message: this.body.number, ...how, packet, released });
	}

	remove(): SqlStatement[] {
		return [waitingRow.remove(this.session, this.position)];
	}
}

/** What waits for one client, in order: first what was sent and not acknowledged, then what was not sent yet. */
export class Queue {
	/** Sent, by packet identifier, in the order of sending. */
	readonly inFlight = new Map<number, Waiting>();
	#unsent: Waiting[] = [];
	#head = 0;
	/** Dropped ones among the unsent. */
	#dead = 0;
	#length = 0;
	#lastId = 0;
	/** What all of it takes up, bytes. */
	bytes = 0;

	/** How many there are, sent or not, without those that only pass. */
	get length(): number {
		return this.#length;
	}

	add(item: Waiting): void {
		this.#unsent.push(item);
		this.#length += item.count;
		this.bytes += item.weight;
	}

	/** What the file held, in order: what has an identifier may have been sent. */
	restore(item: Waiting): void {
		if (item.messageId === 0) this.add(item);
		else {
			this.inFlight.set(item.messageId, item);
			this.#length += 1;
			this.bytes += item.weight;
		}
	}

	/** The next to be sent. */
	get next(): Waiting | undefined {
		while (this.#head < this.#unsent.length) {
			const item = this.#unsent[this.#head] as Waiting;
			if (!item.done) return item;
			this.#dead -= 1;
			this.#skip();
		}
		return undefined;
	}

	/** It is sent now: gives it an identifier, unless it has one. */
	sent(item: Waiting): void {
		if (this.#unsent[this.#head] === item) this.#skip();
		// One that had it elsewhere may find it in use here.
		if (item.messageId === 0 || this.inFlight.has(item.messageId)) item.messageId = this.#freeId();
		this.inFlight.set(item.messageId, item);
	}

	/** Acknowledged or dropped. */
	remove(item: Waiting): void {
		if (item.done) return;
		item.done = true;
		if (this.inFlight.get(item.messageId) === item) this.inFlight.delete(item.messageId);
		else this.#dead += 1;
		this.#length -= item.count;
		this.bytes -= item.weight;
	}

	/** Lets go of what was dropped before it was sent: while its client is absent nothing else does. */
	compact(): void {
		if (this.#dead === 0) return;
		this.#unsent = this.#unsent.slice(this.#head).filter(({ done }) => !done);
		this.#head = 0;
		this.#dead = 0;
	}

	/** All of it, oldest first. */
	*all(): Generator<Waiting> {
		yield* this.inFlight.values();
		for (let at = this.#head; at < this.#unsent.length; at += 1) {
			const item = this.#unsent[at] as Waiting;
			if (!item.done) yield item;
		}
	}

	#skip(): void {
		this.#head += 1;
		if (this.#head < 1000 || this.#head * 2 < this.#unsent.length) return;
		this.#unsent = this.#unsent.slice(this.#head);
		this.#head = 0;
	}

	#freeId(): number {
		do this.#lastId = (this.#lastId % 65_535) + 1;
		while (this.inFlight.has(this.#lastId));
		return this.#lastId;
	}
}
