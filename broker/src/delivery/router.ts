import { isShared } from '../persistence/filters.ts';
import type { Message, Subscription } from '../persistence/message.ts';
import type { Session, Target } from '../persistence/session.ts';
import type { BrokerStore } from '../persistence/store.ts';
import type { Body, Passing } from '../persistence/waiting.ts';
import type { StoredWills } from '../persistence/wills.ts';
import type { ClusterDelivery } from './cluster-delivery.ts';
import { Incoming } from './incoming.ts';
import type { Peer } from './peer.ts';
import type { Acknowledgement, Recipient } from './recipient.ts';
import type { Sessions } from './sessions.ts';
import type { Arrival } from './shared-log.ts';
import type { Subscribers } from './subscribers.ts';

/** A message that the core works on, and who gets it, once that is known. */
export interface Current {
	readonly message: Message;
	/** Where it came from the log of a cluster. */
	readonly arrival: Arrival | undefined;
	targets: readonly Target[] | undefined;
}

/** Publishes through the broker core, which calls `retain`, `queue` and `deliver` before it returns. */
export type Publish = (message: Message) => void;

/** What became of a publish. */
export interface Published {
	/** Whether anybody subscribed to it. */
	readonly matched: boolean;
	/** To wait for before it is acknowledged; undefined where nothing had to be stored. */
	readonly stored: Promise<unknown> | undefined;
}

/**
 * Who gets what, and at which pace. A message goes to each client once, at the best quality of service it subscribed with,
 * whatever overlaps.
 */
export class Router {
	readonly sessions: Sessions;
	/** Wills, kept so that they are said after the broker was killed. */
	readonly wills: StoredWills;
	readonly incoming: Incoming;
	readonly #store: BrokerStore;
	readonly #subscribers: Subscribers;
	readonly #recipients: ReadonlyMap<Session, Recipient>;
	/** In a cluster, what is published goes through its log. */
	readonly #cluster: ClusterDelivery | undefined;
	#publish: Publish | undefined;
	#current: Current | undefined;

	constructor(store: BrokerStore, sessions: Sessions, cluster?: ClusterDelivery) {
		this.#store = store;
		this.sessions = sessions;
		this.#subscribers = sessions.subscribers;
		this.#recipients = sessions.recipients;
		this.#cluster = cluster;
		this.wills = store.wills;
		this.incoming = new Incoming(store);
	}

	/** The core that publishes go through. */
	use(publish: Publish): void {
		this.#publish = publish;
	}

