// What Aedes hands over and gets back, and what we keep of it.
import type { Message } from './message.ts';
import type { Waiting } from './waiting.ts';

/** A message as Aedes has it; or a PUBREL, which has no more than `cmd` and `messageId`. */
export interface StoredPacket {
	cmd: string;
	topic: string;
	payload: Buffer;
	qos: 0 | 1 | 2;
	retain: boolean;
	dup?: boolean;
	brokerId?: string | undefined;
	brokerCounter?: number | undefined;
	/** Packet identifier towards the subscriber, once it has one. */
	messageId?: number | undefined;
	clientId?: string;
	properties?: Message['properties'];
	/** Wall clock, ms. */
	messageExpiry?: number;
}

/** The parts of a packet that only Aedes knows; they stay with the message in memory. */
interface Origin {
	readonly brokerId?: string | undefined;
	readonly brokerCounter?: number | undefined;
}

/** The message of a packet. */
export function messageOfPacket(packet: StoredPacket): Message & Origin {
	const { topic, payload, qos, retain, clientId, properties, messageExpiry, brokerId, brokerCounter } = packet;
	return {
		topic,
		payload,
		qos,
		retain,
		brokerId,
		brokerCounter,
		...(clientId === undefined ? {} : { from: clientId }),
		...(properties === undefined ? {} : { properties }),
		...(messageExpiry === undefined ? {} : { expiresAt: messageExpiry }),
	};
}

/** A waiting message as Aedes sends it: the PUBREL, where the client has the message already. */
export function packetOfWaiting(item: Waiting): Partial<StoredPacket> {
	const messageId = item.messageId === 0 ? undefined : item.messageId;
	if (item.released) return { cmd: 'pubrel', messageId };
	const { topic, payload, retain, from, properties, expiresAt, ...origin } = item.body.message as Message & Origin;
	return {
		cmd: 'publish',
		brokerId: origin.brokerId,
		brokerCounter: origin.brokerCounter,
		topic,
		payload,
		qos: item.how.qos,
		retain,
		dup: item.dup,
		messageId,
		...(from === undefined ? {} : { clientId: from }),
		...(properties === undefined ? {} : { properties }),
		...(expiresAt === undefined ? {} : { messageExpiry: expiresAt }),
	};
}

/** Whether a packet of Aedes stands for this waiting message: by its origin, or where that differs by its identifier. */
export function isOf(item: Waiting, packet: Partial<StoredPacket>): boolean {
	const { brokerId, brokerCounter } = item.body.message as Message & Origin;
	if (!item.released && brokerId === packet.brokerId) return brokerCounter === packet.brokerCounter;
	return item.messageId === packet.messageId;
}
