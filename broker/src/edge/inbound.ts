import type { Clock, Timer } from '@pilotwire/runtime';
import type { Channels } from '../channels/channels.ts';
import type { ChannelClient } from '../channels/client.ts';
import { isOfChannel } from '../channels/names.ts';
import type { Peer } from '../delivery/peer.ts';
import type { Router } from '../delivery/router.ts';
import { PacketRefused } from '../errors.ts';
import type { Limits } from '../options.ts';
import type { Pass } from '../pass.ts';
import type { Message } from '../persistence/message.ts';
import { AckLine } from './acks.ts';
import type { EdgeContext } from './context.ts';
import type { Traffic } from './traffic.ts';
import { ack } from './wire/encode.ts';
import type { Ack, Publish, Version } from './wire/packets.ts';
import type { Properties } from './wire/properties.ts';
import { reasons } from './wire/reasons.ts';
import { isTooLong, topicFault } from './wire/topics.ts';

/** Messages that a client can have under way at all: so many packet identifiers there are. */
const mostIdentifiers = 0xffff;

/** What publishing needs of the connection it comes over. */
export interface Publisher {
	readonly version: Version;
	readonly pass: Pass;
	readonly peer: Peer;
	/** The same as channels see it. */
	readonly client: ChannelClient;
	send(bytes: Buffer): void;
	/** Takes no more packets until `resume`. */
	pause(): void;
	resume(): void;
	/** Closes the connection. */
	fail(error: PacketRefused): void;
	/** An audit line for a message that may not be published. */
	refused(topic: string): void;
}

/** What became of a message: as version 5 says it, and what its answer waits for. */
interface Forwarded {
	readonly reason: number;
	readonly stored: Promise<unknown> | undefined;
}

/** What one client publishes: topic aliases, rights, quality of service 1 and 2, answers in their order. */
export class Inbound {
	readonly #publisher: Publisher;
	readonly #router: Router;
	readonly #limits: Pick<Limits, 'receiveMaximum' | 'topicAliases'>;
	readonly #traffic: Traffic;
	readonly #clock: Clock;
	readonly #channels: Channels | undefined;
	readonly #aliases = new Map<number, string>();
	readonly #acks: AckLine;
	/** Too many of its messages wait for the disk. */
	#waiting = false;
	/** It was too fast in a channel, and is not read until then. */
	#resting: Timer | undefined;

