import { PacketRefused } from '../../errors.ts';
import { readConnect } from './connect.ts';
import type { Ack, Packet, Publish, Qos, Subscribe, Unsubscribe, Version, Wanted } from './packets.ts';
import { readProperties } from './properties.ts';
import { Reader } from './reader.ts';
import { reasons } from './reasons.ts';
import { filterFault, sharedParts } from './topics.ts';

const acks: Readonly<Record<number, Ack['type']>> = { 4: 'puback', 5: 'pubrec', 6: 'pubrel', 7: 'pubcomp' };

const received = [0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99];
const released = [0x00, 0x92];

/** Reason codes that each may have (MQTT 5 sections 3.4.2.1 to 3.7.2.1). */
const ackReasons: Readonly<Record<Ack['type'], readonly number[]>> = {
	puback: received,
	pubrec: received,
	pubrel: released,
	pubcomp: released,
};

/** Filters of one packet: as many as fit would hold everybody up. */
const mostFilters = 10_000;

/** Flags that the type's first byte must have (MQTT 5 section 2.1.3). */
const requiredFlags: Readonly<Record<number, number>> = { 6: 2, 8: 2, 10: 2 };

/**
 * Reads one packet that a client sent: `first` is its type and flags, `body` what its length counts. The packet, or why
 * it is refused; never throws.
 */
export function decode(first: number, body: Buffer, version: Version): Packet | PacketRefused {
	try {
		return read(first, body, version);
	} catch (error) {
		if (error instanceof PacketRefused) return error;
		throw error;
	}
}

function read(first: number, body: Buffer, version: Version): Packet {
	const type = first >> 4;
	const flags = first & 0x0f;
	if (type === 3) return readPublish(flags, body, version);
	const reader = new Reader(body);
	if (type === 1) return readConnect(reader, flags);
	if (flags !== (requiredFlags[type] ?? 0)) throw new PacketRefused(`a packet of type ${type} with flags ${flags}`);
	const ack = acks[type];
	if (ack !== undefined) return readAck(ack, reader, version);
	switch (type) {
		case 8:
			return readSubscribe(reader, version);
		case 10:
			return readUnsubscribe(reader, version);
		case 12:
			reader.finish();
			return { type: 'pingreq' };
		case 14:
			return readDisconnect(reader, version);
		case 15:
			if (version === 5) return { type: 'auth' };
	}
	throw new PacketRefused(`a packet of type ${type}, which no client sends`, reasons.protocolError);
}

function readPublish(flags: number, body: Buffer, version: Version): Publish {
	const reader = new Reader(body);
	const qos = (flags >> 1) & 3;
	const dup = (flags & 8) !== 0;
	if (qos > 2) throw new PacketRefused('a PUBLISH of quality of service 3');
	if (dup && qos === 0) throw new PacketRefused('a PUBLISH of quality of service 0 sent again');
	const topic = reader.name();
	const id = qos > 0 ? reader.id() : 0;
	const properties = version === 5 ? readProperties(reader, 'publish') : undefined;
	const payload = reader.rest();
	return { type: 'publish', topic, payload, qos: qos as Qos, retain: (flags & 1) !== 0, dup, id, properties };
}

function readAck(type: Ack['type'], reader: Reader, version: Version): Ack {
	const id = reader.id();
	const reason = version === 5 && reader.left > 0 ? reader.byte() : 0;
	if (!ackReasons[type].includes(reason)) throw new PacketRefused(`a ${type.toUpperCase()} for reason ${reason}`);
	if (version === 5 && reader.left > 0) readProperties(reader, 'ack');
	reader.finish();
	return { type, id, reason };
}

function readSubscribe(reader: Reader, version: Version): Subscribe {
	const id = reader.id();
	const properties = version === 5 ? readProperties(reader, 'subscribe') : {};
	const wanted: Wanted[] = [];
	do wanted.push(readWanted(reader, version));
	while (reader.left > 0 && wanted.length < mostFilters);
	refuseMore(reader);
	return { type: 'subscribe', id, wanted, identifier: properties.subscriptionIdentifier?.[0] };
}

function readWanted(reader: Reader, version: Version): Wanted {
	const filter = readFilter(reader);
	const options = reader.byte();
	const qos = options & 3;
	const rh = (options >> 4) & 3;
	const reserved = version === 5 ? 0xc0 : 0xfc;
	if (qos > 2 || rh > 2 || (options & reserved) !== 0) throw new PacketRefused(`subscription options of ${options}`);
	const nl = (options & 4) !== 0;
	if (nl && sharedParts(filter) !== undefined) {
		throw new PacketRefused('a shared subscription with no local', reasons.protocolError);
	}
	return { filter, qos: qos as Qos, nl, rap: (options & 8) !== 0, rh: rh as 0 | 1 | 2 };
}

function readUnsubscribe(reader: Reader, version: Version): Unsubscribe {
	const id = reader.id();
	if (version === 5) readProperties(reader, 'unsubscribe');
	const filters: string[] = [];
	do filters.push(readFilter(reader));
	while (reader.left > 0 && filters.length < mostFilters);
	refuseMore(reader);
	return { type: 'unsubscribe', id, filters };
}

function refuseMore(reader: Reader): void {
	if (reader.left > 0) throw new PacketRefused(`more than ${mostFilters} filters at once`, reasons.quotaExceeded);
}

function readFilter(reader: Reader): string {
	const filter = reader.name();
	const fault = filterFault(filter);
	if (fault !== undefined) throw new PacketRefused(fault, reasons.filterInvalid);
	return filter;
}

function readDisconnect(reader: Reader, version: Version): Packet {
	const reason = version === 5 && reader.left > 0 ? reader.byte() : 0;
	const properties = version === 5 && reader.left > 0 ? readProperties(reader, 'disconnect') : {};
	reader.finish();
	return { type: 'disconnect', reason, properties };
}
