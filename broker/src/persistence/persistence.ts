import { Readable } from 'node:stream';
import { FilterTree } from './filter-tree.ts';
import { levelsOf } from './filters.ts';
import type { Message, Subscription, Will } from './message.ts';
import { isOf, messageOfPacket, packetOfWaiting, type StoredPacket } from './packets.ts';
import type { IncomingId, Session, SubscriptionRecord } from './session.ts';
import { settled } from './settled.ts';
import type { BrokerStore } from './store.ts';

/** A session's name. */
interface SessionClient {
	readonly id: string;
}

/** A subscription as Aedes gives it; MQTT 5's options where there are any. */
interface AedesSubscription {
	readonly topic: string;
	readonly qos: 0 | 1 | 2;
	readonly rh?: 0 | 1 | 2;
	readonly rap?: boolean;
	readonly nl?: boolean;
	readonly subscriptionIdentifier?: number;
}

/** How long a session that Aedes makes is kept: MQTT 3.1.1 knows no end. */
const endless = 0xffff_ffff;

/** The store as Aedes wants it: the contract of aedes-persistence, in full. What Aedes waits for settles at once. */
export class BrokerPersistence {
	readonly #store: BrokerStore;
	readonly #incoming = new WeakMap<IncomingId, object>();
	/** The broker it belongs to. */
	broker: { readonly id: string } | undefined;

	constructor(store: BrokerStore) {
		this.#store = store;
	}

	async setup(broker: { readonly id: string }): Promise<void> {
		this.broker = broker;
	}

	storeRetained(packet: Message): Promise<void> {
		this.#store.retain({ ...packet });
		return settled(undefined);
	}

	createRetainedStream(filter: string): Readable {
		return this.createRetainedStreamCombi([filter]);
	}

	createRetainedStreamCombi(filters: string[]): Readable {
		const { retained } = this.#store;
		function* messages() {
			for (const filter of filters)
				for (const message of retained.matching(filter)) yield { cmd: 'publish', ...message };
		}
		return Readable.from(messages());
	}

	async addSubscriptions(client: SessionClient, subscriptions: readonly AedesSubscription[]): Promise<void> {
		const session = this.#session(client.id);
		for (const subscription of subscriptions) this.#store.subscribe(session, subscriptionOf(subscription));
	}

	async removeSubscriptions(client: SessionClient, filters: readonly string[]): Promise<void> {
		const session = this.#store.sessions.get(client.id);
		if (session !== undefined) for (const filter of filters) this.#store.unsubscribe(session, filter);
	}

	async subscriptionsByClient(client: SessionClient): Promise<AedesSubscription[]> {
		const subscriptions = this.#store.sessions.get(client.id)?.subscriptions.values() ?? [];
		return [...subscriptions].map(({ value }) => aedesSubscription(value));
	}

