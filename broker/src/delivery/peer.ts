import type { Message } from '../persistence/message.ts';

/** How a message goes to one client. */
export interface Sending {
	readonly qos: 0 | 1 | 2;
	readonly retain: boolean;
	readonly dup: boolean;
	/** Packet identifier; 0 at QoS 0. */
	readonly messageId: number;
	/** Identifiers of the subscriptions it goes out for (MQTT 5). */
	readonly identifiers: readonly number[];
}

/** One connected client, as those who deliver see it. */
export interface Peer {
	/** Client id. */
	readonly id: string;
	/** Messages of QoS 1 and 2 that it takes unacknowledged (MQTT 5's receive maximum). */
	readonly window: number;
	/** Bytes written to it that the system has not taken yet. */
	readonly backlogBytes: number;
	/** Whether it may get messages of this topic. */
	mayRead(topic: string): boolean;
	/** Writes a PUBLISH; false where the client can never take it (its maximum packet size): that counts as delivered. */
	send(message: Message, how: Sending): boolean;
	/** Writes a PUBREL. */
	release(messageId: number): void;
	/** More waits for it than is kept for a client without a session of its own. */
	overflow(): void;
	/** A QoS 0 message was left out because it did not read. */
	missed(): void;
}
