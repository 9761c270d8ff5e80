import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { hashSecret, type KnownAccount } from '@pilotwire/accounts';
import { silentLog, systemClock } from '@pilotwire/runtime';
import { type IClientOptions, type MqttClient, connect as mqttConnect } from 'mqtt';
import { Broker, type BrokerOptions } from '../../src/index.ts';

/** The account the tests use. */
export const account = { username: 'tester', password: 'secret-of-the-tester' };

/** That account as the broker keeps it. */
export const knownAccount: KnownAccount = {
	principal: { kind: 'person', name: account.username, role: 'admin' },
	secretHash: hashSecret(account.password),
};

/** The same as `broker-process.ts` has it: a machine's, whose wrong passwords slow nobody down. */
export const deviceAccount: KnownAccount = {
	principal: { kind: 'device', name: account.username },
	secretHash: hashSecret(account.password),
};

/** What tests of the protocol itself use: everybody may do everything. */
export const anything: NonNullable<BrokerOptions['rights']> = () => ({
	mayPublish: () => true,
	maySubscribe: () => true,
	mayUseChannels: true,
});

/** Starts a broker on free ports and remembers what must be closed. */
export class Bench {
	readonly #clients: MqttClient[] = [];
	readonly #sockets: Socket[] = [];
	readonly #brokers: Broker[] = [];

	async broker(options: Partial<BrokerOptions> = {}): Promise<Broker> {
		const broker = new Broker({
			port: 0,
			wsPort: 0,
			accounts: [knownAccount],
			rights: anything,
			sysIntervalS: 0,
			log: silentLog,
			clock: systemClock,
			...options,
		});
		this.#brokers.push(broker);
		await broker.start();
		return broker;
	}

	/** An MQTT client that has signed in. Rejects where it is refused. */
	client(
		broker: Reachable,
		options: IClientOptions = {},
		over: 'tcp' | 'ws' = 'tcp',
		onMade?: (client: MqttClient) => void,
	): Promise<MqttClient> {
		const { host, port } = addressOf(broker, over);
		return this.clientAt(`${over === 'tcp' ? 'mqtt' : 'ws'}://${host}:${port}`, options, onMade);
	}

	/** The same, by address. `onMade` is told before anything comes. */
	async clientAt(
		url: string,
		options: IClientOptions = {},
		onMade?: (client: MqttClient) => void,
	): Promise<MqttClient> {
		const client = mqttConnect(url, { ...account, reconnectPeriod: 0, connectTimeout: 30_000, ...options });
		this.#clients.push(client);
		onMade?.(client);
		await new Promise<void>((resolve, reject) => {
			client.once('connect', () => resolve());
			client.once('error', reject);
			client.once('close', () => reject(new Error('closed')));
		});
		client.on('error', () => {});
		return client;
	}

	/** A bare TCP connection. */
	async socket(broker: Reachable): Promise<Socket> {
		const { host, port } = addressOf(broker, 'tcp');
		const socket = connectTcp({ host, port });
		this.#sockets.push(socket);
		socket.on('error', () => {});
		await once(socket, 'connect');
		return socket;
	}

	/** Closes everything. */
	async close(): Promise<void> {
		await Promise.all(this.#clients.splice(0).map((client) => client.endAsync(true)));
		for (const socket of this.#sockets.splice(0)) socket.destroy();
		await Promise.all(this.#brokers.splice(0).map((broker) => broker.stop()));
	}
}

/** A broker of this process or another one. */
export type Reachable = { addresses(): Partial<Record<'tcp' | 'ws', { host: string; port: number }>> | undefined };

/** Where a started broker listens. */
export function addressOf(broker: Reachable, over: 'tcp' | 'ws'): { host: string; port: number } {
	const address = broker.addresses()?.[over];
	if (address === undefined) throw new Error('the broker is not started');
	return address;
}

/** A message as tests compare it. */
export interface Got {
	readonly topic: string;
	readonly text: string;
	readonly retain: boolean;
}

/** Collects what a client receives. */
export class Inbox {
	readonly all: Got[] = [];
	readonly #client: MqttClient;
	readonly #waiting = new Set<() => void>();

	constructor(client: MqttClient) {
		this.#client = client;
		client.on('message', (topic, payload, packet) => {
			this.all.push({ topic, text: payload.toString(), retain: packet.retain });
			for (const check of this.#waiting) check();
		});
	}

	/** Resolves when the condition holds; the mocha time-out is the bound. */
	async until(condition: (all: readonly Got[]) => boolean): Promise<readonly Got[]> {
		await new Promise<void>((resolve) => {
			const check = (): void => {
				if (!condition(this.all)) return;
				this.#waiting.delete(check);
				resolve();
			};
			this.#waiting.add(check);
			check();
		});
		return this.all;
	}

	/** Everything that was under way has arrived once a marker sent after it has. */
	async settle(publisher: MqttClient = this.#client): Promise<readonly Got[]> {
		const marker = `marker/${Math.random().toString(36).slice(2)}`;
		await this.#client.subscribeAsync(marker);
		await publisher.publishAsync(marker, 'x', { qos: 1 });
		await this.until((all) => all.some(({ topic }) => topic === marker));
		return this.all.filter(({ topic }) => !topic.startsWith('marker/'));
	}
}
