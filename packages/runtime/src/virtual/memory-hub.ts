import type { Outgoing, Transport, TransportEvents } from '../bus/transport.ts';
import type { Clock } from '../clock.ts';

interface Client {
	readonly events: TransportEvents;
	readonly will: Outgoing;
	readonly filters: Set<string>;
	/** Whether a name is covered by a filter, of the names that came so far. */
	readonly covered: Map<string, boolean>;
	/** When the last message on its way arrives: none overtakes another. Monotonic, ms. */
	lastDueMs: number;
}

/** A hub whose messages take time. */
export interface HubDelay {
	readonly clock: Pick<Clock, 'monotonicMs' | 'after'>;
	/** How long the next message travels to one client, ms. */
	delayMs(): number;
}

/** A transport whose process can be killed. */
export interface LosableTransport extends Transport {
	/** The client is gone without a word: its will is published, and nothing reaches it any more. */
	lose(): void;
}

/**
 * A broker without sockets, for a clock that is moved by hand: messages are delivered in order, at once or after a delay,
 * retained ones are kept, wills are published when a client is lost, and the hub itself can go away and come back.
 */
export class MemoryHub {
	readonly retained = new Map<string, string>();
	/** Everything published, in order; to be emptied by whoever runs it for long. */
	readonly published: Outgoing[] = [];
	readonly #delay: HubDelay | undefined;
	readonly #clients = new Set<Client>();
	#up = true;
	/** Counts the hub's lives: what was on its way when it went away is lost. */
	#life = 0;

	/** @param delay without one, messages arrive before `publish` returns */
	constructor(delay?: HubDelay) {
		this.#delay = delay;
	}

	/** A transport to this hub. */
	transport(): LosableTransport {
		let client: Client | undefined;
		return {
			lose: () => {
				if (client === undefined || !this.#clients.delete(client)) return;
				if (this.#up) this.publish(client.will);
			},
			start: (events, will) => {
				client = { events, will, filters: new Set(), covered: new Map(), lastDueMs: Number.NEGATIVE_INFINITY };
				this.#clients.add(client);
				if (this.#up) events.connected();
			},
			stop: async () => {
				if (client !== undefined) this.#clients.delete(client);
			},
			publish: (message, taken) => {
				if (!this.#up) return false;
				this.publish(message);
				taken?.();
				return true;
			},
			subscribe: (filters) => {
				if (client !== undefined) this.#subscribe(client, filters);
			},
		};
	}

	/** Publishes as an outside client would. */
	publish(message: Outgoing): void {
		this.published.push(message);
		if (message.retain) {
			if (message.payload === '') this.retained.delete(message.name);
			else this.retained.set(message.name, message.payload);
		}
		for (const client of [...this.#clients]) {
			if (hears(client, message.name)) this.#deliver(client, message.name, message.payload, false);
		}
	}

	/** The broker goes: nothing is delivered, every client is told. */
	down(): void {
		this.#up = false;
		this.#life += 1;
		for (const client of this.#clients) {
			client.filters.clear();
			client.covered.clear();
			client.events.disconnected();
		}
	}

	/** The broker is back, with its retained messages. */
	up(): void {
		this.#up = true;
		for (const client of [...this.#clients]) client.events.connected();
	}

	#subscribe(client: Client, filters: readonly string[]): void {
		for (const filter of filters) client.filters.add(filter);
		client.covered.clear();
		for (const [name, payload] of [...this.retained]) {
			if (filters.some((filter) => covers(filter, name))) this.#deliver(client, name, payload, true);
		}
	}

	#deliver(client: Client, name: string, payload: string, retained: boolean): void {
		if (this.#delay === undefined) {
			client.events.message(name, Buffer.from(payload), retained);
			return;
		}
		const { clock, delayMs } = this.#delay;
		const nowMs = clock.monotonicMs();
		const life = this.#life;
		client.lastDueMs = Math.max(client.lastDueMs, nowMs + delayMs());
		clock.after(client.lastDueMs - nowMs, () => {
			if (life !== this.#life || !this.#clients.has(client)) return;
			client.events.message(name, Buffer.from(payload), retained);
		});
	}
}

function hears({ filters, covered }: Client, name: string): boolean {
	const known = covered.get(name);
	if (known !== undefined) return known;
	const heard = [...filters].some((filter) => covers(filter, name));
	covered.set(name, heard);
	return heard;
}

function covers(filter: string, name: string): boolean {
	const wanted = filter.split('/');
	const levels = name.split('/');
	for (const [index, part] of wanted.entries()) {
		if (part === '#') return true;
		if (part !== '+' && part !== levels[index]) return false;
	}
	return wanted.length === levels.length;
}
