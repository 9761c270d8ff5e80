import type { Limits } from '../options.ts';
import { isExpired, type Message } from '../persistence/message.ts';
import type { Session, Target } from '../persistence/session.ts';
import type { BrokerStore } from '../persistence/store.ts';
import type { Body, Passing, Waiting } from '../persistence/waiting.ts';
import type { Peer } from './peer.ts';
import { type Reading, RetainedReading } from './retained-reading.ts';

/** Topics that a slow client is told the newest of once it reads again. */
const mostMissed = 10_000;

/** Which acknowledgement a client sent. */
export type Acknowledgement = 'puback' | 'pubrec' | 'pubcomp';

/** What recipients share. */
export interface Surroundings {
	readonly store: BrokerStore;
	readonly limits: Pick<Limits, 'slowBytes'>;
	readonly counters: { sent: number; droppedSlow: number; expired: number };
	/** Wall clock, ms. */
	now(): number;
}

/**
 * A session and, while there is one, its connection: what goes to it, in order, no faster than it takes it. Nobody else
 * waits for it.
 */
export class Recipient {
	readonly session: Session;
	readonly #around: Surroundings;
	#peer: Peer | undefined;
	/** Whether its CONNACK is written, so that messages may follow. */
	#open = false;
	/** Have an identifier, and are to be sent (again) on this connection. */
	#ready: Waiting[] = [];
	/** A commit that something ready waits for is under way. */
	#waitsForDisk = false;
	/** Retained topics of which it missed a QoS 0 message. */
	readonly #missed = new Set<string>();
	/** What is retained for its new subscriptions; there once it was asked for. */
	#retained: RetainedReading | undefined;

	constructor(session: Session, around: Surroundings) {
		this.session = session;
		this.#around = around;
	}

	get peer(): Peer | undefined {
		return this.#peer;
	}

	/** Whether a message would leave at once. */
	get isReady(): boolean {
		return this.#open && !this.#isSlow && this.#outstanding < (this.#peer?.window ?? 0);
	}

	attach(peer: Peer): void {
		this.#peer = peer;
		this.#open = false;
	}

	detach(): void {
		this.#drop(({ passing }) => passing !== undefined);
		for (const { body } of this.session.queue.all()) body.stay();
		this.#peer = undefined;
		this.#open = false;
		this.#ready = [];
		this.#retained?.clear();
		this.#missed.clear();
	}

	/** The CONNACK is written: what was not acknowledged goes again, then the rest. */
	resume(): void {
		this.#open = true;
		this.#ready = [...this.session.queue.inFlight.values()];
		this.pump();
	}

