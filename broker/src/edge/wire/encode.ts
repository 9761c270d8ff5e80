import type { Ack, Qos, Version } from './packets.ts';
import { type Properties, writeProperties } from './properties.ts';
import { varintBytes, Writer, writeVarint } from './writer.ts';

const ackBytes: Readonly<Record<Ack['type'], number>> = { puback: 0x40, pubrec: 0x50, pubrel: 0x62, pubcomp: 0x70 };

/** The answer to PINGREQ. */
export const pingresp = Buffer.from([0xd0, 0]);

/** CONNACK. `code`: the return code of versions 3, or the reason of version 5. */
export function connack(version: Version, sessionPresent: boolean, code: number, properties: Properties = {}): Buffer {
	// Of a session there is no word in MQTT 3.1, where these bits are reserved.
	const writer = new Writer().byte(sessionPresent && version > 3 ? 1 : 0).byte(code);
	if (version === 5) writeProperties(writer, properties);
	return writer.packet(0x20);
}

/** PUBACK, PUBREC, PUBREL or PUBCOMP; a reason of success needs no byte. */
export function ack(type: Ack['type'], version: Version, id: number, reason = 0): Buffer {
	const first = ackBytes[type];
	const says = version === 5 && reason !== 0;
	// There is one for each message: made from a list of numbers it would cost more than the message.
	const packet = Buffer.allocUnsafe(says ? 5 : 4);
	packet[0] = first;
	packet[1] = says ? 3 : 2;
	packet[2] = id >> 8;
	packet[3] = id & 0xff;
	if (says) packet[4] = reason;
	return packet;
}

/** SUBACK. `codes`: one per filter, in its order. */
export function suback(version: Version, id: number, codes: readonly number[]): Buffer {
	const writer = new Writer().uint16(id);
	if (version === 5) writer.byte(0);
	return writer.raw(Buffer.from(codes)).packet(0x90);
}

/** UNSUBACK; the codes stand in version 5 only. */
export function unsuback(version: Version, id: number, codes: readonly number[]): Buffer {
	const writer = new Writer().uint16(id);
	if (version === 5) writer.byte(0).raw(Buffer.from(codes));
	return writer.packet(0xb0);
}

/** DISCONNECT, which a broker says in version 5 only. */
export function disconnect(reason: number): Buffer {
	return Buffer.from([0xe0, 1, reason]);
}

/** What is said of a message beside its topic and payload. */
export interface PublishHead {
	readonly qos: Qos;
	readonly retain: boolean;
	readonly dup: boolean;
	/** Packet identifier; 0 at QoS 0. */
	readonly messageId: number;
}

const noProperties = Buffer.from([0]);

/** PUBLISH, in one piece. `properties`: nothing for versions 3. */
export function publish(topic: string, payload: Buffer, head: PublishHead, properties?: Properties): Buffer {
	const props = properties === undefined ? undefined : propertyBytes(properties);
	const topicBytes = Buffer.byteLength(topic);
	const length = 2 + topicBytes + (head.qos > 0 ? 2 : 0) + (props?.length ?? 0) + payload.length;
	const packet = Buffer.allocUnsafe(1 + varintBytes(length) + length);
	packet[0] = 0x30 | (head.dup ? 8 : 0) | (head.qos << 1) | (head.retain ? 1 : 0);
	let at = writeVarint(packet, 1, length);
	at = packet.writeUInt16BE(topicBytes, at);
	at += packet.write(topic, at, topicBytes === topic.length ? 'latin1' : 'utf8');
	if (head.qos > 0) at = packet.writeUInt16BE(head.messageId, at);
	if (props !== undefined) at += props.copy(packet, at);
	payload.copy(packet, at);
	return packet;
}

function propertyBytes(properties: Properties): Buffer {
	for (const _ in properties) {
		const writer = new Writer();
		writeProperties(writer, properties);
		return writer.bytes();
	}
	return noProperties;
}
