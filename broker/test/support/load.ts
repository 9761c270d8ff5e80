import { brokerAccount } from '@pilotwire/test/broker-process';
import { until } from '@pilotwire/test/until';
import { type MqttClient, connect as mqttConnect } from 'mqtt';

/** Messages that a publisher has under way. */
const window = 20;
/** Longer than any broker is away, and what it was told takes. Milliseconds. */
const acknowledgedWithinMs = 100_000;

/** Where one of several brokers is reached now. */
export type Urls = () => string;

/** Publishes numbers at QoS 1, one after the other; where its broker is lost, it goes to another and says again what was not acknowledged. */
export class LoadPublisher {
	readonly acknowledged = new Set<number>();
	/** Said more than once. */
	readonly repeated = new Set<number>();
	readonly topic: string;
	readonly #urls: Urls;
	readonly #pending = new Set<number>();
	#next = 0;
	#client: MqttClient | undefined;
	#stopped = false;

	constructor(topic: string, urls: Urls) {
		this.topic = topic;
		this.#urls = urls;
		this.#connect();
	}

	/** Says no more; resolves once all is acknowledged. */
	async finish(): Promise<void> {
		this.#stopped = true;
		await until(`all of ${this.topic} is acknowledged`, () => this.#pending.size === 0, acknowledgedWithinMs);
		await this.#client?.endAsync(true);
	}

	#connect(): void {
		const client = mqttConnect(this.#urls(), { ...brokerAccount, reconnectPeriod: 0, connectTimeout: 20_000 });
		this.#client = client;
		client.on('error', () => {});
		client.once('close', () => {
			client.end(true);
			if (!this.#stopped || this.#pending.size > 0) setTimeout(() => this.#connect(), 20);
		});
		client.once('connect', () => {
			for (const number of [...this.#pending]) {
				this.repeated.add(number);
				this.#say(client, number);
			}
			this.#fill(client);
		});
	}

	#fill(client: MqttClient): void {
		while (!this.#stopped && this.#pending.size < window) {
			this.#pending.add(this.#next);
			this.#say(client, this.#next);
			this.#next += 1;
		}
	}

	#say(client: MqttClient, number: number): void {
		client.publish(this.topic, String(number), { qos: 1 }, (error) => {
			if (error !== undefined && error !== null) return;
			this.#pending.delete(number);
			this.acknowledged.add(number);
			if (client.connected) this.#fill(client);
		});
	}
}

/** A subscriber with a session, which goes to another broker where its own is lost; what it got, in order. */
export class LoadSubscriber {
	readonly got: { readonly topic: string; readonly number: number; readonly dup: boolean }[] = [];
	readonly #clientId: string;
	readonly #filter: string;
	readonly #urls: Urls;
	#client: MqttClient | undefined;
	#stopped = false;

	constructor(clientId: string, filter: string, urls: Urls) {
		this.#clientId = clientId;
		this.#filter = filter;
		this.#urls = urls;
	}

	/** Resolves once its subscription is granted. */
	async start(): Promise<void> {
		await new Promise<void>((resolve) => this.#connect(resolve));
	}

	async stop(): Promise<void> {
		this.#stopped = true;
		await this.#client?.endAsync(true);
	}

	#connect(onSubscribed?: () => void): void {
		const options = { clientId: this.#clientId, clean: false, reconnectPeriod: 0, connectTimeout: 20_000 };
		const client = mqttConnect(this.#urls(), { ...brokerAccount, ...options });
		this.#client = client;
		client.on('error', () => {});
		client.on('message', (topic, payload, { dup }) => this.got.push({ topic, number: Number(payload), dup }));
		client.once('close', () => {
			client.end(true);
			if (!this.#stopped) setTimeout(() => this.#connect(onSubscribed), 20);
		});
		client.once('connect', ({ sessionPresent }) => {
			if (sessionPresent) return;
			client.subscribe(this.#filter, { qos: 1 }, () => onSubscribed?.());
		});
	}
}
