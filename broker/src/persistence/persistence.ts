import { Readable } from 'node:stream';
import type { Logger } from '@pilotwire/runtime';
import MemoryPersistence from 'aedes-persistence/asyncPersistence.js';
import type { Limits } from '../options.ts';
import { OutgoingQueues } from './outgoing.ts';
import type { RetainedMessages } from './retained.ts';
import { settled } from './settled.ts';

type StoredPacket = MemoryPersistence.StoredPacket;
type SessionClient = MemoryPersistence.SessionClient;

/** Told of each topic whose retained message changed or went, with the QoS it changed at. */
export type RetainedChange = (topic: string, qos: 0 | 1 | 2) => void;

/**
 * What Aedes keeps between packets: everything in memory, in order and at once, within bounds. The retained state is
 * told on for writing behind; nothing here waits for that.
 */
export class BrokerPersistence extends MemoryPersistence {
	readonly #retained: RetainedMessages;
	readonly #outgoing: OutgoingQueues;
	readonly #limits: Limits;
	readonly #log: Logger;
	readonly #onRetained: RetainedChange;
	readonly #sessions = new Set<string>();

	constructor(retained: RetainedMessages, limits: Limits, log: Logger, onRetained: RetainedChange) {
		super();
		this.#retained = retained;
		this.#outgoing = new OutgoingQueues(limits);
		this.#limits = limits;
		this.#log = log;
		this.#onRetained = onRetained;
	}

	override storeRetained(packet: StoredPacket): Promise<void> {
		const kept = this.#retained.keep(packet.topic, packet.payload, packet.qos);
		if (kept !== 'unchanged') this.#onRetained(packet.topic, packet.qos);
		if (kept === 'full') this.#log.warn({ topic: packet.topic }, 'Not retained: there are too many retained messages');
		return settled(undefined);
	}

	override createRetainedStream(filter: string): Readable {
		return this.createRetainedStreamCombi([filter]);
	}

	override createRetainedStreamCombi(filters: string[]): Readable {
		const retained = this.#retained;
		function* messages() {
			for (const filter of filters) yield* retained.matching(filter);
		}
		return Readable.from(messages());
	}

	override async addSubscriptions(client: SessionClient, subscriptions: object[]): Promise<void> {
		if (!this.#sessions.has(client.id) && this.#sessions.size >= this.#limits.sessions) {
			throw new Error(`more than ${this.#limits.sessions} sessions`);
		}
		this.#sessions.add(client.id);
		await super.addSubscriptions(client, subscriptions);
	}

	override async cleanSubscriptions(client: SessionClient): Promise<void> {
		this.#sessions.delete(client.id);
		await super.cleanSubscriptions(client);
	}

	override async outgoingEnqueue(subscription: { clientId: string }, packet: StoredPacket): Promise<void> {
		this.#enqueue(subscription.clientId, packet);
	}

	override outgoingEnqueueCombi(subscriptions: { clientId: string }[], packet: StoredPacket): Promise<void> {
		for (const { clientId } of subscriptions) this.#enqueue(clientId, packet);
		return settled(undefined);
	}

	override async outgoingUpdate(client: SessionClient, packet: StoredPacket): Promise<void> {
		if (!this.#outgoing.update(client.id, packet)) throw new Error('no such packet');
	}

	override async outgoingClearMessageId(
		client: SessionClient,
		packet: StoredPacket,
	): Promise<StoredPacket | undefined> {
		return this.#outgoing.remove(client.id, packet.messageId);
	}

	override outgoingStream(client: SessionClient): Readable {
		return Readable.from(this.#outgoing.of(client.id));
	}

	#enqueue(clientId: string, packet: StoredPacket): void {
		if (this.#outgoing.add(clientId, packet)) return;
		this.#log.warn({ clientId, topic: packet.topic }, 'Message dropped: too much waits for this client');
	}
}
