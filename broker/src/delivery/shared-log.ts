import type { Message } from '../persistence/message.ts';
import type { Session, SubscriptionRecord, Target } from '../persistence/session.ts';

/**
 * The log that the brokers of a cluster have in common. What is published goes there, and comes from there to each of them
 * in the same order, the one it was published at too.
 */
export interface SharedLog {
	/** Appends a message. Resolves once it is kept, and with it `messageId`, where it has one of QoS 2; rejects where it is not. */
	append(message: Message, messageId?: number): Promise<unknown>;
	/** Resolves once all that changed is kept, and all that was published before has arrived here. Never rejects. */
	settled(): Promise<void>;
	/** A subscription is new: it takes in what comes from now on. */
	subscribed(record: SubscriptionRecord): void;
	/** A subscription is over. */
	unsubscribed(record: SubscriptionRecord): void;
	/** Its client is connected: what it missed may follow. */
	attached(session: Session): void;
	/** The connection of a session is over. `stays`: for another to go on with, on whichever broker. */
	released(session: Session, stays: boolean): void;
	/** More waits for a kept session than is held in memory: from this message on it is read again later. */
	fellBehind(session: Session, from: string): void;
	/** Whether a shared subscription's next message, which is this one, is for a member at this broker. */
	isTurn(filter: string, at: string): boolean;
	/** A member of a shared subscription has a message no more before it acknowledged it: another one gets it. */
	sayAgain(message: Message, group: string): void;
}

/** A message that came from the log. */
export interface Arrival {
	/** Its place there. */
	readonly at: string;
	/** The one shared subscription it is for, where it is for no others. */
	readonly group: string | undefined;
}

/** Messages that wait here for one kept session; the rest stays in the log. */
export const heldMessages = 1000;
/** What they may take up, bytes. */
export const heldBytes = 4 * 1024 * 1024;

/** A message that a session missed. */
export interface Missed {
	readonly at: string;
	readonly message: Message;
	readonly target: Target;
	/** It may have reached the client before. */
	readonly dup: boolean;
	/** Packet identifier that it went out with; 0: none. */
	readonly messageId: number;
}
