import { isShared } from '../persistence/filters.ts';
import type { Dropped } from '../persistence/losses.ts';
import type { BrokerStore } from '../persistence/store.ts';
import type { Surroundings } from './recipient.ts';

/** Messages and sessions, as counted since the start or now. */
export interface Counters extends Dropped {
	readonly sent: number;
	/** QoS 0 messages for clients that did not read. */
	readonly droppedSlow: number;
	readonly retained: number;
	/** What they take up in memory. */
	readonly retainedBytes: number;
	readonly sessions: number;
	/** Messages that wait for clients. */
	readonly queued: number;
	readonly queuedBytes: number;
	readonly subscriptions: number;
	/** Of these, shared ones. */
	readonly sharedSubscriptions: number;
	/** Whether the state can't be saved, so that nothing is acknowledged that has to be. */
	readonly diskFails: boolean;
	/** Changes that the state file does not have yet. */
	readonly unsaved: number;
	/** Sessions that ended because their clients stayed away. */
	readonly sessionsExpired: number;
}

/** How things stand now. Reads every session and subscription: for every few seconds, not for every message. */
export function countersOf(
	store: BrokerStore,
	{ sent, droppedSlow, expired }: Surroundings['counters'],
	sessionsExpired: number,
): Counters {
	let queued = 0;
	let subscriptions = 0;
	let sharedSubscriptions = 0;
	for (const session of store.sessions.values()) {
		queued += session.queue.length;
		subscriptions += session.subscriptions.size;
		for (const filter of session.subscriptions.keys()) if (isShared(filter)) sharedSubscriptions += 1;
	}
	return {
		...store.dropped,
		sent,
		droppedSlow,
		expired: store.dropped.expired + expired,
		retained: store.retained.size,
		retainedBytes: store.retained.bytes,
		sessions: store.sessions.size,
		queued,
		queuedBytes: store.queues.bytes,
		subscriptions,
		sharedSubscriptions,
		diskFails: store.disk.isFailing,
		unsaved: store.disk.unsaved,
		sessionsExpired,
	};
}
