import type { ChannelMembers, ChannelNotice } from '@pilotwire/contract';
import type { Router } from '../delivery/router.ts';
import { type Message, weightOf } from '../persistence/message.ts';
import { type Body, waitingBytes } from '../persistence/waiting.ts';
import type { Channel } from './channel.ts';
import type { ChannelClient } from './client.ts';
import { Flight, type UnderWay } from './flight.ts';
import type { Membership } from './membership.ts';

/** Messages waiting for a member from which on it gets none of the broker's own: it doesn't take them. */
const mostPending = 5000;

/** A message of a channel, and who answers for its bytes while it is on its way. */
interface Sent {
	readonly message: Message;
	readonly answer: readonly UnderWay[];
}

/** Hands messages to members, each by itself: nothing here is routed, retained or kept. */
export class Post {
	readonly #router: Router;
	/** Who has something to acknowledge. */
	readonly #awaited = new Set<Membership>();

	constructor(router: Router) {
		this.#router = router;
	}

	/** What a message weighs while it is on its way to so many, bytes. */
	weigh(message: Message, receivers: number): number {
		return weightOf(message) + receivers * waitingBytes;
	}

	/** Sends a message to those of the receivers that subscribed to it; to how many. */
	send({ message, answer }: Sent, receivers: readonly Membership[]): number {
		const levels = message.topic.split('/');
		let count = 0;
		let body: Body | undefined;
		let flight: Flight | undefined;
		for (const receiver of receivers) {
			const wanted = receiver.isOver ? undefined : receiver.wants(levels);
			if (wanted === undefined) continue;
			count += 1;
			const { peer } = receiver.client;
			if (message.qos === 0 || wanted.qos === 0) {
				this.#router.hand(peer, message, wanted.identifiers);
				continue;
			}
			body ??= this.#router.body(message);
			flight ??= new Flight(this.weigh(message, receivers.length), answer);
			this.#awaited.add(receiver);
			this.#router.handSafely(peer, body, wanted.identifiers, flight.to(receiver));
		}
		flight?.landed();
		return count;
	}

	/** Tells one connection something, whether it subscribed to that or not. */
	notify(client: ChannelClient, channel: string, notice: ChannelNotice): void {
		this.#router.hand(client.peer, jsonMessage(`channels/${channel}/notice`, notice, 0), []);
	}

	/** Tells members who is there. One that has not taken what came before is left out, and soon put out. */
	tell({ name }: Channel, news: ChannelMembers, members: readonly Membership[]): void {
		const message = jsonMessage(`channels/${name}/members`, news, 1);
		const able = members.filter(({ pending }) => pending < mostPending);
		this.send({ message, answer: [] }, able);
	}

	/** Lets go of what is on its way to a member that has left. */
	forget({ client }: Membership): void {
		this.#router.forget(client.peer);
	}

	/** Who has acknowledged nothing for `longestMs` although something waits. `nowMs`: monotonic. */
	stuck(nowMs: number, longestMs: number): Membership[] {
		const stuck: Membership[] = [];
		for (const member of this.#awaited) {
			if (member.isStuck(nowMs, longestMs)) stuck.push(member);
			if (member.isOver || member.pending === 0) this.#awaited.delete(member);
		}
		return stuck;
	}
}

function jsonMessage(topic: string, value: object, qos: 0 | 1): Message {
	return { topic, payload: Buffer.from(JSON.stringify(value)), qos, retain: false };
}