	/** A message of QoS 0, or for a subscription of QoS 0. */
	pass(message: Message, { rap, identifiers }: Target): void {
		const peer = this.#peer;
		if (peer === undefined || !this.#open || !peer.mayRead(message.topic)) return;
		if (this.#isSlow) {
			this.#around.counters.droppedSlow += 1;
			if (message.retain && this.#missed.size < mostMissed) this.#missed.add(message.topic);
			peer.missed();
			return;
		}
		if (this.#missed.size > 0) this.#missed.delete(message.topic);
		this.#around.counters.sent += 1;
		peer.send(message, { qos: 0, retain: rap && message.retain, dup: false, messageId: 0, identifiers });
	}

	/** A message of QoS 1 or 2: it waits until it is acknowledged. What became of it; undefined where there is no room. */
	queue(body: Body, qos: 1 | 2, { rap, identifiers, group }: Target): Waiting | undefined {
		const { session } = this;
		if (this.#peer === undefined) {
			if (!session.kept) return undefined;
			body.stay();
		}
		const how = { qos, retain: rap && body.message.retain, identifiers, group };
		const item = this.#around.store.queues.add(session, body, how);
		if (item === undefined && !session.kept) this.#peer?.overflow();
		return item;
	}

	/** A message of QoS 0 for this connection alone, whatever it subscribed to. */
	hand(message: Message, identifiers: readonly number[]): void {
		const peer = this.#peer;
		if (peer === undefined || !this.#open) return;
		if (this.#isSlow) {
			this.#around.counters.droppedSlow += 1;
			peer.missed();
			return;
		}
		this.#around.counters.sent += 1;
		peer.send(message, { qos: 0, retain: false, dup: false, messageId: 0, identifiers });
	}

	/** The same at QoS 1; it waits for its acknowledgement as long as the connection stands. */
	handSafely(body: Body, identifiers: readonly number[], passing: Passing): void {
		const how = { qos: 1, retain: false, identifiers } as const;
		this.#around.store.queues.addPassing(this.session, body, how, passing);
		this.pump();
	}

	/** Lets go of what passes and is over: what was not sent is not, and nobody waits for the rest. */
	forget(): void {
		this.#drop(({ passing, messageId }) => passing?.isOver === true && messageId === 0);
		// Their identifiers stay in use until they are acknowledged.
		for (const { passing } of this.session.queue.inFlight.values()) if (passing?.isOver === true) passing.settle();
	}

	#drop(which: (item: Waiting) => boolean): void {
		for (const item of this.session.queue.all()) if (which(item)) this.#around.store.queues.remove(this.session, item);
	}

	/** Begins to send what is retained for new subscriptions. */
	read(readings: readonly Reading[]): void {
		this.#retained ??= new RetainedReading(this);
		this.#retained.add(readings);
		this.pump();
	}

	/** It acknowledged a message. False where that breaks the protocol. `failed`: it refused it. */
	acknowledge(item: Waiting, kind: Acknowledgement, failed: boolean): boolean {
		if ((kind === 'puback') !== (item.how.qos === 1)) return false;
		if (kind === 'pubcomp' && !item.released) return false;
		if (kind === 'pubrec' && !failed) this.#releaseLater(item);
		else this.#finish(item);
		return true;
	}

	/** The PUBREL follows once the disk knows: after that the client takes the identifier for another message. */
	#releaseLater(item: Waiting): void {
		const peer = this.#peer;
		const { store } = this.#around;
		item.released = true;
		store.queues.changed(this.session, item);
		const release = (): void => {
			if (this.#peer === peer && !item.done) peer?.release(item.messageId);
		};
		const committed = this.session.kept ? store.committed() : undefined;
		if (committed === undefined) release();
		else void committed.then(release);
	}

	#finish(item: Waiting): void {
		const at = this.#ready.indexOf(item);
		if (at >= 0) this.#ready.splice(at, 1);
		this.#around.store.queues.remove(this.session, item);
		this.session.behind?.room();
		this.pump();
	}

	/** It reads again. */
	drained(): void {
		for (const topic of this.#missed) {
			const peer = this.#peer;
			if (peer === undefined || this.#isSlow) return;
			this.#missed.delete(topic);
			const message = this.#around.store.retained.get(topic) ?? cleared(topic);
			this.#around.counters.sent += 1;
			peer.send(message, { qos: 0, retain: false, dup: false, messageId: 0, identifiers: [] });
		}
		this.pump();
	}

	/** Sends what may be sent. */
	pump(): void {
		const peer = this.#peer;
		if (peer === undefined || !this.#open) return;
		do {
			while (this.#ready.length > 0 && !this.#waitsForDisk && this.hasRoom(peer)) this.#send(peer);
			if (this.#ready.length > 0) return;
		} while (this.hasRoom(peer) && this.#take(peer));
		this.#retained?.goOn(peer);
	}

	get #isSlow(): boolean {
		return (this.#peer?.backlogBytes ?? 0) >= this.#around.limits.slowBytes;
	}

	/** Sent on this connection and not acknowledged. */
	get #outstanding(): number {
		return this.session.queue.inFlight.size - this.#ready.length;
	}

	/** Whether another message of QoS 1 or 2 may be under way, and it reads. */
	hasRoom(peer: Peer): boolean {
		return this.#peer === peer && !this.#isSlow && this.#outstanding < peer.window;
	}

	/** Gives the next ones identifiers, as many as may be under way; false where there are none. */
	#take(peer: Peer): boolean {
		const { queue, kept } = this.session;
		const { store } = this.#around;
		let onDisk = true;
		for (let item = queue.next; item !== undefined && queue.inFlight.size < peer.window; item = queue.next) {
			if (this.#isUnwanted(peer, item)) continue;
			queue.sent(item);
			this.#ready.push(item);
			if (item.how.qos === 1 || !kept) continue;
			// Its identifier must outlive us: after a restart the client has to recognise it as the one it has.
			store.queues.changed(this.session, item);
			onDisk = false;
		}
		if (!onDisk) this.#waitForDisk(store.committed());
		return this.#ready.length > 0 && !this.#waitsForDisk;
	}

	#waitForDisk(committed: Promise<void> | undefined): void {
		if (committed === undefined) return;
		this.#waitsForDisk = true;
		void committed.then(() => {
			this.#waitsForDisk = false;
			this.pump();
		});
	}

	/** Drops what is too old, or not for this client any more. */
	#isUnwanted(peer: Peer, item: Waiting): boolean {
		const { message } = item.body;
		const expired = isExpired(message, this.#around.now());
		if (!expired && maySee(peer, item)) return false;
		if (expired) this.#around.counters.expired += 1;
		this.#around.store.queues.remove(this.session, item);
		return true;
	}

	#send(peer: Peer): void {
		const item = this.#ready.shift() as Waiting;
		if (item.released) {
			peer.release(item.messageId);
			return;
		}
		// It may have been under way to a client that had other rights than this one.
		if (!maySee(peer, item)) {
			this.#around.store.queues.remove(this.session, item);
			return;
		}
		this.#around.counters.sent += 1;
		const goes = peer.send(item.body.message, item);
		item.dup = true;
		if (!goes) this.#around.store.queues.remove(this.session, item);
	}

	/** A retained message for a new subscription. */
	takeRetained(peer: Peer, message: Message, { qos: most, identifiers }: Reading): void {
		if (!peer.mayRead(message.topic) || isExpired(message, this.#around.now())) return;
		const qos = Math.min(most, message.qos) as 0 | 1 | 2;
		if (qos === 0) {
			this.#around.counters.sent += 1;
			peer.send(message, { qos, retain: true, dup: false, messageId: 0, identifiers });
			return;
		}
		const { store } = this.#around;
		store.queues.add(this.session, store.queues.body(message), { qos, retain: true, identifiers });
		while (this.hasRoom(peer) && this.#take(peer)) {
			while (this.#ready.length > 0 && this.hasRoom(peer)) this.#send(peer);
		}
	}
}

/** What passes was addressed to this connection; all else follows its rights. */
function maySee(peer: Peer, { passing, body }: Waiting): boolean {
	return passing === undefined ? peer.mayRead(body.message.topic) : !passing.isOver;
}

/** What tells a subscriber that nothing is retained any more. */
function cleared(topic: string): Message {
	return { topic, payload: Buffer.alloc(0), qos: 0, retain: true };
}