	/** Retains, queues and sends a message, all at once. `messageId`: its identifier at QoS 2, which a cluster keeps with it. */
	publish(message: Message, messageId?: number): Published {
		// What a broker says of itself is its own.
		if (this.#cluster !== undefined && !message.topic.startsWith('$SYS/')) {
			return { matched: true, stored: this.#cluster.append(message, messageId) };
		}
		const { noted } = this.#store;
		const current = this.take(message, this.#publish);
		const matched = current.targets !== undefined && current.targets.length > 0;
		return { matched, stored: this.#store.noted === noted ? undefined : this.#store.committed() };
	}

	/** A message came from the log of the cluster. */
	arrive(message: Message, arrival: Arrival): void {
		this.take(message, this.#publish, arrival);
	}

	/** Has the core work on a message; publishes within publishes (a will, where a client is thrown out) are their own. */
	take(message: Message, work: Publish | undefined, arrival?: Arrival): Current {
		const outer = this.#current;
		const current: Current = { message, arrival, targets: undefined };
		this.#current = current;
		try {
			work?.(message);
		} finally {
			this.#current = outer;
		}
		return current;
	}

	/** Whether who waits for the disk may wait long: it fails, or hangs. */
	get isStuck(): boolean {
		return this.#store.disk.isStuck;
	}

	/** Whether the core works on a message now. */
	get isPublishing(): boolean {
		return this.#current !== undefined;
	}

	/** Keeps what is to be retained of the message the core works on. */
	retain(): void {
		if (this.#current !== undefined) this.#store.retain(this.#current.message);
	}

	/** Queues it for those who get it at QoS 1 or 2. */
	queue(): void {
		if (this.#current === undefined) return;
		const { message, arrival } = this.#current;
		let body: Body | undefined;
		for (const target of this.#targets(this.#current)) {
			if (target.qos === 0) continue;
			if (body === undefined) {
				body = this.#store.queues.body(message);
				body.at = arrival?.at;
			}
			const recipient = this.sessions.recipient(target.session);
			if (this.#cluster !== undefined) this.#cluster.queue(recipient, body, target);
			else recipient.queue(body, Math.min(target.qos, message.qos) as 1 | 2, target);
		}
	}

	/** Sends it. */
	deliver(): void {
		if (this.#current === undefined) return;
		const { message } = this.#current;
		for (const target of this.#targets(this.#current)) {
			const recipient = this.#recipients.get(target.session);
			if (message.qos === 0 || target.qos === 0) recipient?.pass(message, target);
			else recipient?.pump();
		}
	}

	/** Sends what is retained for subscriptions just made, as their retain handling says. */
	sendRetained(peer: Peer, subscriptions: readonly (Subscription & { readonly isNew: boolean })[]): void {
		const wanted = subscriptions.filter(
			({ filter, rh, isNew }) => rh !== 2 && (rh !== 1 || isNew) && !isShared(filter),
		);
		this.sessions.of(peer)?.read(
			wanted.map(({ filter, qos, identifier }) => {
				const identifiers = identifier === undefined ? [] : [identifier];
				return { messages: this.#store.retained.matching(filter), qos, identifiers };
			}),
		);
	}

	/** A message as it may wait for several clients. */
	body(message: Message): Body {
		return this.#store.queues.body(message);
	}

	/** Sends a message of QoS 0 to one client alone, whatever it subscribed to. */
	hand(peer: Peer, message: Message, identifiers: readonly number[]): void {
		this.sessions.of(peer)?.hand(message, identifiers);
	}

	/** The same at QoS 1. It is never written, and ends with the connection. */
	handSafely(peer: Peer, body: Body, identifiers: readonly number[], passing: Passing): void {
		const recipient = this.sessions.of(peer);
		if (recipient === undefined) passing.settle();
		else recipient.handSafely(body, identifiers, passing);
	}

	/** Lets go of what was handed to a client and is over. */
	forget(peer: Peer): void {
		this.sessions.of(peer)?.forget();
	}

	/**
	 * A client acknowledged a message. False where that breaks the protocol: the identifier waits for something else.
	 * `failed`: it refused it. After a PUBREC the PUBREL follows by itself, once the disk knows.
	 */
	acknowledge(peer: Peer, kind: Acknowledgement, messageId: number, failed = false): boolean {
		const recipient = this.sessions.of(peer);
		const item = recipient?.session.queue.inFlight.get(messageId);
		if (recipient !== undefined && item !== undefined) return recipient.acknowledge(item, kind, failed);
		if (kind === 'pubrec' && !failed) peer.release(messageId);
		return true;
	}

	/** The backlog of a client fell again. */
	drained(peer: Peer): void {
		this.sessions.of(peer)?.drained();
	}

	#targets(current: Current): readonly Target[] {
		if (current.targets !== undefined) return current.targets;
		const { message, arrival } = current;
		const { topic, from, qos: published } = message;
		const readiness = (session: Session, qos: 0 | 1 | 2): number | undefined => {
			const recipient = this.#recipients.get(session);
			if (recipient?.isReady === true && recipient.peer?.mayRead(topic) === true) return 0;
			if (recipient?.peer !== undefined) return 1;
			return session.kept && qos > 0 ? 2 : undefined;
		};
		const turns = arrival === undefined ? undefined : this.#cluster?.turns(message, arrival);
		current.targets = this.#subscribers.of(topic, from, published, readiness, turns);
		return current.targets;
	}
}
