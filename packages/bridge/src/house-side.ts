import type { Outgoing, Transport, TransportEvents } from '@pilotwire/runtime';

/** What the house's connection tells the bridge besides the bus. */
export interface HouseEars {
	connected(): void;
	/** Whether the message was the bridge's; the bus gets it otherwise. */
	hear(name: string, payload: Uint8Array, retained: boolean): boolean;
}

/**
 * The house's connection with the bridge's own ears: what crosses is passed on as it came, unread. Give this to the `Bus` in
 * the place of the transport that it wraps.
 */
export class HouseSide implements Transport {
	readonly #transport: Transport;
	#filters: readonly string[] = [];
	#ears: HouseEars | undefined;

	constructor(transport: Transport) {
		this.#transport = transport;
	}

	/** Who hears what; before the bus starts. */
	listen(filters: readonly string[], ears: HouseEars): void {
		this.#filters = filters;
		this.#ears = ears;
	}

	start(events: TransportEvents, will: Outgoing): void {
		const wrapped: TransportEvents = {
			...events,
			connected: () => {
				this.#ears?.connected();
				this.#transport.subscribe(this.#filters);
				events.connected();
			},
			message: (name, payload, retained, hold) => {
				if (this.#ears?.hear(name, payload, retained) !== true) events.message(name, payload, retained, hold);
			},
		};
		this.#transport.start(wrapped, will);
	}

	stop(): Promise<void> {
		return this.#transport.stop();
	}

	publish(message: Outgoing, taken?: () => void): boolean {
		return this.#transport.publish(message, taken);
	}

	subscribe(filters: readonly string[]): void {
		this.#transport.subscribe(filters);
	}
}
