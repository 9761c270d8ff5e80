import type { Clock, Database, Logger, Timer } from '@pilotwire/runtime';
import type { Limits } from '../options.ts';
import { Journal } from './journal.ts';
import { type Dropped, Losses } from './losses.ts';
import type { Message, Subscription } from './message.ts';
import { Queues } from './queues.ts';
import { restoreRetained, restoreSessions, restoreWills } from './restore.ts';
import { RetainedMessages } from './retained.ts';
import { IncomingId, Session, SubscriptionRecord } from './session.ts';
import type { Hurry, Note, Storable } from './storable.ts';
import { emptyTables } from './tables.ts';
import { StoredWills } from './wills.ts';

const sweepEveryMs = 60_000;

/** Writes what is kept, behind the store's back; `Journal` does so into a file. */
export type StateJournal = Pick<
	Journal,
	'load' | 'note' | 'committed' | 'close' | 'noted' | 'isFailing' | 'isStuck' | 'unsaved'
>;

/** What the store needs. */
export interface StoreOptions {
	/** Takes the place of the state file. */
	readonly journal?: StateJournal | undefined;
	/** Place in the log of a cluster from which on a new subscription takes messages in. */
	readonly position?: (() => string) | undefined;
	/** A retained message is past its expiry, and gone. */
	readonly onExpired?: ((message: Message) => void) | undefined;
	/** Opens the state file; without it nothing survives the process. */
	readonly open?: (() => Promise<Database>) | undefined;
	/** Puts a state file that could not be read out of the way, whole; without it, it is emptied. */
	readonly setAside?: (() => Promise<void>) | undefined;
	readonly limits: Limits;
	readonly clock: Clock;
	readonly log: Logger;
}

/** A kept session as it comes from elsewhere. */
export interface AdoptedSession {
	readonly clientId: string;
	readonly owner: string;
	/** s */
	readonly expiryS: number;
	readonly subscriptions: readonly { readonly value: Subscription; readonly since: string }[];
	/** QoS 2 identifiers of its own publishes that wait for their PUBREL. */
	readonly incoming: readonly number[];
}

/**
 * All that the broker keeps: retained messages, sessions with what waits for them, wills. In memory, in order and at
 * once; the file follows by group commits (`committed` tells when), and what only lives as long as a connection is never
 * written.
 */
export class BrokerStore {
	readonly retained: RetainedMessages;
	/** By client id. */
	readonly sessions = new Map<string, Session>();
	readonly queues: Queues;
	readonly wills: StoredWills;
	readonly #limits: Limits;
	readonly #clock: Clock;
	readonly #losses: Losses;
	readonly #journal: StateJournal | undefined;
	readonly #position: (() => string) | undefined;
	#lastSession = 0;
	#kept = 0;
	#subscriptions = 0;
	#sweeping: Timer | undefined;

