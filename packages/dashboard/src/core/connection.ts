// Keeps a connection to the bus up: opens it, notices when it is dead, and tries again, sooner when there is reason to hope.
import type { Link } from './freshness.ts';
import type { Message } from './house.ts';

/** One open connection. */
export interface Open {
	/** Sends once; settles when the broker has it, rejects when it has not. Nothing is ever kept for later. */
	publish(topic: string, payload: string | Uint8Array): Promise<void>;
	/** Hears one more topic filter, or no longer. */
	subscribe(filter: string): void;
	unsubscribe(filter: string): void;
	close(): void;
}

/** What a connection reports while it is opened and afterwards. */
export interface Listener {
	up(open: Open): void;
	message(message: Omit<Message, 'heardMs'>): void;
	/** It is gone, or never came; called once. `refused`: the broker would not let this name and password in. */
	down(refused?: 'refused'): void;
}

/** Opens one connection. The result abandons it, whatever state it is in. */
export type Opener = (listener: Listener) => () => void;

/** What the world gives a connection: time, and a way out of it. */
export interface Surroundings {
	readonly open: Opener;
	/** Wall clock, ms. */
	readonly nowMs: () => number;
	/** Calls back after some ms; the result takes that back. */
	readonly after: (ms: number, act: () => void) => () => void;
	/** Asked when a connection fails: `ended` where the session is over and trying again is no use. */
	readonly sessionHolds: () => Promise<'holds' | 'ended' | 'unknown'>;
	readonly onLink: (link: Link) => void;
	readonly onMessage: (message: Message) => void;
	readonly onEnded: () => void;
}

/** The first tries follow quickly: most interruptions are short. Milliseconds. */
const BACK_OFF_MS = [300, 1_000, 2_000, 4_000, 8_000];
/** A connection that does not come up in this time is given up. Milliseconds. */
const OPEN_WITHIN_MS = 10_000;
/** Someone looks at the page again: a connection silent for longer than this is not trusted. Milliseconds. */
const TRUST_MS = 4_000;

/** A connection that is kept up until it is stopped. */
export class Connection {
	readonly #world: Surroundings;
	/** Heard besides what every connection hears, until whoever asked for it ends that. */
	readonly #extra = new Map<symbol, string>();
	#abandon: (() => void) | undefined;
	#cancelTimer: (() => void) | undefined;
	#open: Open | undefined;
	#heardMs = 0;
	#failures = 0;
	#downSinceMs: number | undefined;
	#stopped = true;

	constructor(world: Surroundings) {
		this.#world = world;
	}

	/** `downSinceMs`: what is shown already is from then, and the house has not been reached since. */
	start(downSinceMs?: number): void {
		this.#stopped = false;
		this.#downSinceMs = downSinceMs;
		this.#world.onLink(downSinceMs === undefined ? { kind: 'connecting' } : { kind: 'down', sinceMs: downSinceMs });
		this.#try();
	}

	stop(): void {
		this.#stopped = true;
		this.#drop();
		this.#downSinceMs = undefined;
		this.#failures = 0;
	}

	/** Sends now or not at all: rejects at once while the connection is away. */
	async publish(topic: string, payload: string | Uint8Array): Promise<void> {
		if (this.#open === undefined) throw new Error('not connected');
		await this.#open.publish(topic, payload);
	}

	/** Hears one more topic filter, again after each new connection; the result ends that. */
	hear(filter: string): () => void {
		const asked = Symbol();
		this.#extra.set(asked, filter);
		this.#open?.subscribe(filter);
		return () => {
			if (!this.#extra.delete(asked) || [...this.#extra.values()].includes(filter)) return;
			this.#open?.unsubscribe(filter);
		};
	}

	/** The page is looked at again, or the network is back: a doubtful connection is made anew, a missing one at once. */
	wake(): void {
		if (this.#stopped) return;
		const trusted = this.#open !== undefined && this.#world.nowMs() - this.#heardMs < TRUST_MS;
		if (trusted) return;
		this.#failures = 0;
		if (this.#open !== undefined) this.#markDown();
		this.#drop();
		this.#try();
	}

	/** The network is gone: what is shown is old from now on. */
	lost(): void {
		if (this.#stopped || this.#open === undefined) return;
		this.#failed();
	}

	#try(): void {
		let over = false;
		const giveUp = (): void => {
			if (over) return;
			over = true;
			this.#failed();
		};
		this.#cancelTimer = this.#world.after(OPEN_WITHIN_MS, giveUp);
		const abandon = this.#world.open({
			up: (open) => {
				if (over) return open.close();
				this.#cancelTimer?.();
				this.#open = open;
				this.#failures = 0;
				this.#downSinceMs = undefined;
				this.#heardMs = this.#world.nowMs();
				for (const filter of new Set(this.#extra.values())) open.subscribe(filter);
				this.#world.onLink({ kind: 'up', sinceMs: this.#heardMs });
			},
			message: (message) => {
				if (over) return;
				this.#heardMs = this.#world.nowMs();
				this.#world.onMessage({ ...message, heardMs: this.#heardMs });
			},
			down: giveUp,
		});
		this.#abandon = () => {
			over = true;
			abandon();
		};
		if (over) abandon();
	}

	#failed(): void {
		this.#markDown();
		this.#drop();
		void this.#tryLater();
	}

	#markDown(): void {
		this.#downSinceMs ??= this.#world.nowMs();
		this.#world.onLink({ kind: 'down', sinceMs: this.#downSinceMs });
	}

	async #tryLater(): Promise<void> {
		const wait = BACK_OFF_MS[Math.min(this.#failures, BACK_OFF_MS.length - 1)] ?? 0;
		this.#failures += 1;
		const waited = new Promise<void>((resolve) => {
			this.#cancelTimer = this.#world.after(wait, resolve);
		});
		const session = await this.#world.sessionHolds();
		if (this.#stopped) return;
		if (session === 'ended') {
			this.stop();
			this.#world.onEnded();
			return;
		}
		const attempt = this.#failures;
		await waited;
		// A wake in between has tried already.
		if (!this.#stopped && this.#failures === attempt && this.#abandon === undefined) this.#try();
	}

	#drop(): void {
		this.#cancelTimer?.();
		this.#abandon?.();
		this.#cancelTimer = undefined;
		this.#abandon = undefined;
		this.#open = undefined;
	}
}
