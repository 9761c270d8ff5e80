import type { Subscription } from '../persistence/message.ts';
import type { Channel } from './channel.ts';
import type { ChannelClient } from './client.ts';
import { UnderWay } from './flight.ts';
import { matches } from './names.ts';

/** Subscriptions of one member in one channel: one is enough. */
const mostFilters = 32;

/** How a message goes to a member, whatever overlaps. */
export interface Wanted {
	/** Nothing goes at QoS 2: what is not kept can't be recognised as sent before. */
	readonly qos: 0 | 1;
	/** Identifiers of its subscriptions (MQTT 5). */
	readonly identifiers: readonly number[];
}

interface Filter extends Wanted {
	readonly levels: readonly string[];
}

/** One connection in one channel. What it subscribed to there is kept here alone, and ends with it. */
export class Membership {
	readonly channel: Channel;
	/** Its id in the channel. */
	readonly id: string;
	readonly client: ChannelClient;
	/** Whether it opened the channel, and so set its password. */
	readonly isFirst: boolean;
	/** What it sent and others have not taken yet. */
	readonly underWay: UnderWay;
	/** It has left. */
	isOver = false;
	/** Messages that it has not acknowledged. */
	pending = 0;
	/** It acknowledged something since the last look. */
	#progressed = false;
	/** Since when it has acknowledged nothing, as far as looked; monotonic ms. */
	#waitingSinceMs: number | undefined;
	readonly #filters = new Map<string, Filter>();

	/** `bytesInFlight`: what it may have under way before its acknowledgements wait. */
	constructor(channel: Channel, id: string, client: ChannelClient, bytesInFlight: number) {
		this.channel = channel;
		this.id = id;
		this.client = client;
		this.isFirst = channel.members.size === 0;
		this.underWay = new UnderWay(bytesInFlight);
	}

	/** Adds or replaces a subscription; false where there are too many. */
	subscribe({ filter, qos, identifier }: Subscription): boolean {
		if (!this.#filters.has(filter) && this.#filters.size >= mostFilters) return false;
		const identifiers = identifier === undefined ? [] : [identifier];
		this.#filters.set(filter, { levels: filter.split('/'), qos: qos === 0 ? 0 : 1, identifiers });
		return true;
	}

	/** Takes a subscription out; whether there was one. */
	unsubscribe(filter: string): boolean {
		return this.#filters.delete(filter);
	}

	/** Whether it wants messages of a topic, and how; the best of what matches. */
	wants(topic: readonly string[]): Wanted | undefined {
		let found: Wanted | undefined;
		for (const { levels, qos, identifiers } of this.#filters.values()) {
			if (!matches(levels, topic)) continue;
			found =
				found === undefined
					? { qos, identifiers }
					: { qos: found.qos === 1 ? 1 : qos, identifiers: [...found.identifiers, ...identifiers] };
		}
		return found;
	}

	/** A message of QoS 1 is on its way to it. */
	waits(): void {
		this.pending += 1;
	}

	/** It acknowledged one, or never will. */
	took(): void {
		this.pending -= 1;
		this.#progressed = true;
	}

	/** Whether it has acknowledged nothing for `longestMs` although something waits. `nowMs`: monotonic. */
	isStuck(nowMs: number, longestMs: number): boolean {
		if (this.#progressed || this.pending === 0) this.#waitingSinceMs = undefined;
		this.#progressed = false;
		if (this.pending === 0 || this.isOver) return false;
		this.#waitingSinceMs ??= nowMs;
		return nowMs - this.#waitingSinceMs >= longestMs;
	}
}
