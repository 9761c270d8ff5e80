import { SignInThrottle } from '@pilotwire/accounts';
import type { Channel } from './channel.ts';
import type { ChannelClient } from './client.ts';

/** Wrong passwords of one connection, after which it is not listened to for `waitMs`; each further one counts again. */
const perConnection = { free: 10, waitMs: 60_000 };

/** Wrong passwords of everybody together for one channel: so many at once, then one in so many ms. */
const perChannel = { atOnce: 30, eachMs: 5000 };

/** What a channel remembers of those who tried its password. */
export class Tries {
	#wrong = 0;
	#sinceMs = 0;
	/** Who had it right once, or opened the channel: others who guess don't shut them out. */
	readonly trusted = new Set<string>();

	/** How long it takes before another stranger may try, ms. `nowMs`: monotonic. */
	waitMs(nowMs: number): number {
		this.#forget(nowMs);
		return this.#wrong < perChannel.atOnce ? 0 : perChannel.eachMs - (nowMs - this.#sinceMs);
	}

	wrong(nowMs: number): void {
		this.#forget(nowMs);
		this.#wrong += 1;
	}

	#forget(nowMs: number): void {
		const forgiven = Math.floor((nowMs - this.#sinceMs) / perChannel.eachMs);
		this.#wrong = Math.max(0, this.#wrong - forgiven);
		this.#sinceMs = this.#wrong === 0 ? nowMs : this.#sinceMs + forgiven * perChannel.eachMs;
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
		if (channel.tries.trusted.has(client.source)) return 0;
		const ofAll = channel.tries.waitMs(nowMs);
		if (ofAll > 0) return ofAll;
		const waitMs = this.#byAddress.begin(channel.name, client.source, nowMs);
		// Nothing is under way: the answer follows at once, through `tried`.
		if (waitMs === 0) this.#byAddress.end(channel.name, client.source, undefined, nowMs);
		return waitMs;
	}

	/** Tells whether it was the right one. */
	tried(client: ChannelClient, channel: Channel, right: boolean, nowMs: number): void {
		this.#byAddress.end(channel.name, client.source, right, nowMs);
		if (right) {
			channel.tries.trusted.add(client.source);
			return;
		}
		channel.tries.wrong(nowMs);
		const own = this.#byClient.get(client) ?? { wrong: 0, openMs: 0 };
		own.wrong += 1;
		if (own.wrong >= perConnection.free) own.openMs = nowMs + perConnection.waitMs;
		this.#byClient.set(client, own);
	}
}
