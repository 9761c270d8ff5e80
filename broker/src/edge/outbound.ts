import type { Clock } from '@pilotwire/runtime';
import type { Sending } from '../delivery/peer.ts';
import type { Message } from '../persistence/message.ts';
import { type PublishHead, publish } from './wire/encode.ts';
import type { Version } from './wire/packets.ts';
import type { Properties } from './wire/properties.ts';

/** What a client said at sign-in of the packets it takes. */
export interface Taken {
	readonly version: Version;
	/** bytes */
	readonly maximumPacketSize: number;
	readonly topicAliasMaximum: number;
}

const none: Properties = {};

/** The last message that was written as it stands for many: to fifty subscribers it is put into bytes once. */
const last: { message: Message | undefined; version: Version; retain: boolean; bytes: Buffer } = {
	message: undefined,
	version: 4,
	retain: false,
	bytes: Buffer.alloc(0),
};

/** Puts messages into the bytes that one client gets. */
export class Outbound {
	readonly #taken: Taken;
	readonly #clock: Clock;
	readonly #aliases = new Map<string, number>();

	constructor(taken: Taken, clock: Clock) {
		this.#taken = taken;
		this.#clock = clock;
	}

	/** The packet; nothing where it is larger than what this client takes. */
	encode(message: Message, head: Sending): Buffer | undefined {
		const { identifiers } = head;
		const { version, topicAliasMaximum, maximumPacketSize } = this.#taken;
		if (version < 5) return head.qos > 0 ? publish(message.topic, message.payload, head) : shared(message, head, 4);
		const plain = identifiers.length === 0 && message.expiresAt === undefined && topicAliasMaximum === 0;
		if (plain && head.qos === 0) return this.#fitting(shared(message, head, 5));
		const alias = this.#alias(message.topic);
		const topic = alias?.known === true ? '' : message.topic;
		const properties = this.#properties(message, identifiers, alias?.number);
		const bytes = publish(topic, message.payload, head, properties);
		if (alias?.known === false && bytes.length <= maximumPacketSize) this.#aliases.set(message.topic, alias.number);
		return this.#fitting(bytes);
	}

	#fitting(bytes: Buffer): Buffer | undefined {
		return bytes.length <= this.#taken.maximumPacketSize ? bytes : undefined;
	}

	#alias(topic: string): { number: number; known: boolean } | undefined {
		const present = this.#aliases.get(topic);
		if (present !== undefined) return { number: present, known: true };
		if (this.#aliases.size >= this.#taken.topicAliasMaximum) return undefined;
		return { number: this.#aliases.size + 1, known: false };
	}

	#properties(message: Message, identifiers: readonly number[], alias: number | undefined): Properties {
		const { properties, expiresAt } = message;
		const leftMs = expiresAt === undefined ? undefined : Math.max(0, expiresAt - this.#clock.wallMs());
		return {
			...properties,
			...(leftMs === undefined ? {} : { messageExpiryInterval: Math.ceil(leftMs / 1000) }),
			...(identifiers.length === 0 ? {} : { subscriptionIdentifier: identifiers }),
			...(alias === undefined ? {} : { topicAlias: alias }),
		};
	}
}

/** A packet of QoS 0 that is the same for all who get the message. */
function shared(message: Message, head: PublishHead, version: 4 | 5): Buffer {
	if (last.message !== message || last.version !== version || last.retain !== head.retain) {
		last.bytes = publish(
			message.topic,
			message.payload,
			head,
			version === 5 ? (message.properties ?? none) : undefined,
		);
		last.message = message;
		last.version = version;
		last.retain = head.retain;
	}
	return last.bytes;
}
