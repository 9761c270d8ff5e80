import type { ServiceContext } from '../service.ts';
import type { Arrival } from './bus.ts';
import { RefusalLog } from './refusal-log.ts';
import type { Outgoing, Transport, TransportEvents } from './transport.ts';

/** Longer payloads of devices that speak their own language are refused unread. Bytes. */
const MAX_BYTES = 65_536;

type ForeignHandler = (text: string, arrival: Arrival) => void;

/**
 * The topics of devices that know nothing of `pilotwire/`, such as `zigbee2mqtt/boiler`, over the same connection as a
 * bus: give this to the `Bus` in the place of the transport that it wraps. Only whole names are heard, no wildcards. What
 * comes there is text of anybody's making: it is bounded, and what a handler throws ends in the service's `fail`.
 */
export class ForeignTopics implements Transport {
	readonly #context: Pick<ServiceContext, 'clock' | 'guard'>;
	readonly #transport: Transport;
	readonly #handlers = new Map<string, ForeignHandler[]>();
	readonly #refusals: RefusalLog;
	#connected = false;

	constructor(context: Pick<ServiceContext, 'clock' | 'guard' | 'log'>, transport: Transport) {
		this.#context = context;
		this.#transport = transport;
		this.#refusals = new RefusalLog(context.log, context.clock);
	}

	/** Hears one topic, by its whole name. */
	hear(name: string, handler: ForeignHandler): void {
		const known = this.#handlers.get(name);
		const guarded = this.#context.guard(handler);
		if (known !== undefined) known.push(guarded);
		else this.#handlers.set(name, [guarded]);
		if (known === undefined && this.#connected) this.#transport.subscribe([name]);
	}

	/** Says something to a device, QoS 1, never retained. False where the broker is away: nothing is queued. */
	say(name: string, payload: string): boolean {
		return this.#connected && this.#transport.publish({ name, payload, qos: 1, retain: false });
	}

	start(events: TransportEvents, will: Outgoing): void {
		const wrapped: TransportEvents = {
			connected: () => {
				this.#connected = true;
				this.#transport.subscribe([...this.#handlers.keys()]);
				events.connected();
			},
			disconnected: () => {
				this.#connected = false;
				events.disconnected();
			},
			message: (name, payload, retained) => {
				if (this.#handlers.has(name)) this.#receive(name, payload, retained);
				else events.message(name, payload, retained);
			},
			roomAgain: () => events.roomAgain?.(),
		};
		this.#transport.start(wrapped, will);
	}

	stop(): Promise<void> {
		this.#connected = false;
		return this.#transport.stop();
	}

	publish(message: Outgoing, taken?: () => void): boolean {
		return this.#transport.publish(message, taken);
	}

	subscribe(filters: readonly string[]): void {
		this.#transport.subscribe(filters);
	}

	#receive(name: string, payload: Uint8Array, retained: boolean): void {
		const arrivedMs = this.#context.clock.monotonicMs();
		if (payload.length > MAX_BYTES) {
			this.#refusals.refused(name, `at most ${MAX_BYTES} bytes`, `${payload.length} bytes`);
			return;
		}
		const text = new TextDecoder().decode(payload);
		for (const handle of this.#handlers.get(name) ?? []) handle(text, { retained, arrivedMs });
	}
}
