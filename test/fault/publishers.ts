import { expect } from 'chai';
import { connect, connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { brokerAccount } from '../support/broker-process.ts';

/** Messages that a publisher has under way. */
const WINDOW = 40;

/** Publishes numbers in order, and knows which of them were acknowledged. */
export class Publisher {
	readonly acknowledged = new Set<number>();
	/** Numbers that went out more than once: they may arrive as often. */
	readonly resent = new Set<number>();
	readonly #topic: string;
	#client: MqttClient | undefined;
	#last = 0;
	#stopped = false;
	#onFirst = (): void => undefined;

	constructor(name: string) {
		this.#topic = `load/${name}`;
	}

	/** Publishes until the connection breaks; resolves when the first message is acknowledged. */
	async start(url: string): Promise<void> {
		this.#client = await connectAsync(url, { ...brokerAccount, reconnectPeriod: 0 });
		this.#client.on('error', () => undefined);
		const first = new Promise<void>((resolve) => {
			this.#onFirst = resolve;
		});
		for (let count = 0; count < WINDOW; count += 1) this.#next();
		await first;
	}

	/** The connection is lost; what was not acknowledged goes again over another one, in order. */
	async resend(url: string): Promise<void> {
		this.#stopped = true;
		await this.#client?.endAsync(true);
		const client = await connectAsync(url, { ...brokerAccount, reconnectPeriod: 0 });
		const open = Array.from({ length: this.#last }, (_, index) => index + 1).filter((n) => !this.acknowledged.has(n));
		await Promise.all(
			open.map(async (number) => {
				this.resent.add(number);
				await client.publishAsync(this.#topic, String(number), { qos: 1 });
				this.acknowledged.add(number);
			}),
		);
		await client.endAsync();
	}

	/** Checks what the subscriber got of it. */
	check(arrived: readonly number[]): void {
		const once = [...new Set(arrived)];
		const missing = [...this.acknowledged].filter((number) => !once.includes(number));
		expect(missing, `acknowledged and lost, of ${this.#topic}`).to.deep.equal([]);
		expect(once, `the order of ${this.#topic}`).to.deep.equal([...once].sort((left, right) => left - right));
		const twice = arrived.filter((number, index) => arrived.indexOf(number) !== index);
		expect(
			twice.filter((number) => !this.resent.has(number)),
			`twice, of ${this.#topic}`,
		).to.deep.equal([]);
	}

	#next(): void {
		if (this.#stopped || this.#client?.connected !== true) return;
		this.#last += 1;
		const number = this.#last;
		this.#client.publish(this.#topic, String(number), { qos: 1 }, (error) => {
			if (error !== null && error !== undefined) return;
			this.acknowledged.add(number);
			this.#onFirst();
			this.#next();
		});
	}
}

/**
 * Resolves after so many round trips of a client's own through the broker. They wait for no commit, so that their number
 * falls anywhere between two of these.
 */
export async function roundTrips(url: string, count: number): Promise<void> {
	const client = await connectAsync(url, { ...brokerAccount, reconnectPeriod: 0 });
	client.on('error', () => undefined);
	await client.subscribeAsync('round/trip', { qos: 0 });
	await new Promise<void>((resolve) => {
		let left = count;
		client.on('message', () => {
			left -= 1;
			if (left === 0) resolve();
			else client.publish('round/trip', '');
		});
		client.publish('round/trip', '');
	});
	client.end(true);
}

/** A client with a session that outlives its connections, on our side too. */
const session = (clientId: string): IClientOptions => ({
	...brokerAccount,
	clientId,
	clean: false,
	reconnectPeriod: 50,
	resubscribe: false,
});

/** Has it connect elsewhere when it tries again; what is half way goes on then. */
function goOn(client: MqttClient, url: string): void {
	client.options.port = Number(new URL(url).port);
}

/** Publishes numbers in order at QoS 2; after a crash it goes on where its session stands. */
export class ExactPublisher {
	readonly topic: string;
	/** The last number that was published, and how many are through. */
	sent = 0;
	done = 0;
	readonly #client: MqttClient;
	#stopped = false;
	#onFirst = (): void => undefined;
	readonly #first = new Promise<void>((resolve) => {
		this.#onFirst = resolve;
	});
	#whenDone: (() => void) | undefined;

	private constructor(client: MqttClient, topic: string) {
		this.#client = client;
		this.topic = topic;
		client.on('error', () => undefined);
		for (let count = 0; count < WINDOW; count += 1) this.#next();
	}

	/** Publishes until the connection breaks or `finish`; resolves when the first message is through. */
	static async start(url: string, name: string): Promise<ExactPublisher> {
		const publisher = new ExactPublisher(await connectAsync(url, session(name)), `load/${name}`);
		await publisher.#first;
		return publisher;
	}

	/** Ends what is under way, over another connection. */
	async finish(url: string): Promise<void> {
		this.#stopped = true;
		goOn(this.#client, url);
		await new Promise<void>((resolve) => {
			this.#whenDone = resolve;
			this.#check();
		});
	}

	async end(): Promise<void> {
		await this.#client.endAsync(true);
	}

	#next(): void {
		if (this.#stopped || !this.#client.connected) return;
		this.sent += 1;
		this.#client.publish(this.topic, String(this.sent), { qos: 2 }, (error) => {
			if (error !== null && error !== undefined) return;
			this.done += 1;
			this.#onFirst();
			this.#check();
			this.#next();
		});
	}

	#check(): void {
		if (this.done === this.sent) this.#whenDone?.();
	}
}

/** Subscribes to the load at QoS 2 and keeps what it gets. */
export class Exactly {
	readonly #client: MqttClient;
	readonly #got = new Map<string, number[]>();
	#onMessage = (): void => undefined;

	private constructor(client: MqttClient) {
		this.#client = client;
		client.on('error', () => undefined);
		client.on('message', (topic, payload) => {
			this.#got.set(topic, [...(this.#got.get(topic) ?? []), Number(payload.toString())]);
			this.#onMessage();
		});
	}

	/** Connects, and subscribes where it has no session yet. */
	static async start(url: string, name: string): Promise<Exactly> {
		const client = connect(url, session(name));
		const subscriber = new Exactly(client);
		const present = await new Promise<boolean>((resolve) => {
			client.once('connect', ({ sessionPresent }) => resolve(sessionPresent));
		});
		if (!present) await client.subscribeAsync('load/#', { qos: 2 });
		return subscriber;
	}

	goOn(url: string): void {
		goOn(this.#client, url);
	}

	/** What came of a topic, once its last number has, and what came with it. */
	async until(topic: string, last: number): Promise<readonly number[]> {
		await new Promise<void>((resolve) => {
			this.#onMessage = () => {
				if (this.#got.get(topic)?.includes(last) === true) resolve();
			};
			this.#onMessage();
		});
		return this.#got.get(topic) ?? [];
	}

	async end(): Promise<void> {
		await this.#client.endAsync(true);
	}
}
