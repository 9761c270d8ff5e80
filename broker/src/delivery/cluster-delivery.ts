import type { Message } from '../persistence/message.ts';
import type { Session, Target } from '../persistence/session.ts';
import type { AdoptedSession, BrokerStore } from '../persistence/store.ts';
import type { Body } from '../persistence/waiting.ts';
import type { Recipient } from './recipient.ts';
import type { Sessions } from './sessions.ts';
import { type Arrival, heldBytes, heldMessages, type Missed, type SharedLog } from './shared-log.ts';
import type { Turns } from './subscribers.ts';

/**
 * What delivery at one broker of a cluster does with the log that the brokers share: a kept session that has no room is
 * left behind, is given what it missed out of the log, and joins the others again; each shared subscription is for the
 * members of one broker at a time.
 */
export class ClusterDelivery {
	readonly #store: BrokerStore;
	readonly #sessions: Sessions;
	readonly #log: SharedLog;

	constructor(store: BrokerStore, sessions: Sessions, log: SharedLog) {
		this.#store = store;
		this.#sessions = sessions;
		this.#log = log;
	}

	/** Appends a message: it comes back from the log, to this broker too. As `SharedLog.append`. */
	append(message: Message, messageId?: number): Promise<unknown> {
		return this.#log.append(message, messageId);
	}

	/** Which shared subscriptions a message is for at this broker. */
	turns(message: Message, arrival: Arrival): Turns {
		const log = this.#log;
		return {
			group: arrival.group,
			isTurn: (filter) => log.isTurn(filter, arrival.at),
			nobody: (filter) => {
				if (message.qos > 0) log.sayAgain(message, filter);
			},
		};
	}

	/** Queues a message of QoS 1 or 2; what a kept session has no room for stays in the log. */
	queue(recipient: Recipient, body: Body, target: Target): void {
		const { session } = recipient;
		const { at, message } = body;
		const qos = Math.min(target.qos, message.qos) as 1 | 2;
		if (at === undefined || !session.kept || target.group !== undefined) {
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

	/** A kept session that began at another broker. */
	adopt(kept: AdoptedSession): Session {
		return this.#sessions.adopt(kept);
	}

	/** Queues what a session missed; false where there is no room. */
	feed(session: Session, { message, at, target, dup, messageId }: Missed): boolean {
		if (session.queue.bytes >= heldBytes) return false;
		const body = this.#store.queues.body(message);
		body.at = at;
		const qos = Math.min(target.qos, message.qos) as 1 | 2;
		const item = this.#sessions.recipients.get(session)?.queue(body, qos, target);
		if (item === undefined) return false;
		item.dup = dup;
		item.messageId = messageId;
		return true;
	}

	/** Queues what came live while a session was behind. */
	join(session: Session, body: Body, target: Target): void {
		const recipient = this.#sessions.recipients.get(session);
		if (recipient !== undefined) this.queue(recipient, body, target);
	}

	/** Sends what waits for a session. */
	pump(session: Session): void {
		this.#sessions.recipients.get(session)?.pump();
	}

	/** Sends a client what is retained for topics, whatever it subscribed to. */
	remind(session: Session, topics: readonly string[]): void {
		const { retained } = this.#store;
		const messages = topics.flatMap((topic) => retained.get(topic) ?? []).values();
		this.#sessions.recipients.get(session)?.read([{ messages, qos: 1, identifiers: [] }]);
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
}
