import type { Clock, Timer } from '@pilotwire/runtime';
import type { Limits } from '../options.ts';
import type { Subscription } from '../persistence/message.ts';
import type { Session } from '../persistence/session.ts';
import type { AdoptedSession, BrokerStore } from '../persistence/store.ts';
import { type Counters, countersOf } from './counters.ts';
import type { Peer } from './peer.ts';
import { Recipient, type Surroundings } from './recipient.ts';
import type { SharedLog } from './shared-log.ts';
import { Subscribers } from './subscribers.ts';

const sweepEveryMs = 60_000;

/** How a client wants its session. */
interface SessionTerms {
	readonly clean: boolean;
	readonly expiryS: number;
	readonly owner?: string;
}

/** Which sessions there are, which of their clients are connected, and what they subscribed to. */
export class Sessions {
	/** Who takes the messages of a session. */
	readonly recipients = new Map<Session, Recipient>();
	readonly subscribers = new Subscribers();
	readonly #store: BrokerStore;
	readonly #around: Surroundings;
	readonly #sweeping: Timer;
	/** In a cluster, the others are told of sessions too. */
	readonly #log: SharedLog | undefined;
	#expired = 0;

	constructor(store: BrokerStore, clock: Clock, limits: Limits, log?: SharedLog) {
		this.#store = store;
		this.#log = log;
		const counters = { sent: 0, droppedSlow: 0, expired: 0 };
		this.#around = { store, limits, counters, now: () => clock.wallMs() };
		for (const session of [...store.sessions.values()]) {
			this.recipients.set(session, new Recipient(session, this.#around));
			for (const record of session.subscriptions.values()) this.subscribers.add(record);
		}
		this.#sweep();
		this.#sweeping = clock.every(sweepEveryMs, () => this.#sweep());
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

	/** The recipient of a connection, where it is still that of its session. */
	of(peer: Peer): Recipient | undefined {
		const session = this.#store.sessions.get(peer.id);
		const recipient = session === undefined ? undefined : this.recipients.get(session);
		return recipient?.peer === peer ? recipient : undefined;
	}

	/** The recipient of a session. */
	recipient(session: Session): Recipient {
		const present = this.recipients.get(session);
		if (present !== undefined) return present;
		const recipient = new Recipient(session, this.#around);
		this.recipients.set(session, recipient);
		return recipient;
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
		this.recipient(session).attach(peer);
		return { sessionPresent: goesOn };
	}

	/** Its CONNACK is written: what waits for it may follow. */
	resume(peer: Peer): void {
		const recipient = this.of(peer);
		recipient?.resume();
		if (recipient !== undefined) this.#log?.attached(recipient.session);
	}

	/**
	 * A connection is over. `expiryS`: how long the session is kept from now on, 0: not at all. Tells whether it is kept:
	 * there may have been too many.
	 */
	detach(peer: Peer, { expiryS }: { expiryS: number }): boolean {
		const recipient = this.of(peer);
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
		this.recipient(session);
		for (const record of session.subscriptions.values()) this.subscribers.add(record);
		return session;
	}

	/** Adds or replaces a subscription that was granted; undefined where it has too many, or is not connected any more. */
	subscribe(peer: Peer, subscription: Subscription): 'new' | 'replaced' | undefined {
		const session = this.of(peer)?.session;
		if (session === undefined) return undefined;
		const isNew = !session.subscriptions.has(subscription.filter);
		const record = this.#store.subscribe(session, subscription);
		if (record === undefined) return undefined;
		if (isNew) {
			this.subscribers.add(record);
			this.#log?.subscribed(record);
		} else this.subscribers.changed();
		return isNew ? 'new' : 'replaced';
	}

	/** Takes subscriptions out; which of them there were. */
	unsubscribe(peer: Peer, filters: readonly string[]): boolean[] {
		const session = this.of(peer)?.session;
		return filters.map((filter) => {
			const record = session === undefined ? undefined : this.#store.unsubscribe(session, filter);
			if (record !== undefined) {
				this.subscribers.remove(record);
				this.#log?.unsubscribed(record);
			}
			return record !== undefined;
		});
	}

	/**
	 * Resolves when the session of a client is on the disk as it is now, in a cluster when all that was published before is
	 * here; undefined where nothing has to be waited for.
	 */
	committed(peer: Peer): Promise<void> | undefined {
		if (this.#log !== undefined) return this.#log.settled();
		return this.of(peer)?.session.kept === true ? this.#store.committed() : undefined;
	}

	/** Counts since the start, and of what there is now. */
	get counters(): Counters {
		return countersOf(this.#store, this.#around.counters, this.#expired);
	}

	/** Ends sessions that are past their time. */
	#sweep(): void {
		for (const session of [...this.#store.sessions.values()]) {
			if (!this.#store.isOver(session)) continue;
			this.#expired += 1;
			this.#drop(session);
		}
	}

	/** It goes on at another broker of the cluster. */
	#leave(session: Session): void {
		this.#forget(session);
		this.#store.leave(session);
	}

	#drop(session: Session): void {
		this.#forget(session);
		this.#store.drop(session);
	}

	#forget(session: Session): void {
		for (const record of session.subscriptions.values()) this.subscribers.remove(record);
		this.recipients.delete(session);
	}
}
