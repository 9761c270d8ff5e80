import { PacketRefused } from '../../errors.ts';
import type { Reader } from './reader.ts';
import { reasons } from './reasons.ts';
import type { Writer } from './writer.ts';

/** The properties of a packet of MQTT 5 (section 2.2.2.2), by the names of mqtt-packet. */
export interface Properties {
	readonly payloadFormatIndicator?: number;
	/** s */
	readonly messageExpiryInterval?: number;
	readonly contentType?: string;
	readonly responseTopic?: string;
	readonly correlationData?: Buffer;
	readonly subscriptionIdentifier?: readonly number[];
	/** s; 0xffffffff: never */
	readonly sessionExpiryInterval?: number;
	readonly assignedClientIdentifier?: string;
	/** s */
	readonly serverKeepAlive?: number;
	readonly authenticationMethod?: string;
	readonly authenticationData?: Buffer;
	readonly requestProblemInformation?: number;
	/** s */
	readonly willDelayInterval?: number;
	readonly requestResponseInformation?: number;
	readonly responseInformation?: string;
	readonly serverReference?: string;
	readonly reasonString?: string;
	readonly receiveMaximum?: number;
	readonly topicAliasMaximum?: number;
	readonly topicAlias?: number;
	/** Name and value, in the order they came. */
	readonly userProperties?: readonly (readonly [string, string])[];
	readonly maximumQoS?: number;
	readonly retainAvailable?: number;
	/** bytes */
	readonly maximumPacketSize?: number;
	readonly wildcardSubscriptionAvailable?: number;
	readonly subscriptionIdentifiersAvailable?: number;
	readonly sharedSubscriptionAvailable?: number;
}

/** Where a property may stand, of the packets that a client sends. */
export type Place = 'connect' | 'will' | 'publish' | 'ack' | 'subscribe' | 'unsubscribe' | 'disconnect' | 'auth';

type Kind = 'flag' | 'uint16' | 'uint32' | 'varint' | 'text' | 'name' | 'binary' | 'pair';

interface Definition {
	readonly id: number;
	readonly name: keyof Properties;
	readonly kind: Kind;
	readonly places: readonly Place[];
	/** The value 0 is a protocol error. */
	readonly positive?: true;
}

const definitions: readonly Definition[] = [
	{ id: 1, name: 'payloadFormatIndicator', kind: 'flag', places: ['publish', 'will'] },
	{ id: 2, name: 'messageExpiryInterval', kind: 'uint32', places: ['publish', 'will'] },
	{ id: 3, name: 'contentType', kind: 'text', places: ['publish', 'will'] },
	{ id: 8, name: 'responseTopic', kind: 'name', places: ['publish', 'will'] },
	{ id: 9, name: 'correlationData', kind: 'binary', places: ['publish', 'will'] },
	{ id: 11, name: 'subscriptionIdentifier', kind: 'varint', places: ['subscribe'], positive: true },
	{ id: 17, name: 'sessionExpiryInterval', kind: 'uint32', places: ['connect', 'disconnect'] },
	{ id: 18, name: 'assignedClientIdentifier', kind: 'name', places: [] },
	{ id: 19, name: 'serverKeepAlive', kind: 'uint16', places: [] },
	{ id: 21, name: 'authenticationMethod', kind: 'text', places: ['connect', 'auth'] },
	{ id: 22, name: 'authenticationData', kind: 'binary', places: ['connect', 'auth'] },
	{ id: 23, name: 'requestProblemInformation', kind: 'flag', places: ['connect'] },
	{ id: 24, name: 'willDelayInterval', kind: 'uint32', places: ['will'] },
	{ id: 25, name: 'requestResponseInformation', kind: 'flag', places: ['connect'] },
	{ id: 26, name: 'responseInformation', kind: 'text', places: [] },
	{ id: 28, name: 'serverReference', kind: 'text', places: [] },
	{ id: 31, name: 'reasonString', kind: 'text', places: ['ack', 'disconnect', 'auth'] },
	{ id: 33, name: 'receiveMaximum', kind: 'uint16', places: ['connect'], positive: true },
	{ id: 34, name: 'topicAliasMaximum', kind: 'uint16', places: ['connect'] },
	{ id: 35, name: 'topicAlias', kind: 'uint16', places: ['publish'] },
	{ id: 36, name: 'maximumQoS', kind: 'flag', places: [] },
	{ id: 37, name: 'retainAvailable', kind: 'flag', places: [] },
	{
		id: 38,
		name: 'userProperties',
		kind: 'pair',
		places: ['connect', 'will', 'publish', 'ack', 'subscribe', 'unsubscribe', 'disconnect', 'auth'],
	},
	{ id: 39, name: 'maximumPacketSize', kind: 'uint32', places: ['connect'], positive: true },
	{ id: 40, name: 'wildcardSubscriptionAvailable', kind: 'flag', places: [] },
	{ id: 41, name: 'subscriptionIdentifiersAvailable', kind: 'flag', places: [] },
	{ id: 42, name: 'sharedSubscriptionAvailable', kind: 'flag', places: [] },
];