	async countOffline(): Promise<{ subsCount: number; clientsCount: number }> {
		const subscribed = [...this.#store.sessions.values()].filter(({ subscriptions }) => subscriptions.size > 0);
		const records = subscribed.flatMap(({ subscriptions }) => [...subscriptions.values()]);
		return { subsCount: records.filter(({ value }) => value.qos > 0).length, clientsCount: subscribed.length };
	}

	/** All subscriptions of QoS 1 and 2 that take a topic in. The router keeps a tree for this; here it is made each time. */
	subscriptionsByTopic(topic: string): Promise<object[]> {
		const tree = new FilterTree<SubscriptionRecord>();
		for (const { subscriptions } of this.#store.sessions.values()) {
			for (const record of subscriptions.values()) {
				const { filter, qos } = record.value;
				if (qos > 0) tree.add(levelsOf(filter), filter, record);
			}
		}
		const found: object[] = [];
		tree.match(topic, (_filter, records) => {
			for (const { session, value } of records) {
				const { subscriptionIdentifier: _, ...subscription } = aedesSubscription(value);
				found.push({ clientId: session.clientId, ...subscription });
			}
		});
		return settled(found);
	}

	async cleanSubscriptions(client: SessionClient): Promise<void> {
		const session = this.#store.sessions.get(client.id);
		for (const filter of [...(session?.subscriptions.keys() ?? [])]) await this.removeSubscriptions(client, [filter]);
	}

	async outgoingEnqueue(subscription: { clientId: string }, packet: StoredPacket): Promise<void> {
		await this.outgoingEnqueueCombi([subscription], packet);
	}

	outgoingEnqueueCombi(subscriptions: readonly { clientId: string }[], packet: StoredPacket): Promise<void> {
		const body = this.#store.queues.body(messageOfPacket(packet));
		const how = { qos: packet.qos === 2 ? 2 : 1, retain: packet.retain, identifiers: [] } as const;
		for (const { clientId } of subscriptions) this.#store.queues.add(this.#session(clientId), body, how);
		return settled(undefined);
	}

	/** Notes the identifier a message went out with, or that the client has it and a PUBREL follows. */
	async outgoingUpdate(client: SessionClient, packet: StoredPacket): Promise<void> {
		const session = this.#session(client.id);
		for (const item of session.queue.all()) {
			if (!isOf(item, packet)) continue;
			if (packet.cmd === 'pubrel') item.released = true;
			else item.messageId = packet.messageId ?? 0;
			this.#store.queues.changed(session, item);
			return;
		}
		throw new Error('no such packet');
	}

	async outgoingClearMessageId(client: SessionClient, packet: StoredPacket): Promise<object | undefined> {
		const session = this.#session(client.id);
		for (const item of session.queue.all()) {
			if (item.messageId !== (packet.messageId ?? 0)) continue;
			this.#store.queues.remove(session, item);
			return packetOfWaiting(item);
		}
		return undefined;
	}

	outgoingStream(client: SessionClient): Readable {
		const items = this.#store.sessions.get(client.id)?.queue.all() ?? [];
		return Readable.from([...items].map(packetOfWaiting));
	}

	async incomingStorePacket(client: SessionClient, packet: { messageId: number }): Promise<void> {
		const session = this.#session(client.id);
		this.#store.addIncoming(session, packet.messageId);
		const id = session.incoming.get(packet.messageId);
		if (id !== undefined) this.#incoming.set(id, incomingCopy(packet));
	}

	async incomingGetPacket(client: SessionClient, packet: { messageId: number }): Promise<object> {
		const id = this.#store.sessions.get(client.id)?.incoming.get(packet.messageId);
		if (id === undefined) throw new Error('no such packet');
		// After a restart only the identifier is left, which is all that is needed to know it again.
		return this.#incoming.get(id) ?? { messageId: packet.messageId };
	}

	async incomingDelPacket(client: SessionClient, packet: { messageId: number }): Promise<void> {
		await this.incomingGetPacket(client, packet);
		this.#store.removeIncoming(this.#session(client.id), packet.messageId);
	}

	async cleanIncoming(client: SessionClient): Promise<void> {
		const session = this.#store.sessions.get(client.id);
		for (const messageId of [...(session?.incoming.keys() ?? [])])
			this.#store.removeIncoming(this.#session(client.id), messageId);
	}

	async putWill(client: SessionClient, packet: Record<string, unknown>): Promise<void> {
		this.#store.wills.put(client.id, Object.assign(packet, { brokerId: this.broker?.id, clientId: client.id }));
	}

	async getWill(client: SessionClient): Promise<Will | undefined> {
		return this.#store.wills.get(client.id);
	}

	async delWill(client: SessionClient): Promise<Will | undefined> {
		const will = this.#store.wills.get(client.id);
		this.#store.wills.delete(client.id);
		return will;
	}

	/** Wills of clients whose broker is none of these. */
	streamWill(brokers: Readonly<Record<string, unknown>> = {}): Readable {
		const wills = this.#store.wills.all().map(([, will]) => will);
		return Readable.from(wills.filter(({ brokerId }) => !brokers[String(brokerId)]));
	}

	/** Clients that have this very subscription. */
	getClientList(filter: string): Readable {
		const sessions = [...this.#store.sessions.values()];
		return Readable.from(
			sessions.filter(({ subscriptions }) => subscriptions.has(filter)).map(({ clientId }) => clientId),
		);
	}

	async destroy(): Promise<void> {
		await this.#store.close();
	}

	#session(clientId: string): Session {
		return this.#store.sessions.get(clientId) ?? this.#store.create(clientId, endless);
	}
}

function subscriptionOf({ topic, qos, rh, rap, nl, subscriptionIdentifier }: AedesSubscription): Subscription {
	const identifier = subscriptionIdentifier === undefined ? {} : { identifier: subscriptionIdentifier };
	return { filter: topic, qos, nl: nl ?? false, rap: rap ?? false, rh: rh ?? 0, ...identifier };
}

function aedesSubscription({ filter, identifier, qos, rh, rap, nl }: Subscription): AedesSubscription {
	return {
		topic: filter,
		qos,
		rh,
		rap,
		nl,
		...(identifier === undefined ? {} : { subscriptionIdentifier: identifier }),
	};
}

function incomingCopy(packet: object): object {
	const { length: _, ...copy } = { length: 0, ...packet };
	return copy;
}
