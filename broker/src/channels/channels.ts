import { type ChannelTopic, isChannelName, readChannelTopic } from '@pilotwire/contract';
import type { Clock } from '@pilotwire/runtime';
import type { Router } from '../delivery/router.ts';
import type { Message, Subscription } from '../persistence/message.ts';
import type { ChannelBounds } from './bounds.ts';
import type { ChannelClient } from './client.ts';
import { UnderWay } from './flight.ts';
import { readJoin } from './join.ts';
import { Membership } from './membership.ts';
import { matches, nameIn } from './names.ts';
import { Pace } from './pace.ts';
import { Post } from './post.ts';
import { type Refusal, refusal, refusalReasons } from './refusals.ts';
import { Rooms } from './rooms.ts';

/** A member that acknowledges nothing for so long while messages wait for it is put out, ms. */
const slowAfterMs = 30_000;
/** Characters of a topic that a refusal names. */
const mostTold = 256;

/** What became of a publish. */
export interface ChannelOutcome {
	/** As version 5 says it; 0: it went to somebody, or was done. */
	readonly reason: number;
	/** To wait for before it is acknowledged: too much is under way. */
	readonly stored: Promise<unknown> | undefined;
}

/** What channels say of themselves: numbers, no names. */
export interface ChannelFigures {
	readonly channels: number;
	readonly members: number;
	/** Bytes that members have not acknowledged yet. */
	readonly bytesInFlight: number;
	/** What was refused since the start. */
	readonly refused: number;
}

/** A topic that a member speaks on. */
type Spoken = Extract<ChannelTopic, { readonly from: string }>;

const done: ChannelOutcome = { reason: 0, stored: undefined };

/**
 * Rooms that whoever knows their name and password joins. All of a channel lives here, apart from the house's topics and
 * subscriptions: nothing of it goes through the core, so that nothing is retained, queued for the absent, or written, and
 * no subscription outside ever matches.
 */
export class Channels {
	readonly #bounds: ChannelBounds;
	readonly #clock: Clock;
	readonly #post: Post;
	readonly #rooms: Rooms;
	readonly #pace: Pace;
	readonly #underWay: UnderWay;
	#refused = 0;

	constructor(bounds: ChannelBounds, router: Router, clock: Clock) {
		this.#bounds = bounds;
		this.#clock = clock;
		this.#post = new Post(router);
		this.#rooms = new Rooms(bounds, this.#post);
		this.#pace = new Pace(bounds);
		this.#underWay = new UnderWay(bounds.maxBytesInFlightInAll);
	}

	get figures(): ChannelFigures {
		const { size: channels, members } = this.#rooms;
		return { channels, members, bytesInFlight: this.#underWay.bytes, refused: this.#refused };
	}

	/** Takes what a client publishes to a topic of a channel. */
	publish(client: ChannelClient, message: Message): ChannelOutcome {
		const { topic, payload } = message;
		const address = readChannelTopic(topic);
		const fault = this.#faultOf(client, message, address);
		if (address === undefined || fault !== undefined) {
			return this.#refuse(client, topic, fault ?? refusal('bad_topic'));
		}
		if ('from' in address) return this.#speak(client, message, address);
		if (address.kind === 'join') return this.#join(client, topic, address.channel, payload);
		if (address.kind === 'leave') return this.#leave(client, topic, address.channel);
		return this.#refuse(client, topic, refusal('bad_topic'));
	}

	/** How long to wait before more of a client is read, ms. `bytes`: of the payload that was taken. */
	pace(client: ChannelClient, bytes: number): number {
		return this.#pace.take(client.source, bytes, this.#clock.monotonicMs());
	}

	/** Answers a subscription: the quality of service that is granted, or a reason from 0x80 on. */
	subscribe(client: ChannelClient, subscription: Subscription): number {
		const { filter } = subscription;
		const name = nameIn(filter);
		const refuse = (why: Refusal): number => this.#refuse(client, filter, why).reason;
		if (!client.pass.mayUseChannels) return refuse(refusal('not_allowed'));
		if (filter.startsWith('$') || !isChannelName(name)) return refuse(refusal('bad_filter'));
		const qos = subscription.qos === 0 ? 0 : 1;
		// What is said there comes anyway; but some clients hand out only what they subscribed to.
		if (filter === `channels/${name}/notice`) return qos;
		const member = this.#rooms.membership(client, name);
		if (member === undefined) return refuse(refusal('not_member'));
		return member.subscribe(subscription) ? qos : refuse(refusal('too_many_filters'));
	}

	/** The SUBACK is written: tells who is there, once in each channel where that was asked for. */
	welcome(client: ChannelClient, filters: readonly string[]): void {
		const names = filters.filter((filter) => {
			return matches(filter.split('/'), ['channels', nameIn(filter), 'members']);
		});
		for (const name of new Set(names.map(nameIn))) {
			const member = this.#rooms.membership(client, name);
			if (member === undefined) continue;
			const members = [...member.channel.members.keys()];
			this.#post.tell(member.channel, { members }, [member]);
		}
	}

	/** Takes a subscription out; whether there was one. */
	unsubscribe(client: ChannelClient, filter: string): boolean {
		return this.#rooms.membership(client, nameIn(filter))?.unsubscribe(filter) === true;
	}

	/** A connection is over. Its will, where that is for a channel it is in, is said before it leaves. */
	gone(client: ChannelClient, will: Message | undefined): void {
		if (will !== undefined) this.#sayWill(client, will);
		for (const member of this.#rooms.memberships(client)) this.#rooms.leave(member, 'gone');
	}

	/** Puts out who takes nothing. `nowMs`: monotonic. */
	look(nowMs: number): void {
		this.#pace.tidy(nowMs);
		for (const member of this.#post.stuck(nowMs, slowAfterMs)) this.#dismiss(member, 'slow');
	}

	#join(client: ChannelClient, topic: string, name: string, payload: Buffer): ChannelOutcome {
		const wanted = readJoin(payload);
		if (wanted === undefined) return this.#refuse(client, topic, refusal('bad_join'));
		const member = this.#rooms.join(client, name, wanted, this.#clock.monotonicMs());
		if (!(member instanceof Membership)) return this.#refuse(client, topic, member);
		const { maxPayloadBytes, maxBytesInFlight } = this.#bounds;
		const { id, isFirst, channel } = member;
		this.#post.notify(client, name, {
			joined: {
				...{ member: id, first: isFirst, protected: !channel.lock.isOpen },
				...{ maxPayloadBytes, maxBytesInFlight },
			},
		});
		return done;
	}