	constructor(publisher: Publisher, { router, limits, traffic, clock, channels }: EdgeContext) {
		this.#publisher = publisher;
		this.#router = router;
		this.#limits = limits;
		this.#traffic = traffic;
		this.#clock = clock;
		this.#channels = channels;
		this.#acks = new AckLine({
			send: (bytes) => publisher.send(bytes),
			onAdvance: () => this.#goOn(),
			onFailure: () =>
				publisher.fail(new PacketRefused('a message could not be stored', reasons.implementationSpecific)),
		});
	}

	/**
	 * Takes a PUBLISH; where too many wait for the disk, the client waits too. Not for a disk that is stuck, for then nothing
	 * it says would be heard any more, its PINGREQ neither: it may go on as long as it has identifiers.
	 */
	publish(packet: Publish): void {
		this.#traffic.publishesReceived += 1;
		this.#traffic.payloadReceived += packet.payload.length;
		this.#take(packet);
		const most = this.#router.isStuck ? mostIdentifiers : this.#limits.receiveMaximum;
		if (this.#waiting || this.#acks.length < most) return;
		this.#waiting = true;
		this.#publisher.pause();
	}

	/** Whether it is not read now because it was too fast. */
	get isResting(): boolean {
		return this.#resting !== undefined;
	}

	/** Its connection is over. */
	close(): void {
		this.#resting?.cancel();
	}

	/** Looks whether the disk that the client waits for is stuck. */
	look(): void {
		if (this.#waiting && this.#router.isStuck && this.#acks.length < mostIdentifiers) this.#resume();
	}

	#goOn(): void {
		if (this.#waiting && this.#acks.length <= this.#limits.receiveMaximum / 2) this.#resume();
	}

	#resume(): void {
		this.#waiting = false;
		if (this.#resting === undefined) this.#publisher.resume();
	}

	/** Reads no more of it for a while. */
	#rest(forMs: number): void {
		this.#publisher.pause();
		this.#resting = this.#clock.after(forMs, () => {
			this.#resting = undefined;
			if (!this.#waiting) this.#publisher.resume();
		});
	}

	#take(packet: Publish): void {
		const topic = this.#topicOf(packet);
		if (topic instanceof PacketRefused) {
			this.#publisher.fail(topic);
			return;
		}
		const { qos, id } = packet;
		if (qos === 2 && this.#router.incoming.has(this.#publisher.peer.id, id)) {
			this.#acks.add(this.#ack('pubrec', id), this.#router.sessions.committed(this.#publisher.peer));
			return;
		}
		const reason = this.#reason(topic);
		if (reason === reasons.topicInvalid && (this.#publisher.version < 5 || qos === 0)) {
			this.#publisher.fail(new PacketRefused('a topic with too many levels', reason));
			return;
		}
		if (qos === 2) {
			this.#takeOnce(packet, topic, reason);
			return;
		}
		const done = reason === 0 ? this.#forward(packet, topic) : { reason, stored: undefined };
		if (qos === 1) this.#acks.add(this.#ack('puback', id, done.reason), done.stored);
	}

	/** Takes a PUBREL: the identifier may be used for another message. */
	release(id: number): void {
		const { incoming } = this.#router;
		const { peer, version } = this.#publisher;
		const known = incoming.has(peer.id, id);
		const done = known ? incoming.delete(peer.id, id) : undefined;
		const reason = known || version < 5 ? 0 : reasons.packetIdNotFound;
		this.#acks.add(this.#ack('pubcomp', id, reason), done);
	}

	#takeOnce(packet: Publish, topic: string, reason: number): void {
		const { incoming } = this.#router;
		const { peer } = this.#publisher;
		if (incoming.count(peer.id) >= this.#limits.receiveMaximum) {
			const why = `more than ${this.#limits.receiveMaximum} messages of QoS 2 that it did not release`;
			this.#publisher.fail(new PacketRefused(why, reasons.receiveMaximumExceeded));
			return;
		}
		const done = reason === 0 ? this.#forward(packet, topic) : { reason, stored: undefined };
		// A refusal ends the exchange in version 5; in versions 3, which have none, a PUBREL follows.
		const ended = done.reason >= reasons.unspecified && this.#publisher.version === 5;
		const noted = ended ? undefined : incoming.add(peer.id, packet.id);
		this.#acks.add(this.#ack('pubrec', packet.id, done.reason), both(noted, done.stored));
	}

	#forward(packet: Publish, topic: string): Forwarded {
		const { payload, qos, id, retain, properties } = packet;
		const { peer, client } = this.#publisher;
		const plain = { topic, payload, qos, retain, from: peer.id };
		const message: Message = properties === undefined ? plain : { ...plain, ...told(properties, this.#clock.wallMs()) };
		if (this.#channels !== undefined && isOfChannel(topic)) return this.#say(this.#channels, client, message);
		const { matched, stored } = this.#router.publish(message, qos === 2 ? id : undefined);
		return { reason: matched ? reasons.success : reasons.noMatchingSubscribers, stored };
	}

	#say(channels: Channels, client: ChannelClient, message: Message): Forwarded {
		const waitMs = channels.pace(client, message.payload.length);
		if (waitMs > 0) this.#rest(waitMs);
		return channels.publish(client, message);
	}

	/** Why a message is answered and not published; 0: it is. What may be said in a channel, the channels say. */
	#reason(topic: string): number {
		if (isTooLong(topic)) return reasons.topicInvalid;
		if (this.#channels !== undefined && isOfChannel(topic)) return 0;
		if (this.#publisher.pass.mayPublish(topic)) return 0;
		this.#publisher.refused(topic);
		return reasons.notAuthorized;
	}

	#topicOf({ topic, properties }: Publish): string | PacketRefused {
		const { topicAlias, responseTopic } = properties ?? {};
		if (responseTopic !== undefined && topicFault(responseTopic) !== undefined) {
			return new PacketRefused('a response topic that is none', reasons.protocolError);
		}
		if (topicAlias === undefined) return checked(topic);
		if (topicAlias === 0 || topicAlias > this.#limits.topicAliases) {
			return new PacketRefused(`a topic alias of ${topicAlias}`, reasons.topicAliasInvalid);
		}
		if (topic === '') {
			return this.#aliases.get(topicAlias) ?? new PacketRefused('an unknown topic alias', reasons.topicAliasInvalid);
		}
		const fine = checked(topic);
		if (typeof fine === 'string') this.#aliases.set(topicAlias, fine);
		return fine;
	}

	#ack(type: Ack['type'], id: number, reason = 0): Buffer {
		return ack(type, this.#publisher.version, id, reason);
	}
}

function checked(topic: string): string | PacketRefused {
	const fault = topicFault(topic);
	if (fault === undefined) return topic;
	return new PacketRefused(`publish: ${fault}`, topic === '' ? reasons.protocolError : reasons.topicInvalid);
}

/** The properties that go on to the subscribers, and when the message is out of date. */
export function told(properties: Properties | undefined, nowMs: number): Pick<Message, 'properties' | 'expiresAt'> {
	if (properties === undefined) return {};
	const { topicAlias: _, messageExpiryInterval, willDelayInterval: __, ...forwarded } = properties;
	const expires = messageExpiryInterval === undefined ? {} : { expiresAt: nowMs + messageExpiryInterval * 1000 };
	return { properties: forwarded, ...expires };
}

function both(first: Promise<unknown> | undefined, second: Promise<unknown> | undefined): Promise<unknown> | undefined {
	return first === undefined || second === undefined ? (first ?? second) : Promise.all([first, second]);
}
