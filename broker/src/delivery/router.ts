import type { Clock, Timer } from '@pilotwire/runtime';
import type { Limits } from '../options.ts';
import { isShared } from '../persistence/filters.ts';
import type { Message, Subscription } from '../persistence/message.ts';
import type { Session, Target } from '../persistence/session.ts';
import type { AdoptedSession, BrokerStore } from '../persistence/store.ts';
import type { Body, Passing } from '../persistence/waiting.ts';
import type { StoredWills } from '../persistence/wills.ts';
import { type Counters, countersOf } from './counters.ts';
import { Incoming } from './incoming.ts';
import type { Peer } from './peer.ts';
import { type Acknowledgement, Recipient, type Surroundings } from './recipient.ts';
import { type Arrival, heldBytes, heldMessages, type Missed, type SharedLog } from './shared-log.ts';
import { Subscribers, type Turns } from './subscribers.ts';

const sweepEveryMs = 60_000;

/** A message that the core works on, and who gets it, once that is known. */
export interface Current {
	readonly message: Message;
	/** Where it came from the log of a cluster. */
	readonly arrival: Arrival | undefined;
	targets: readonly Target[] | undefined;
}

/** Publishes through the broker core, which calls `retain`, `queue` and `deliver` before it returns. */
export type Publish = (message: Message) => void;

/** How a client wants its session. */
interface SessionTerms {
	readonly clean: boolean;
	readonly expiryS: number;
	readonly owner?: string;
}

/** What became of a publish. */
export interface Published {
	/** Whether anybody subscribed to it. */
	readonly matched: boolean;
	/** To wait for before it is acknowledged; undefined where nothing had to be stored. */
	readonly stored: Promise<unknown> | undefined;
}

/**
 * Who gets what, and at which pace: subscriptions, sessions and what waits for them. A message goes to each client once,
 * at the best quality of service it subscribed with, whatever overlaps.
 */
export class Router {
	readonly #store: BrokerStore;
	readonly #subscribers = new Subscribers();
	readonly #recipients = new Map<Session, Recipient>();
	readonly #around: Surroundings;
	readonly #sweeping: Timer;
	/** Wills, kept so that they are said after the broker was killed. */
	readonly wills: StoredWills;
	readonly incoming: Incoming;
	/** In a cluster, what is published goes through it. */
	readonly #log: SharedLog | undefined;
	#publish: Publish | undefined;
	#current: Current | undefined;
	#sessionsExpired = 0;

	constructor(store: BrokerStore, clock: Clock, limits: Limits, log?: SharedLog) {
		this.#store = store;
		this.#log = log;
		this.wills = store.wills;
		this.incoming = new Incoming(store);
		const counters = { sent: 0, droppedSlow: 0, expired: 0 };
		this.#around = { store, limits, counters, now: () => clock.wallMs() };
		for (const session of [...store.sessions.values()]) {
			this.#recipients.set(session, new Recipient(session, this.#around));
			for (const record of session.subscriptions.values()) this.#subscribers.add(record);
		}
		this.sweep();
		this.#sweeping = clock.every(sweepEveryMs, () => this.sweep());
	}

	/** The core that publishes go through. */
	use(publish: Publish): void {
		this.#publish = publish;
	}

	/** Ends the timers. */
	stop(): void {
		this.#sweeping.cancel();
	}

