import type { Outgoing, Transport, TransportEvents } from '../bus/transport.ts';

interface Client {
	readonly events: TransportEvents;
	readonly will: Outgoing;
	readonly filters: Set<string>;
}

/**
 * A broker without sockets, for tests that move the clock: messages are delivered at once and in order, retained ones
 * are kept, wills are published when a client is lost, and the hub itself can go away and come back.
 */
export class MemoryHub {
	readonly retained = new Map<string, string>();
	/** Everything published, in order. */
	readonly published: Outgoing[] = [];
	readonly #clients = new Set<Client>();
	#up = true;

	/** A transport to this hub. */
	transport(): Transport {
		let client: Client | undefined;
		return {
			start: (events, will) => {
				client = { events, will, filters: new Set() };
				this.#clients.add(client);
				if (this.#up) events.connected();
			},
			stop: async () => {
				if (client !== undefined) this.#clients.delete(client);
			},
			publish: (message) => {
				if (!this.#up) return false;
				this.publish(message);
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
			if ([...client.filters].some((filter) => covers(filter, message.name))) {
				client.events.message(message.name, Buffer.from(message.payload), false);
			}
		}
	}

	/** The broker goes: nothing is delivered, every client is told. */
	down(): void {
		this.#up = false;
		for (const client of this.#clients) {
			client.filters.clear();
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
		for (const [name, payload] of [...this.retained]) {
			if (filters.some((filter) => covers(filter, name))) client.events.message(name, Buffer.from(payload), true);
		}
	}
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
