import type { Principal } from '@pilotwire/accounts';
import type { Will } from './wire/packets.ts';

interface Pending {
	readonly dueMs: number;
	readonly say: () => void;
}

/** Last wills whose delay runs (MQTT 5 section 3.1.3.2.2). */
export class Wills {
	readonly #pending = new Map<string, Pending>();

	/** A will is to be said at a monotonic time, unless its client comes back. */
	hold(clientId: string, dueMs: number, say: () => void): void {
		this.#pending.set(clientId, { dueMs, say });
	}

	/** Its client is back in its session: the will stays unsaid. */
	forget(clientId: string): void {
		this.#pending.delete(clientId);
	}

	/** Its session has ended: the will is said now. */
	sayNow(clientId: string): void {
		const pending = this.#pending.get(clientId);
		this.#pending.delete(clientId);
		pending?.say();
	}

	/** Says those whose time has come; all of them when no time is given. */
	say(nowMs = Number.POSITIVE_INFINITY): void {
		for (const [clientId, { dueMs }] of this.#pending) if (dueMs <= nowMs) this.sayNow(clientId);
	}
}

/** How long a will waits after the connection broke, s: its delay, but no longer than the session. */
export function willDelayS(will: Will, expiryS: number): number {
	return Math.min(will.properties.willDelayInterval ?? 0, expiryS);
}

/** A will as it outlives the broker. */
export interface KeptWill extends Will {
	/** How long it waits after the connection broke, s. */
	readonly delayS: number;
	/** When it is to be said, wall clock, ms; undefined where the connection stood when this was written. */
	readonly dueMs?: number;
	/** Whose it is; undefined where an older version wrote it. */
	readonly principal?: Principal;
	/** Mark of its account when it left the will; undefined where that account can't change while the broker runs. */
	readonly stamp?: string;
}

/**
 * How long a will waits that was there at the start of the broker, ms: never longer than it was to wait in all, whatever
 * became of the clock meanwhile. `wallMs`: wall clock.
 */
export function leftOf({ delayS, dueMs }: KeptWill, wallMs: number): number {
	const delayMs = delayS * 1000;
	return dueMs === undefined ? delayMs : Math.min(dueMs - wallMs, delayMs);
}
