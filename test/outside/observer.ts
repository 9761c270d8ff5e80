// A client of the bus that reads everything and waits for what a test expects.
import { EventEmitter } from 'node:events';
import { decodePayload, type Parameters, type Topic, topicFilter, topicName } from '@pilotwire/contract';
import { connect, type IClientOptions, type MqttClient } from 'mqtt';

export const SITE = 'home';

/** What a payload must satisfy to be the one that is waited for. */
type Test<Payload> = (payload: Payload) => boolean;

/** An MQTT client of a test, over any transport. It reconnects by itself. */
export class Observer {
	readonly client: MqttClient;
	/** The newest payload by topic. */
	readonly #newest = new Map<string, Buffer>();
	readonly #events = new EventEmitter().setMaxListeners(0);

	constructor(url: string, options: IClientOptions) {
		this.client = connect(url, { reconnectPeriod: 100, reconnectOnConnackError: true, ...options });
		// It tries again; what waits for it tells.
		this.client.on('error', () => {});
		this.client.on('message', (name, payload) => {
			this.#newest.set(name, payload);
			this.#events.emit(name);
		});
	}

	/** Waits until the connection opens or closes the next time. */
	next(event: 'connect' | 'close'): Promise<void> {
		return new Promise((resolve) => this.client.once(event, () => resolve()));
	}

	/** Waits until it is connected and hears the topics, for every value of their parameters. */
	async hears(topics: readonly Pick<Topic<string, unknown>, 'template'>[]): Promise<void> {
		if (!this.client.connected) await this.next('connect');
		await this.client.subscribeAsync(
			topics.map((topic) => topicFilter(SITE, topic)),
			{ qos: 1 },
		);
	}

	/** Forgets what it heard: what `until` answers then is heard from now on. */
	forget(): void {
		this.#newest.clear();
	}

	/** The first payload that passes, heard already or still to come. Fails after `withinMs` with the newest one. */
	until<Template extends string, Payload>(
		topic: Topic<Template, Payload>,
		parameters: Parameters<Template>,
		test: Test<Payload>,
		withinMs = 20_000,
	): Promise<Payload> {
		const name = topicName(SITE, topic, parameters);
		return new Promise((resolve, reject) => {
			const settle = (act: () => void): void => {
				clearTimeout(timer);
				this.#events.off(name, look);
				act();
			};
			const look = (): void => {
				const newest = this.#newest.get(name);
				if (newest === undefined || newest.length === 0) return;
				const decoded = decodePayload(topic, newest);
				if (!decoded.ok) settle(() => reject(new Error(`${name} carried what it may not: ${newest}`)));
				else if (test(decoded.payload)) settle(() => resolve(decoded.payload));
			};
			const timer = setTimeout(() => {
				settle(() => reject(new Error(`Not within ${withinMs} ms on ${name}; newest: ${this.#newest.get(name)}`)));
			}, withinMs);
			this.#events.on(name, look);
			look();
		});
	}

	close(): Promise<void> {
		return this.client.endAsync(true);
	}
}
