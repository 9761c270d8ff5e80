/** MQTT 5 properties of a PUBLISH, by the names of mqtt-packet; without the expiry, the topic alias and subscription identifiers. */
export type MessageProperties = Readonly<Record<string, unknown>>;

/** A message as the broker routes and keeps it. Never changed once made: queues and the retained state share it. */
export interface Message {
	readonly topic: string;
	readonly payload: Buffer;
	readonly qos: 0 | 1 | 2;
	readonly retain: boolean;
	readonly properties?: MessageProperties;
	/** Wall clock from which on it is not delivered any more, ms. */
	readonly expiresAt?: number;
	/** Client id of the publisher. */
	readonly from?: string;
}

/** A filter and how a client subscribed to it (MQTT 5 section 3.8.3.1; version 3 has `qos` alone). */
export interface Subscription {
	/** With `$share/GROUP/` where it is a shared one. */
	readonly filter: string;
	readonly qos: 0 | 1 | 2;
	/** No local: not what the client itself publishes. */
	readonly nl: boolean;
	/** Retain as published. */
	readonly rap: boolean;
	/** Retain handling: 0 sends what is retained, 1 where the subscription is new, 2 not. */
	readonly rh: 0 | 1 | 2;
	readonly identifier?: number;
}

/** The will of a connected client, with whatever the edge put to it. */
export type Will = Readonly<Record<string, unknown>>;

/** A message to keep: its bytes not views of the whole socket read they came in, but memory of their own. */
export function ownMessage(message: Message): Message {
	return copied(message, Buffer.allocUnsafeSlow);
}

/**
 * A message for a moment: what it holds on to is 8 kB that it shares with those before and after it, which costs a fifth of
 * memory of its own.
 */
export function briefMessage(message: Message): Message {
	return copied(message, Buffer.allocUnsafe);
}

function copied(message: Message, room: (bytes: number) => Buffer): Message {
	const payload = ownBytes(message.payload, room) as Buffer;
	const { properties } = message;
	const correlationData = properties?.['correlationData'];
	if (correlationData instanceof Uint8Array) {
		return { ...message, payload, properties: { ...properties, correlationData: ownBytes(correlationData, room) } };
	}
	return payload === message.payload ? message : { ...message, payload };
}

function ownBytes<Bytes extends Uint8Array>(bytes: Bytes, room: (bytes: number) => Buffer): Bytes | Buffer {
	// Aedes lets a program publish text.
	if (!(bytes instanceof Uint8Array) || bytes.length === bytes.buffer.byteLength) return bytes;
	const own = room(bytes.length);
	own.set(bytes);
	return own;
}

/** What a message takes up, roughly, in bytes of memory. Reads all its properties: ask once. */
export function weightOf({ topic, payload, properties }: Message): number {
	return topic.length + payload.length + propertyWeight(properties) + 200;
}

/** Pairs of text weigh more than their text: a packet may be full of empty ones. */
const bytesPerPair = 50;

function propertyWeight(properties: MessageProperties | undefined): number {
	let weight = 0;
	for (const value of Object.values(properties ?? {})) {
		if (typeof value === 'string' || value instanceof Uint8Array) weight += value.length;
		else if (Array.isArray(value)) for (const pair of value) weight += bytesPerPair + textWeight(pair);
	}
	return weight;
}

function textWeight(pair: readonly unknown[]): number {
	return pair.reduce<number>((sum, text) => sum + String(text).length, 0);
}

/** Whether it must not be delivered any more. `nowMs`: wall clock. */
export function isExpired(message: Message, nowMs: number): boolean {
	return message.expiresAt !== undefined && message.expiresAt <= nowMs;
}