	/** Whether a client id has a session that belongs to another than `owner`; one without an owner is anybody's. */
	isOthers(clientId: string, owner: string): boolean {
		const session = this.#store.sessions.get(clientId);
		if (session?.owner === undefined || this.#store.isOver(session)) return false;
		return session.owner !== owner;
	}

	/** Whether a client id has a session, connected or not. */
	has(clientId: string): boolean {
		return this.#store.sessions.has(clientId);
	}

	/**
	 * A client signed in; an older connection of its id is detached already. `clean` begins a new session; `expiryS` is how
	 * long it is kept after the connection, 0: not at all. `owner`: whose it is, see `isOthers`.
	 */
	attach(peer: Peer, { clean, expiryS, owner }: SessionTerms): { sessionPresent: boolean } {
		const present = this.#store.sessions.get(peer.id);
		const goesOn = present !== undefined && !clean && present.kept && !this.#store.isOver(present);
		if (present !== undefined && !goesOn) this.#drop(present);
		const session = goesOn ? present : this.#store.create(peer.id, expiryS);
		session.owner ??= owner;
		if (goesOn) this.#store.update(session, expiryS, true);
		this.#recipient(session).attach(peer);
		return { sessionPresent: goesOn };
	}

	/** Its CONNACK is written: what waits for it may follow. */
	resume(peer: Peer): void {
		const recipient = this.#of(peer);
		recipient?.resume();
		if (recipient !== undefined) this.#log?.attached(recipient.session);
	}

	/**
	 * A connection is over. `expiryS`: how long the session is kept from now on, 0: not at all. Tells whether it is kept:
	 * there may have been too many.
	 */
	detach(peer: Peer, { expiryS }: { expiryS: number }): boolean {
		const recipient = this.#of(peer);
		if (recipient === undefined) return false;
		recipient.detach();
		const { session } = recipient;
		const stays = expiryS > 0 && session.kept;
		if (stays) this.#store.update(session, expiryS, false);
		this.#log?.released(session, stays);
		if (!stays) this.#drop(session);
		else if (this.#log !== undefined) this.#leave(session);
		return stays;
	}

	/** A kept session that began at another broker of the cluster. */
	adopt(kept: AdoptedSession): Session {
		const session = this.#store.adopt(kept);
		this.#recipient(session);
		for (const record of session.subscriptions.values()) this.#subscribers.add(record);
		return session;
	}

	/** Adds or replaces a subscription that was granted; undefined where it has too many, or is not connected any more. */
	subscribe(peer: Peer, subscription: Subscription): 'new' | 'replaced' | undefined {
		const session = this.#of(peer)?.session;
		if (session === undefined) return undefined;
		const isNew = !session.subscriptions.has(subscription.filter);
		const record = this.#store.subscribe(session, subscription);
		if (record === undefined) return undefined;
		if (isNew) {
			this.#subscribers.add(record);
			this.#log?.subscribed(record);
		} else this.#subscribers.changed();
		return isNew ? 'new' : 'replaced';
	}

	/**
	 * Resolves when the session of a client is on the disk as it is now, in a cluster when all that was published before is
	 * here; undefined where nothing has to be waited for.
	 */
	committed(peer: Peer): Promise<void> | undefined {
		if (this.#log !== undefined) return this.#log.settled();
		return this.#of(peer)?.session.kept === true ? this.#store.committed() : undefined;
	}

	/** Sends what is retained for subscriptions just made, as their retain handling says. */
	sendRetained(peer: Peer, subscriptions: readonly (Subscription & { readonly isNew: boolean })[]): void {
		const wanted = subscriptions.filter(
			({ filter, rh, isNew }) => rh !== 2 && (rh !== 1 || isNew) && !isShared(filter),
		);
		this.#of(peer)?.read(
			wanted.map(({ filter, qos, identifier }) => {
				const identifiers = identifier === undefined ? [] : [identifier];
				return { messages: this.#store.retained.matching(filter), qos, identifiers };
			}),
		);
	}

	/** Takes subscriptions out; which of them there were. */
	unsubscribe(peer: Peer, filters: readonly string[]): boolean[] {
		const session = this.#of(peer)?.session;
		return filters.map((filter) => {
			const record = session === undefined ? undefined : this.#store.unsubscribe(session, filter);
			if (record !== undefined) {
				this.#subscribers.remove(record);
				this.#log?.unsubscribed(record);
			}
			return record !== undefined;
		});
	}

	/** Retains, queues and sends a message, all at once. */
	publish(message: Message): Published {
		// What a broker says of itself is its own.
		if (this.#log !== undefined && !message.topic.startsWith('$SYS/')) {
			return { matched: true, stored: this.#log.append(message) };
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

	/** Queues what a session missed; false where there is no room. */
	feed(session: Session, { message, at, target, dup, messageId }: Missed): boolean {
		if (session.queue.bytes >= heldBytes) return false;
		const body = this.#store.queues.body(message);
		body.at = at;
		const qos = Math.min(target.qos, message.qos) as 1 | 2;
		const item = this.#recipients.get(session)?.queue(body, qos, target);
		if (item === undefined) return false;
		item.dup = dup;
		item.messageId = messageId;
		return true;
	}

	/** Queues what came live while a session was behind. */
	join(session: Session, body: Body, target: Target): void {
		const recipient = this.#recipients.get(session);
		if (recipient !== undefined) this.#queueFor(recipient, body, target);
	}

	/** Sends what waits for a session. */
	pump(session: Session): void {
		this.#recipients.get(session)?.pump();
	}

	/** Place in the log of the oldest message that waits for a member of a shared subscription. */
	oldestOfGroups(): string | undefined {
		let oldest: Body | undefined;
		for (const { queue, subscriptions } of this.#store.sessions.values()) {
			if (subscriptions.size === 0 || queue.length === 0) continue;
			for (const { body, how } of queue.all()) {
				if (how.group === undefined || body.at === undefined) continue;
				if (oldest === undefined || body.number < oldest.number) oldest = body;
				break;
			}
		}
		return oldest?.at;
	}

	/** Sends a client what is retained for topics, whatever it subscribed to. */
	remind(session: Session, topics: readonly string[]): void {
		const { retained } = this.#store;
		const messages = topics.flatMap((topic) => retained.get(topic) ?? []).values();
		this.#recipients.get(session)?.read([{ messages, qos: 1, identifiers: [] }]);
	}

	/** A message as it may wait for several clients. */
	body(message: Message): Body {
		return this.#store.queues.body(message);
	}

	/** Sends a message of QoS 0 to one client alone, whatever it subscribed to. */
	hand(peer: Peer, message: Message, identifiers: readonly number[]): void {
		this.#of(peer)?.hand(message, identifiers);
	}

	/** The same at QoS 1. It is never written, and ends with the connection. */
	handSafely(peer: Peer, body: Body, identifiers: readonly number[], passing: Passing): void {
		const recipient = this.#of(peer);
		if (recipient === undefined) passing.settle();
		else recipient.handSafely(body, identifiers, passing);
	}

	/** Lets go of what was handed to a client and is over. */
	forget(peer: Peer): void {
		this.#of(peer)?.forget();
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
			this.#queueFor(this.#recipient(target.session), body, target);
		}
	}

	/** In a cluster, what a kept session has no room for stays in the log. */
	#queueFor(recipient: Recipient, body: Body, target: Target): void {
		const { session } = recipient;
		const { at, message } = body;
		const qos = Math.min(target.qos, message.qos) as 1 | 2;
		if (this.#log === undefined || at === undefined || !session.kept || target.group !== undefined) {
			recipient.queue(body, qos, target);
			return;
		}
		if (session.behind !== undefined) {
			session.behind.offer(body, target);
			return;
		}
		const isLong = session.queue.length >= heldMessages || session.queue.bytes >= heldBytes;
		if (isLong || recipient.queue(body, qos, target) === undefined) this.#log.fellBehind(session, at);
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

	/**
	 * A client acknowledged a message. False where that breaks the protocol: the identifier waits for something else.
	 * `failed`: it refused it. After a PUBREC the PUBREL follows by itself, once the disk knows.
	 */
	acknowledge(peer: Peer, kind: Acknowledgement, messageId: number, failed = false): boolean {
		const recipient = this.#of(peer);
		const item = recipient?.session.queue.inFlight.get(messageId);
		if (recipient !== undefined && item !== undefined) return recipient.acknowledge(item, kind, failed);
		if (kind === 'pubrec' && !failed) peer.release(messageId);
		return true;
	}

	/** The backlog of a client fell again. */
	drained(peer: Peer): void {
		this.#of(peer)?.drained();
	}

	/** Counts since the start, and of what there is now. */
	get counters(): Counters {
		return countersOf(this.#store, this.#around.counters, this.#sessionsExpired);
	}

	/** Ends sessions that are past their time. */
	sweep(): void {
		for (const session of [...this.#store.sessions.values()]) {
			if (!this.#store.isOver(session)) continue;
			this.#sessionsExpired += 1;
			this.#drop(session);
		}
	}

	#targets(current: Current): readonly Target[] {
		if (current.targets !== undefined) return current.targets;
		const { topic, from, qos: published } = current.message;
		const readiness = (session: Session, qos: 0 | 1 | 2): number | undefined => {
			const recipient = this.#recipients.get(session);
			if (recipient?.isReady === true && recipient.peer?.mayRead(topic) === true) return 0;
			if (recipient?.peer !== undefined) return 1;
			return session.kept && qos > 0 ? 2 : undefined;
		};
		current.targets = this.#subscribers.of(topic, from, published, readiness, this.#turns(current));
		return current.targets;
	}

	#turns({ message, arrival }: Current): Turns | undefined {
		const log = this.#log;
		if (log === undefined || arrival === undefined) return undefined;
		return {
			group: arrival.group,
			isTurn: (filter) => log.isTurn(filter, arrival.at),
			nobody: (filter) => {
				if (message.qos > 0) log.sayAgain(message, filter);
			},
		};
	}

	#recipient(session: Session): Recipient {
		const present = this.#recipients.get(session);
		if (present !== undefined) return present;
		const recipient = new Recipient(session, this.#around);
		this.#recipients.set(session, recipient);
		return recipient;
	}

	/** The recipient of a connection, where it is still that of its session. */
	#of(peer: Peer): Recipient | undefined {
		const session = this.#store.sessions.get(peer.id);
		const recipient = session === undefined ? undefined : this.#recipients.get(session);
		return recipient?.peer === peer ? recipient : undefined;
	}

	#leave(session: Session): void {
		for (const record of session.subscriptions.values()) this.#subscribers.remove(record);
		this.#recipients.delete(session);
		this.#store.leave(session);
	}

	#drop(session: Session): void {
		for (const record of session.subscriptions.values()) this.#subscribers.remove(record);
		this.#recipients.delete(session);
		this.#store.drop(session);
	}
}
