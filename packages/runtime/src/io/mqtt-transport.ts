import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { connect, type MqttClient } from 'mqtt';
import { writeToStream } from 'mqtt-packet';
import type { Outgoing, Transport, TransportEvents } from '../bus/transport.ts';
import { messageOf } from '../errors.ts';
import type { Logger } from '../log.ts';
import { LateAcknowledgements } from './late-acknowledgements.ts';

// mqtt-packet, which writes for mqtt and for Aedes, keeps a buffer of each number up to 65,535 from its first packet on:
// 8 MB of a Pi's memory, to spare the making of a buffer of two bytes. Here, since every process that speaks MQTT loads this.
writeToStream.cacheNumbers = false;

/** How to reach the broker. */
export interface MqttAddress {
	/** Such as `mqtt://127.0.0.1:1883`. */
	readonly url: string;
	readonly username?: string | undefined;
	readonly password?: string | undefined;
}

/** A session that the broker keeps while this client is away. */
export interface MqttSession {
	readonly session: 'persistent';
	/** The same at every start, and nobody else's on this broker: two clients of one id push each other out for ever. */
	readonly clientId: string;
}

/** Between two attempts to connect. Milliseconds. */
const RECONNECT_MS = 500;
/** Failed attempts before anything is said of them. */
const SILENT_FAILURES = 4;
/** A broker that doesn't answer the CONNECT in this time is tried again. Milliseconds. */
const CONNECT_WITHIN_MS = 4_000;
/** Keep-alive: a broker that hangs is noticed after one and a half of it. Seconds. */
const KEEP_ALIVE_S = 4;
/** How long a stop waits for what is on its way. Milliseconds. */
const LEAVE_WITHIN_MS = 1_000;
/** QoS 1 messages without an answer from the broker: beyond this they are refused, not queued without bound. */
const MAX_UNANSWERED = 10_000;

/**
 * The bus over MQTT 3.1.1. The session is clean, so that what waited in a broker's queue is never carried out here,
 * unless a persistent one is asked for: then the QoS 1 messages of its subscriptions wait at the broker.
 */
export class MqttTransport implements Transport {
	readonly #address: MqttAddress;
	readonly #name: string;
	readonly #log: Logger;
	readonly #session: MqttSession | undefined;
	#client: MqttClient | undefined;
	#unanswered = 0;
	/** Whether messages were refused since there was room. */
	#refused = false;
	#roomAgain = (): void => undefined;
	#lastProblem = '';
	#failures = 0;

	constructor(address: MqttAddress, name: string, log: Logger, session?: MqttSession) {
		this.#address = address;
		this.#name = name;
		this.#log = log;
		this.#session = session;
	}

	start(events: TransportEvents, will: Outgoing): void {
		const client = connect(this.#address.url, {
			clientId: this.#session?.clientId ?? `${this.#name}-${randomBytes(4).toString('hex')}`,
			...(this.#address.username === undefined ? {} : { username: this.#address.username }),
			...(this.#address.password === undefined ? {} : { password: this.#address.password }),
			clean: this.#session === undefined,
			keepalive: KEEP_ALIVE_S,
			reschedulePings: false,
			reconnectPeriod: RECONNECT_MS,
			connectTimeout: CONNECT_WITHIN_MS,
			reconnectOnConnackError: true,
			queueQoSZero: false,
			resubscribe: false,
			will: { topic: will.name, payload: Buffer.from(will.payload), qos: will.qos, retain: will.retain },
		});
		this.#client = client;
		this.#roomAgain = () => events.roomAgain?.();
		client.on('connect', () => {
			// Without it a second small packet waits up to 40 ms for the answer to the first (Nagle and delayed ACK).
			(client.stream as Partial<Socket>).setNoDelay?.(true);
			this.#lastProblem = '';
			this.#failures = 0;
			this.#unanswered = 0;
			this.#refused = false;
			this.#log.info({}, `connected to ${this.#address.url}`);
			events.connected();
		});
		client.on('close', () => events.disconnected());
		const acknowledgements = this.#session === undefined ? undefined : new LateAcknowledgements(client);
		client.on('message', (name, payload, packet) =>
			events.message(name, payload, packet.retain, acknowledgements?.holdOf(packet)),
		);
		client.on('error', (error) => this.#tell(error));
	}

	publish(message: Outgoing, taken?: () => void): boolean {
		const client = this.#client;
		if (client === undefined || !client.connected) return false;
		if (message.qos > 0 && this.#unanswered >= MAX_UNANSWERED) {
			this.#refused = true;
			return false;
		}
		if (message.qos > 0) this.#unanswered += 1;
		client.publish(message.name, message.payload, { qos: message.qos, retain: message.retain }, (error) => {
			if (message.qos > 0) this.#answered();
			if (error == null) taken?.();
		});
		return true;
	}

	#answered(): void {
		this.#unanswered = Math.max(0, this.#unanswered - 1);
		if (!this.#refused || this.#unanswered > MAX_UNANSWERED / 2) return;
		this.#refused = false;
		this.#roomAgain();
	}

	subscribe(filters: readonly string[]): void {
		if (filters.length === 0) return;
		this.#client?.subscribe([...filters], { qos: 1 }, (error, granted) => {
			const refused = granted?.filter(({ qos }) => Number(qos) === 128).map(({ topic }) => topic) ?? [];
			if (refused.length > 0)
				this.#log.error({ refused }, `the broker refused to let ${this.#name} read ${refused.join(', ')}`);
			else if (error) this.#tell(error);
		});
	}

	async stop(): Promise<void> {
		const client = this.#client;
		this.#client = undefined;
		if (client === undefined) return;
		const left = client.endAsync(!client.connected).catch(() => undefined);
		let late: NodeJS.Timeout | undefined;
		await Promise.race([
			left,
			new Promise<void>((resolve) => {
				late = setTimeout(resolve, LEAVE_WITHIN_MS);
			}),
		]);
		clearTimeout(late);
		client.removeAllListeners('message');
		if (client.connected) client.end(true);
	}

	#tell(error: unknown): void {
		const problem = messageOf(error) || String((error as { code?: unknown }).code ?? 'unknown');
		this.#failures += 1;
		// A broker that starts at the same moment as its clients refuses the first attempts.
		if (problem === this.#lastProblem || this.#failures < SILENT_FAILURES) return;
		this.#lastProblem = problem;
		const action = /not authorized|bad user/i.test(problem)
			? 'check mqtt.username and mqtt.passwordFile'
			: 'check that the broker runs and mqtt.url names it; trying again';
		this.#log.warn({}, `no connection to ${this.#address.url}: ${problem} (${action})`);
	}
}