const byId = new Map(definitions.map((definition) => [definition.id, definition]));

const none: Properties = Object.freeze({});

/** Reads the properties of a packet. Throws `PacketRefused`: one that may not stand there, twice, or out of its range. */
export function readProperties(reader: Reader, place: Place): Properties {
	const length = reader.varint();
	if (length === 0) return none;
	return reader.within(length, () => {
		const read: Record<string, unknown> = {};
		while (reader.left > 0) readProperty(reader, place, read);
		return read as Properties;
	});
}

function readProperty(reader: Reader, place: Place, read: Record<string, unknown>): void {
	const id = reader.varint();
	const definition = byId.get(id);
	if (definition === undefined) throw new PacketRefused(`a property ${id}, which there is not`);
	if (!definition.places.includes(place)) {
		throw new PacketRefused(`property ${id} in a packet where it has no place`, reasons.protocolError);
	}
	const { name, kind, positive } = definition;
	if (kind === 'pair') {
		if (read[name] === undefined) read[name] = [];
		(read[name] as [string, string][]).push([reader.text(), reader.text()]);
		return;
	}
	if (read[name] !== undefined) throw new PacketRefused(`property ${name} twice`, reasons.protocolError);
	const value = readValue(reader, kind);
	if ((kind === 'flag' && Number(value) > 1) || (positive === true && value === 0)) {
		throw new PacketRefused(`property ${name} of ${value}`, reasons.protocolError);
	}
	read[name] = name === 'subscriptionIdentifier' ? [value] : value;
}

function readValue(reader: Reader, kind: Exclude<Kind, 'pair'>): number | string | Buffer {
	switch (kind) {
		case 'flag':
			return reader.byte();
		case 'uint16':
			return reader.uint16();
		case 'uint32':
			return reader.uint32();
		case 'varint':
			return reader.varint();
		case 'text':
			return reader.text();
		case 'name':
			return reader.name();
		case 'binary':
			return reader.binary();
	}
}

/** Writes properties with their length before them. */
export function writeProperties(writer: Writer, properties: Properties): void {
	writer.counted(() => {
		for (const { id, name, kind } of definitions) {
			const value = properties[name];
			if (value === undefined) continue;
			if (kind === 'pair') {
				for (const [key, text] of value as readonly [string, string][]) writer.byte(id).text(key).text(text);
			} else if (Array.isArray(value)) {
				for (const item of value) writer.byte(id).varint(item as number);
			} else {
				writeValue(writer.byte(id), kind, value as never);
			}
		}
	});
}

function writeValue(writer: Writer, kind: Exclude<Kind, 'pair'>, value: never): void {
	switch (kind) {
		case 'flag':
			writer.byte(value);
			break;
		case 'uint16':
			writer.uint16(value);
			break;
		case 'uint32':
			writer.uint32(value);
			break;
		case 'varint':
			writer.varint(value);
			break;
		case 'text':
		case 'name':
			writer.text(value);
			break;
		case 'binary':
			writer.binary(value);
			break;
	}
}