	constructor({ journal, position, onExpired, open, setAside, limits, clock, log }: StoreOptions) {
		this.#position = position;
		this.#limits = limits;
		this.#clock = clock;
		this.#losses = new Losses(log);
		const note: Note = (item, hurry) => this.#write(item, hurry);
		this.retained = new RetainedMessages(limits, note, onExpired);
		this.queues = new Queues(limits, clock, this.#losses, note);
		this.wills = new StoredWills(note);
		if (journal !== undefined || open === undefined) {
			this.#journal = journal;
			return;
		}
		const restore = (database: Database): Promise<void> => this.#restore(database);
		const everything = (): Iterable<Storable> => this.#everything();
		this.#journal = new Journal({ open, setAside, restore, everything, empty: emptyTables, clock, log });
	}

	/** Restores what the file holds. Throws `DATABASE_*` or `LOCK_HELD` where only a person can help. */
	async load(): Promise<void> {
		await this.#journal?.load();
		this.#sweeping = this.#clock.every(sweepEveryMs, () => this.sweep());
	}

	/** Writes what is left and closes the file. */
	async close(): Promise<void> {
		this.#sweeping?.cancel();
		await this.#journal?.close();
	}

	/** What fell out of the bounds. */
	get dropped(): Dropped {
		return this.#losses.counts;
	}

	/** Counts up with each change that is worth waiting for. */
	get noted(): number {
		return this.#journal?.noted ?? 0;
	}

	/** How the file keeps up; where nothing is kept, it does. */
	get disk(): Pick<Journal, 'isFailing' | 'isStuck' | 'unsaved'> {
		return this.#journal ?? { isFailing: false, isStuck: false, unsaved: 0 };
	}

	/** Resolves when all that changed up to now and is worth waiting for is on the disk; undefined where it is. */
	committed(): Promise<void> | undefined {
		return this.#journal?.committed();
	}

	/** Keeps or clears the retained message of a topic. */
	retain(message: Message): void {
		if (this.retained.keep(message) === 'full') this.#losses.count('retainedFull', { topic: message.topic });
	}

	/** There was no room in the cluster for a retained message: nothing is retained for its topic, here as at all others. */
	retainNothing(topic: string): void {
		this.retained.keep({ topic, payload: Buffer.alloc(0), qos: 0, retain: true });
		this.#losses.count('retainedFull', { topic });
	}

	/** A new session. One that should outlive its connection doesn't where there are too many. `owner`: who alone may have it. */
	create(clientId: string, expiryS: number, owner?: string): Session {
		const room = this.#kept < this.#limits.sessions;
		if (expiryS > 0 && !room) this.#losses.count('notKept', { client: clientId });
		this.#lastSession += 1;
		const session = new Session(clientId, this.#lastSession, expiryS > 0 && room, expiryS, owner);
		this.sessions.set(clientId, session);
		if (session.kept) this.#kept += 1;
		this.#note(session, session, 'urgent');
		return session;
	}

	/** A kept session that began elsewhere. */
	adopt({ clientId, owner, expiryS, subscriptions, incoming }: AdoptedSession): Session {
		this.#lastSession += 1;
		const session = new Session(clientId, this.#lastSession, true, expiryS, owner);
		this.sessions.set(clientId, session);
		this.#kept += 1;
		for (const { value, since } of subscriptions) {
			session.subscriptions.set(value.filter, new SubscriptionRecord(session, value, since));
		}
		this.#subscriptions += session.subscriptions.size;
		for (const messageId of incoming) session.incoming.set(messageId, new IncomingId(session.number, messageId));
		return session;
	}

	/** A kept session goes on elsewhere: it is not known here any more, and nothing of it is ended. */
	leave(session: Session): void {
		for (const item of session.queue.all()) this.queues.leave(session, item);
		this.#subscriptions -= session.subscriptions.size;
		this.#kept -= 1;
		this.sessions.delete(session.clientId);
	}

	/** Its client is connected again, or absent from now on; and how long it is kept from there, s. */
	update(session: Session, expiryS: number, connected: boolean): void {
		session.expiryS = expiryS;
		session.absentSinceMs = connected ? undefined : this.#clock.monotonicMs();
		// Who took an ownerless one over must not lose it to another by a crash.
		this.#note(session, session, connected ? 'urgent' : 'lazy');
	}

	/** A session is over, with all that was kept for it. */
	drop(session: Session): void {
		if (session.gone) return;
		for (const item of session.queue.all()) this.queues.remove(session, item);
		session.gone = true;
		// What was noted and is not on the disk yet would get there after its session is gone.
		for (const item of [...session.subscriptions.values(), ...session.incoming.values()]) {
			item.gone = true;
			this.#note(session, item, 'urgent');
		}
		this.#subscriptions -= session.subscriptions.size;
		if (session.kept) this.#kept -= 1;
		this.sessions.delete(session.clientId);
		this.#note(session, session, 'urgent');
	}

	/** Whether a session is past its time. */
	isOver({ absentSinceMs, expiryS }: Session): boolean {
		if (absentSinceMs === undefined) return false;
		const keptS = Math.min(expiryS, this.#limits.sessionForS);
		return this.#clock.monotonicMs() >= absentSinceMs + keptS * 1000;
	}

	/** Adds or replaces a subscription; undefined where there are too many. */
	subscribe(session: Session, value: Subscription): SubscriptionRecord | undefined {
		const present = session.subscriptions.get(value.filter);
		const record = present ?? this.#newSubscription(session, value);
		if (record === undefined) return undefined;
		record.value = value;
		this.#note(session, record, 'urgent');
		return record;
	}

	/** Takes a subscription out; undefined where it is unknown. */
	unsubscribe(session: Session, filter: string): SubscriptionRecord | undefined {
		const record = session.subscriptions.get(filter);
		if (record === undefined) return undefined;
		record.gone = true;
		session.subscriptions.delete(filter);
		this.#subscriptions -= 1;
		this.#note(session, record, 'urgent');
		return record;
	}

	/** A QoS 2 message of this client arrived and waits for its PUBREL. */
	addIncoming(session: Session, messageId: number): void {
		const id = new IncomingId(session.number, messageId);
		session.incoming.set(messageId, id);
		this.#note(session, id, 'urgent');
	}

	/** Its PUBREL arrived. */
	removeIncoming(session: Session, messageId: number): void {
		const id = session.incoming.get(messageId);
		if (id === undefined) return;
		id.gone = true;
		session.incoming.delete(messageId);
		this.#note(session, id, 'urgent');
	}

	/** Drops what is past its time; sessions are left to who routes. */
	sweep(): void {
		this.retained.sweep(this.#clock.wallMs());
		this.queues.sweep(this.sessions.values());
	}

	#newSubscription(session: Session, value: Subscription): SubscriptionRecord | undefined {
		const { subscriptions, subscriptionsInAll } = this.#limits;
		if (session.subscriptions.size >= subscriptions || this.#subscriptions >= subscriptionsInAll) {
			this.#losses.count('subscriptionsRefused', { client: session.clientId });
			return undefined;
		}
		const record = new SubscriptionRecord(session, value, this.#position?.());
		session.subscriptions.set(value.filter, record);
		this.#subscriptions += 1;
		return record;
	}

	#note(session: Session, item: Storable, hurry: Hurry): void {
		if (session.kept) this.#write(item, hurry);
	}

	#write(item: Storable, hurry: Hurry): void {
		if (this.#journal !== undefined) this.#journal.note(item, hurry);
		else if (item.gone) item.forgotten?.();
	}

	async #restore(database: Database): Promise<void> {
		await restoreRetained(database, this.retained);
		const restored = await restoreSessions(database, this.#clock.monotonicMs());
		this.#lastSession = restored.lastSession;
		this.queues.restore(restored.lastBody, restored.queuedBytes);
		for (const session of restored.sessions) {
			this.sessions.set(session.clientId, session);
			this.#kept += 1;
			this.#subscriptions += session.subscriptions.size;
		}
		await restoreWills(database, this.wills);
	}

	*#everything(): Generator<Storable> {
		yield* this.retained.storables();
		yield* this.wills.storables();
		for (const session of this.sessions.values()) {
			if (!session.kept) continue;
			yield session;
			yield* session.subscriptions.values();
			yield* session.incoming.values();
			for (const item of session.queue.all()) {
				if (item.passing !== undefined) continue;
				yield item.body;
				yield item;
			}
		}
	}
}
