import { randomBytes } from 'node:crypto';
import type { Logger, MqttAddress } from '@pilotwire/runtime';
import { messageOf } from '@pilotwire/runtime';
import { connect, type MqttClient } from 'mqtt';

/** A message to or from a broker, its payload as bytes. */
export interface LinkMessage {
	readonly topic: string;
	readonly payload: Uint8Array | string;
	readonly qos: 0 | 1;
	readonly retain?: boolean;
}

/** What a link tells. */
export interface LinkEvents {
	/** Connected, perhaps anew: subscriptions and all that is said at first are to be made again. */
	readonly up: () => void;
	readonly down: () => void;
	readonly message: (topic: string, payload: Uint8Array, retained: boolean) => void;
}

/** A connection to a broker that is kept up, for payloads that are not text. It dials out; nothing listens. */
export interface Link {
	start(events: LinkEvents, will: LinkMessage): void;
	/** Nothing is queued while there is no connection. */
	publish(message: LinkMessage): void;
	/** Tells once the broker has answered, with what it refused. */
	subscribe(filters: readonly string[], done: (refused: readonly string[]) => void): void;
	stop(): Promise<void>;
}

const RECONNECT_MS = 2_000;
const CONNECT_WITHIN_MS = 10_000;
const KEEP_ALIVE_S = 20;
/** How long a stop waits for what is on its way. Milliseconds. */
const LEAVE_WITHIN_MS = 1_000;
const REFUSED = 128;

/** Over MQTT 3.1.1. */
export class MqttLink implements Link {
	readonly #address: MqttAddress;
	readonly #log: Logger;
	readonly #clientId: string;
	#client: MqttClient | undefined;
	#lastProblem = '';

	constructor(address: MqttAddress, name: string, log: Logger) {
		this.#address = address;
		this.#log = log;
		// The same for all connections of this link, so that a new one ends the one that the broker hasn't missed yet.
		this.#clientId = `${name}-${randomBytes(8).toString('hex')}`;
	}

	start(events: LinkEvents, will: LinkMessage): void {
		const { url, username, password } = this.#address;
		const client = connect(url, {
			clientId: this.#clientId,
			...(username === undefined ? {} : { username }),
			...(password === undefined ? {} : { password }),
			clean: true,
			keepalive: KEEP_ALIVE_S,
			reconnectPeriod: RECONNECT_MS,
			connectTimeout: CONNECT_WITHIN_MS,
			reconnectOnConnackError: true,
			queueQoSZero: false,
			resubscribe: false,
			will: { topic: will.topic, payload: Buffer.from(will.payload), qos: will.qos, retain: will.retain ?? false },
		});
		this.#client = client;
		client.on('connect', () => {
			this.#lastProblem = '';
			this.#log.info({}, `connected to ${url}`);
			events.up();
		});
		client.on('close', () => events.down());
		client.on('message', (topic, payload, packet) => events.message(topic, payload, packet.retain));
		client.on('error', (error) => this.#tell(error));
	}

	publish({ topic, payload, qos, retain = false }: LinkMessage): void {
		if (this.#client?.connected !== true) return;
		const bytes =
			typeof payload === 'string' ? payload : Buffer.from(payload.buffer, payload.byteOffset, payload.length);
		this.#client.publish(topic, bytes, { qos, retain });
	}

	subscribe(filters: readonly string[], done: (refused: readonly string[]) => void): void {
		this.#client?.subscribe([...filters], { qos: 1 }, (error, _granted, packet) => {
			// Where one is refused the library calls all of it an error; which one it was, the packet says.
			const answers = packet !== undefined && 'granted' in packet ? packet.granted : undefined;
			const missing = filters.filter((_, index) => Number(answers?.[index] ?? 0) >= REFUSED);
			if (missing.length > 0 || !error) done(missing);
			else this.#tell(error);
		});
	}

	async stop(): Promise<void> {
		const client = this.#client;
		this.#client = undefined;
		if (client === undefined) return;
		let late: NodeJS.Timeout | undefined;
		const tooLate = new Promise<void>((resolve) => {
			late = setTimeout(resolve, LEAVE_WITHIN_MS);
		});
		await Promise.race([client.endAsync(!client.connected).catch(() => undefined), tooLate]);
		clearTimeout(late);
		client.end(true);
	}

	#tell(error: unknown): void {
		const problem = messageOf(error) || 'no answer';
		if (problem === this.#lastProblem) return;
		this.#lastProblem = problem;
		this.#log.warn({}, `no connection to ${this.#address.url}: ${problem} (trying again)`);
	}
}
