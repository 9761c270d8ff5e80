import { SignInThrottle } from '@pilotwire/accounts';
import type { Channel } from './channel.ts';
import type { ChannelClient } from './client.ts';

/** Wrong passwords of one connection, after which it is not listened to for `waitMs`; each further one counts again. */
const perConnection = { free: 10, waitMs: 60_000 };

/**
 * Wrong passwords of everybody together for one channel, and of each address that has had it right before: so many at
 * once, then one in so many ms.
 */
const perChannel = { atOnce: 30, eachMs: 5000 };

/** Wrong passwords, forgiven one by one. */
class Wrong {
	#count = 0;
	#sinceMs = 0;

	/** How long it takes before another may be tried, ms. `nowMs`: monotonic. */
	waitMs(nowMs: number): number {
		this.#forget(nowMs);
		return this.#count < perChannel.atOnce ? 0 : perChannel.eachMs - (nowMs - this.#sinceMs);
	}

	add(nowMs: number): void {
		this.#forget(nowMs);
		this.#count += 1;
	}

	#forget(nowMs: number): void {
		const forgiven = Math.floor((nowMs - this.#sinceMs) / perChannel.eachMs);
		this.#count = Math.max(0, this.#count - forgiven);
		this.#sinceMs = this.#count === 0 ? nowMs : this.#sinceMs + forgiven * perChannel.eachMs;
	}
}

/** What a channel remembers of those who tried its password. */
export class Tries {
	readonly #strangers = new Wrong();
	/** Who had it right once, or opened the channel: counted apart, so that others who guess don't shut them out. */
	readonly #trusted = new Map<string, Wrong>();

	trust(source: string): void {
		if (!this.#trusted.has(source)) this.#trusted.set(source, new Wrong());
	}

	trusts(source: string): boolean {
		return this.#trusted.has(source);
	}

	/** How long it takes before a source may try again, ms. `nowMs`: monotonic. */
	waitMs(source: string, nowMs: number): number {
		return this.#of(source).waitMs(nowMs);
	}

	wrong(source: string, nowMs: number): void {
		this.#of(source).add(nowMs);
	}

	#of(source: string): Wrong {
		return this.#trusted.get(source) ?? this.#strangers;
	}
}

/**
 * Holds guessing down: by connection, by address (and by channel and address), and by channel. A password is looked at
 * only where all three allow it, so that a flood of guesses costs next to nothing and says nothing.
 */
export class Guesses {
	readonly #byAddress = new SignInThrottle();
	readonly #byClient = new WeakMap<ChannelClient, { wrong: number; openMs: number }>();

	/** How long a client has to wait before its password is looked at, ms; 0: now. `nowMs`: monotonic. */
	waitMs(client: ChannelClient, channel: Channel, nowMs: number): number {
		const own = this.#byClient.get(client);
		if (own !== undefined && nowMs < own.openMs) return own.openMs - nowMs;
		const ofChannel = channel.tries.waitMs(client.source, nowMs);
		if (ofChannel > 0 || channel.tries.trusts(client.source)) return ofChannel;
		const waitMs = this.#byAddress.begin(channel.name, client.source, nowMs);
		// Nothing is under way: the answer follows at once, through `tried`.
		if (waitMs === 0) this.#byAddress.end(channel.name, client.source, undefined, nowMs);
		return waitMs;
	}

	/** Tells whether it was the right one. */
	tried(client: ChannelClient, channel: Channel, right: boolean, nowMs: number): void {
		this.#byAddress.end(channel.name, client.source, right, nowMs);
		if (right) {
			channel.tries.trust(client.source);
			return;
		}
		channel.tries.wrong(client.source, nowMs);
		const own = this.#byClient.get(client) ?? { wrong: 0, openMs: 0 };
		own.wrong += 1;
		if (own.wrong >= perConnection.free) own.openMs = nowMs + perConnection.waitMs;
		this.#byClient.set(client, own);
	}
}
