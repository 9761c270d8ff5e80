import { serialize } from 'node:v8';
import type { Clock } from '@pilotwire/runtime';
import type { KeptWill } from '../edge/wills.ts';
import { IncomingId, Session, SubscriptionRecord } from '../persistence/session.ts';
import type { Storable } from '../persistence/storable.ts';
import { Waiting } from '../persistence/waiting.ts';
import { WillRecord } from '../persistence/wills.ts';
import type { Committer } from './committer.ts';
import {
	cursorField,
	cursorOf,
	expiryField,
	incomingField,
	type KeptSession,
	retainedField,
	subscriptionField,
	writeSubscription,
} from './kept-session.ts';
import type { LogId } from './log-id.ts';
import { type Hold, sayLater, set, unset } from './ops.ts';
import type { Operation } from './shared-store.ts';

/** Between two looks at how far sessions have come that got nothing, ms: their place in the log must not fall out of it. */
const idleMs = 60_000;

/** What the journal needs. */
export interface SessionJournalOptions {
	readonly committer: Committer;
	readonly clock: Clock;
	/** The session of a client, while it is this node's. */
	readonly holdOf: (client: string) => Hold | undefined;
	/** Up to where the log was looked at for a session. */
	readonly reachedBy: (session: Session) => LogId;
}

/**
 * Keeps the sessions of this node's clients in Redis, in the place of a state file. What waits for them is not written: the
 * log has it, and how far each has come is.
 */
export class SessionJournal {
	readonly #options: SessionJournalOptions;
	/** Kept ones that are connected here, and up to where that is written. */
	readonly #sessions = new Map<number, { readonly session: Session; cursor: LogId }>();
	/** Those that got or acknowledged something since. */
	readonly #moved = new Set<number>();
	#lookedMs = 0;
	#noted = 0;

	constructor(options: SessionJournalOptions) {
		this.#options = options;
	}

	get isFailing(): boolean {
		return this.#options.committer.isFailing;
	}

	get isStuck(): boolean {
		return this.#options.committer.isStuck;
	}

	get unsaved(): number {
		return this.#options.committer.unsaved;
	}

	get noted(): number {
		return this.#noted;
	}

	/** There is nothing to restore: sessions come with their clients. */
	async load(): Promise<void> {}

	async close(): Promise<void> {}

	/** Resolves when all that changed up to now is in Redis; undefined where it is. */
	async #done(): Promise<void> {
		try {
			await this.#options.committer.committed();
		} catch {
			// The node stops, or Redis could not do it: nobody is answered.
			await new Promise(() => {});
		}
	}

	committed(): Promise<void> | undefined {
		return this.#options.committer.committed() === undefined ? undefined : this.#done();
	}

	note(item: Storable): void {
		if (item instanceof Session) this.#noteSession(item);
		else if (item instanceof SubscriptionRecord) this.#noteSubscription(item);
		else if (item instanceof IncomingId) this.#noteIncoming(item);
		else if (item instanceof Waiting) this.#noteWaiting(item);
		else if (item instanceof WillRecord) this.#noteWill(item);
		else if (item.gone) item.forgotten?.();
	}

	/** A session came from Redis. What it was given of retained messages it is given again, and noted again. */
	adopted(session: Session, { cursor, retained }: KeptSession): void {
		this.#sessions.set(session.number, { session, cursor });
		for (const topic of retained) this.#write(session.clientId, (hold) => unset(hold, retainedField(topic)));
	}

	/** The connection of a session is over. */
	forget(session: Session): void {
		this.#sessions.delete(session.number);
		this.#moved.delete(session.number);
	}

	/** Writes how far the sessions have come. */
	look(): void {
		const nowMs = this.#options.clock.monotonicMs();
		const all = nowMs - this.#lookedMs >= idleMs;
		if (all) this.#lookedMs = nowMs;
		for (const number of all ? this.#sessions.keys() : this.#moved) this.#writeCursor(number);
		this.#moved.clear();
	}

	#writeCursor(number: number): void {
		const known = this.#sessions.get(number);
		if (known === undefined) return;
		const cursor = cursorOf(known.session, this.#options.reachedBy(known.session));
		if (cursor === known.cursor) return;
		known.cursor = cursor;
		this.#write(known.session.clientId, (hold) => set(hold, cursorField, cursor));
	}

	#noteSession(session: Session): void {
		if (session.gone) {
			this.forget(session);
			return;
		}
		this.#write(session.clientId, (hold) => set(hold, expiryField, String(session.expiryS)));
		if (this.#sessions.has(session.number)) return;
		const cursor = this.#options.reachedBy(session);
		this.#sessions.set(session.number, { session, cursor });
		this.#write(session.clientId, (hold) => set(hold, cursorField, cursor));
	}

	#noteSubscription(record: SubscriptionRecord): void {
		const field = subscriptionField(record.value.filter);
		const { clientId, gone } = record.session;
		// They go with their session.
		if (gone) return;
		if (record.gone) this.#write(clientId, (hold) => unset(hold, field));
		else this.#write(clientId, (hold) => set(hold, field, writeSubscription(record)));
	}

	#noteIncoming(id: IncomingId): void {
		const known = this.#sessions.get(id.session);
		if (known === undefined) return;
		const field = incomingField(id.messageId);
		this.#write(known.session.clientId, (hold) => (id.gone ? unset(hold, field) : set(hold, field, '1')));
	}

	/** What came through the log moves the session on; what was retained is in no log, and waits by its topic. */
	#noteWaiting(item: Waiting): void {
		const known = this.#sessions.get(item.session);
		if (known === undefined) return;
		if (item.body.at !== undefined) {
			this.#moved.add(item.session);
			return;
		}
		if (item.stored === !item.gone) return;
		item.stored = !item.gone;
		const field = retainedField(item.body.message.topic);
		this.#write(known.session.clientId, (hold) => (item.gone ? unset(hold, field) : set(hold, field, '1')));
	}

	#noteWill(record: WillRecord): void {
		const will = record.will as KeptWill | undefined;
		if (will === undefined) {
			this.#write(record.clientId, (hold) => unset(hold, 'will'));
			record.forgotten();
			return;
		}
		const delayMs = will.dueMs === undefined ? undefined : will.dueMs - this.#options.clock.wallMs();
		if (delayMs !== undefined) {
			this.#write(record.clientId, (hold) => sayLater(hold, serialize(will), delayMs));
			// From now on it is nobody's here: whichever node comes first says it.
			record.will = undefined;
			record.forgotten();
			return;
		}
		this.#write(record.clientId, (hold) => set(hold, 'will', serialize(will)));
		this.#write(record.clientId, (hold) => set(hold, 'willMs', String(will.delayS * 1000)));
	}

	#write(client: string, operation: (hold: Hold) => Operation): void {
		const hold = this.#options.holdOf(client);
		if (hold === undefined) return;
		this.#noted += 1;
		void this.#options.committer.add(operation(hold));
	}
}
