import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { generate, type Packet, parser } from 'mqtt-packet';
import { account, addressOf, type Reachable } from './clients.ts';

/** What came, or that the broker closed the connection. */
export type Came = (Packet & Record<string, unknown>) | { cmd: 'closed' };

/** A client that sends exactly what a test says, packet by packet, and hands out exactly what comes. */
export class WireClient {
	readonly socket: Socket;
	readonly #version: 3 | 4 | 5;
	#came: Came[] = [];
	/** How many of these were handed out. */
	#taken = 0;
	readonly #waiting: ((came: Came) => void)[] = [];
	#isOver = false;

	private constructor(socket: Socket, version: 3 | 4 | 5) {
		this.socket = socket;
		this.#version = version;
		const reader = parser({ protocolVersion: version });
		reader.on('packet', (packet) => this.#take(packet as Came));
		reader.on('error', () => socket.destroy());
		socket.on('data', (chunk) => reader.parse(chunk));
		socket.on('error', () => {});
		socket.on('close', () => this.#take({ cmd: 'closed' }));
	}

	/** A connection on which nothing has been said yet. */
	static async open(broker: Reachable, version: 3 | 4 | 5): Promise<WireClient> {
		const socket = connect(addressOf(broker, 'tcp'));
		await once(socket, 'connect');
		return new WireClient(socket, version);
	}

	/** A connection that has said CONNECT; the answer is the first to come. */
	static async connect(
		broker: Reachable,
		version: 3 | 4 | 5,
		options: Record<string, unknown> = {},
	): Promise<WireClient> {
		const client = await WireClient.open(broker, version);
		client.send({
			cmd: 'connect',
			protocolId: version === 3 ? 'MQIsdp' : 'MQTT',
			protocolVersion: version,
			clean: true,
			keepalive: 60,
			clientId: 'wire',
			username: account.username,
			password: Buffer.from(account.password),
			...options,
		});
		return client;
	}

	/** The same, and the CONNACK has come. */
	static async signIn(
		broker: Reachable,
		version: 3 | 4 | 5,
		options: Record<string, unknown> = {},
	): Promise<WireClient> {
		const client = await WireClient.connect(broker, version, options);
		const came = await client.next();
		if (came.cmd !== 'connack') throw new Error(`${came.cmd} instead of CONNACK`);
		return client;
	}

	send(packet: Record<string, unknown>): void {
		this.socket.write(generate(packet as unknown as Packet, { protocolVersion: this.#version }));
	}

	/** Sends bytes as they stand, in hexadecimal. */
	raw(hex: string): void {
		this.socket.write(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
	}

	/** The next packet; once the connection is closed, that, and nothing after it: whoever asks on waits for what can't come. */
	next(): Promise<Came> {
		const came = this.#came[this.#taken];
		if (came !== undefined) {
			this.#taken += 1;
			return Promise.resolve(came);
		}
		if (this.#isOver) return Promise.reject(new Error('the broker has closed the connection'));
		this.#came = [];
		this.#taken = 0;
		return new Promise((resolve) => {
			this.#waiting.push(resolve);
		});
	}

	/** All that comes up to the answer to a PINGREQ, which is left out. */
	async settle(): Promise<Came[]> {
		this.send({ cmd: 'pingreq' });
		const all: Came[] = [];
		for (;;) {
			const came = await this.next();
			if (came.cmd === 'pingresp') return all;
			all.push(came);
			if (came.cmd === 'closed') return all;
		}
	}

	/** Subscribes and takes the SUBACK; retained messages may follow. */
	async subscribe(filter: string, options: Record<string, unknown> = {}, properties?: object): Promise<Came> {
		this.send({
			cmd: 'subscribe',
			messageId: 1,
			subscriptions: [{ topic: filter, qos: 0, ...options }],
			...(properties === undefined ? {} : { properties }),
		});
		return this.next();
	}

	#take(came: Came): void {
		if (came.cmd === 'closed') this.#isOver = true;
		const waiting = this.#waiting.shift();
		if (waiting === undefined) this.#came.push(came);
		else waiting(came);
	}
}