	#leave(client: ChannelClient, topic: string, name: string): ChannelOutcome {
		const member = this.#rooms.membership(client, name);
		if (member === undefined) return this.#refuse(client, topic, refusal('not_member'));
		this.#dismiss(member, 'left');
		return done;
	}

	#dismiss(member: Membership, why: 'left' | 'slow'): void {
		const { channel, id, client } = member;
		this.#rooms.leave(member, why);
		this.#post.notify(client, channel.name, { left: { member: id, why } });
	}

	#speak(client: ChannelClient, message: Message, address: Spoken): ChannelOutcome {
		const sender = this.#rooms.membership(client, address.channel);
		if (sender === undefined) return this.#refuse(client, message.topic, refusal('not_member'));
		if (sender.id !== address.from) return this.#refuse(client, message.topic, refusal('other_sender'));
		const { receivers, missing } = addressees(sender, address);
		const answer = [sender.underWay, this.#underWay];
		const bytes = this.#post.weigh(message, receivers.length);
		if (message.qos > 0 && answer.some((one) => one.refuses(bytes))) {
			return this.#refuse(client, message.topic, refusal('too_much_in_flight'));
		}
		const reached = this.#post.send({ message, answer }, receivers);
		if (missing.length > 0) this.#refuse(client, message.topic, refusal('not_here', { missing }));
		const rooms = answer.map((one) => one.room()).filter((room) => room !== undefined);
		return {
			reason: reached > 0 ? 0 : refusalReasons.not_here,
			stored: rooms.length === 0 ? undefined : Promise.all(rooms),
		};
	}

	#sayWill(client: ChannelClient, will: Message): void {
		const address = readChannelTopic(will.topic);
		if (address === undefined || !('from' in address) || this.#faultOf(client, will, address) !== undefined) return;
		const sender = this.#rooms.membership(client, address.channel);
		if (sender?.id !== address.from) return;
		this.#post.send({ message: will, answer: [this.#underWay] }, addressees(sender, address).receivers);
	}

	/** What is wrong with a message, whoever it is for. */
	#faultOf(client: ChannelClient, message: Message, address: ChannelTopic | undefined): Refusal | undefined {
		if (!client.pass.mayUseChannels) return refusal('not_allowed');
		if (address === undefined) return refusal('bad_topic');
		if (message.retain) return refusal('retained');
		const isTooLarge = 'from' in address && message.payload.length > this.#bounds.maxPayloadBytes;
		return isTooLarge ? refusal('payload_too_large') : undefined;
	}

	/** Tells the client; what it says of it in version 5. */
	#refuse(client: ChannelClient, topic: string, why: Refusal): ChannelOutcome {
		const { code, message, missing, retryAfterS } = why;
		const reason = refusalReasons[code];
		// That somebody isn't there is news, and nobody's fault.
		if (code !== 'not_here') {
			this.#refused += 1;
			client.refused(code);
		}
		const name = nameIn(topic);
		this.#post.notify(client, isChannelName(name) ? name : '-', {
			refused: {
				...{ code, message, topic: topic.slice(0, mostTold) },
				...(missing === undefined ? {} : { missing: [...missing] }),
				...(retryAfterS === undefined ? {} : { retryAfterS }),
			},
		});
		return { reason, stored: undefined };
	}
}

/** Who a message is for: those it names, or all but its sender; and who of them is not there. */
function addressees(
	{ channel, id }: Membership,
	address: Spoken,
): { receivers: Membership[]; missing: readonly string[] } {
	if (address.kind === 'broadcast' || address.to === 'all') {
		return { receivers: [...channel.members.values()].filter((member) => member.id !== id), missing: [] };
	}
	const found = address.to.map((member) => channel.members.get(member));
	return {
		receivers: found.filter((member) => member !== undefined),
		missing: address.to.filter((member) => !channel.members.has(member)),
	};
}
