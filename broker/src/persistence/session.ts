import type { SqlStatement } from '@pilotwire/runtime';
import type { Subscription } from './message.ts';
import type { Storable } from './storable.ts';
import { incomingRow, sessionRow, subscriptionRow } from './tables.ts';
import { type Body, Queue } from './waiting.ts';

/** Gives a session what it missed; what comes live meanwhile waits there. */
export interface Behind {
	/** A message came live for it. */
	offer(body: Body, target: Target): void;
	/** Less waits for its client than before. */
	room(): void;
	/** Its client is gone. */
	stop(): void;
}

/** How a message of one topic goes to one session, whatever overlaps. */
export interface Target {
	readonly session: Session;
	/** The best quality of service it subscribed with. */
	readonly qos: 0 | 1 | 2;
	/** Whether it wants the retain flag as it was published. */
	readonly rap: boolean;
	readonly identifiers: readonly number[];
	/** The shared subscription that it goes out for. */
	readonly group?: string;
}

/** What a client left behind that outlives its connection, or ends with it (`kept` false). */
export class Session implements Storable {
	stored = false;
	gone = false;
	readonly clientId: string;
	readonly number: number;
	/** Whether it outlives its connection, and the broker. */
	readonly kept: boolean;
	/** How long after its connection ended it is over, s; 0xffffffff: never by itself. */
	expiryS: number;
	/** Since when its client is absent in this life of the broker, monotonic clock, ms; undefined while it is connected. */
	absentSinceMs: number | undefined;
	/** Whose it is; undefined where an older version left it: the next to come takes it. */
	owner: string | undefined;
	readonly subscriptions = new Map<string, SubscriptionRecord>();
	/** QoS 2 identifiers of its own publishes that wait for their PUBREL. */
	readonly incoming = new Map<number, IncomingId>();
	readonly queue = new Queue();
	/** Where the next message of the queue stands. */
	nextPosition = 1;
	/** Present while it has not got all yet that was published before. */
	behind: Behind | undefined;

	constructor(clientId: string, number: number, kept: boolean, expiryS: number, owner?: string) {
		this.clientId = clientId;
		this.number = number;
		this.kept = kept;
		this.expiryS = expiryS;
		this.owner = owner;
	}

	put(): SqlStatement {
		return sessionRow.put(this);
	}

	remove(): SqlStatement[] {
		return sessionRow.remove(this.number);
	}
}

/** A subscription of a session. */
export class SubscriptionRecord implements Storable {
	stored = false;
	gone = false;
	readonly session: Session;
	value: Subscription;
	/** In a cluster, the place in the log from which on it takes messages in. */
	readonly since: string | undefined;

	constructor(session: Session, value: Subscription, since?: string) {
		this.session = session;
		this.value = value;
		this.since = since;
	}

	put(): SqlStatement {
		return subscriptionRow.put(this.session.number, this.value);
	}

	remove(): SqlStatement[] {
		return [subscriptionRow.remove(this.session.number, this.value.filter)];
	}
}

/** A QoS 2 identifier that waits for its PUBREL. */
export class IncomingId implements Storable {
	stored = false;
	gone = false;
	/** Number of its session. */
	readonly session: number;
	readonly messageId: number;

	constructor(session: number, messageId: number) {
		this.session = session;
		this.messageId = messageId;
	}

	put(): SqlStatement {
		return incomingRow.put(this.session, this.messageId);
	}

	remove(): SqlStatement[] {
		return [incomingRow.remove(this.session, this.messageId)];
	}
}
