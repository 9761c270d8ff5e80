import { once } from 'node:events';
import { type IncomingHttpHeaders, request } from 'node:http';
import { connect as connectTcp, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { Bus, type Clock, createContext, silentLog, systemClock } from '@pilotwire/runtime';
import { MemoryHub } from '@pilotwire/runtime/testing';
import { connect as connectMqtt, type IClientOptions, type MqttClient } from 'mqtt';
import { WebSocket } from 'ws';
import { type HouseAccounts, type HouseFile, Web, type WebConfig, webSections } from '../../src/index.ts';
import { FakeAccounts } from './fake-accounts.ts';

/** An HTTP answer. */
export interface Answer {
	readonly status: number;
	readonly headers: IncomingHttpHeaders;
	readonly body: string;
}

/** What tests may say of a site. */
export interface SiteOptions {
	readonly web?: object;
	readonly broker?: WebConfig['broker'];
	readonly assets?: string;
	readonly accounts?: HouseAccounts;
	readonly houseFile?: HouseFile;
	readonly clock?: Clock;
}

/** The web service on a free port, and browsers' requests to it. */
export class Site {
	readonly hub = new MemoryHub();
	/** The accounts, where no others were given. */
	readonly accounts = new FakeAccounts();
	readonly failures: unknown[] = [];
	readonly #dataDir: string;
	readonly #options: SiteOptions;
	readonly #clients: MqttClient[] = [];
	readonly #sockets: (WebSocket | Socket)[] = [];
	#web: Web | undefined;
	#end: (() => void) | undefined;

	constructor(dataDir: string, options: SiteOptions = {}) {
		this.#dataDir = dataDir;
		this.#options = options;
	}

	async start(): Promise<this> {
		const context = createContext('web', silentLog, this.#options.clock ?? systemClock, (error) =>
			this.failures.push(error),
		);
		const bus = new Bus(context, 'home', this.hub.transport());
		const config: WebConfig = {
			...webSections.web.parse({ port: 0, ...this.#options.web }),
			site: 'home',
			dataDir: this.#dataDir,
			assets: this.#options.assets ?? join(this.#dataDir, 'no-assets'),
			broker: this.#options.broker ?? { url: 'mqtt://127.0.0.1:1', embedded: true },
		};
		this.#end = () => context.end();
		const accounts = async () => this.#options.accounts ?? this.accounts;
		this.#web = new Web(context, bus, config, accounts, this.#options.houseFile);
		await this.#web.start();
		return this;
	}

	async stop(): Promise<void> {
		await this.#web?.stop();
		this.#end?.();
		this.#web = undefined;
	}

	/** Closes what tests opened, then the service. Fails where the service itself failed. */
	async close(): Promise<void> {
		await Promise.all(this.#clients.splice(0).map((client) => client.endAsync(true)));
		for (const socket of this.#sockets.splice(0)) 'terminate' in socket ? socket.terminate() : socket.destroy();
		await this.stop();
		if (this.failures.length > 0) throw this.failures[0];
	}

	get port(): number {
		return this.#web?.address()?.port ?? 0;
	}

	get origin(): string {
		return `http://127.0.0.1:${this.port}`;
	}

	/** One request, as a browser or another program sends it. The path goes out as it is. */
	ask(method: string, path: string, headers: Record<string, string> = {}, body?: string): Promise<Answer> {
		return new Promise((resolve, reject) => {
			const asked = request({ host: '127.0.0.1', port: this.port, method, path, headers, agent: false }, (answer) => {
				let text = '';
				answer.setEncoding('utf8').on('data', (part: string) => {
					text += part;
				});
				answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text }));
			});
			asked.on('error', reject);
			asked.end(body);
		});
	}

	/** What a page of this site sends to sign in. */
	signIn(name: string, password = `${name}'s password`, headers: Record<string, string> = {}): Promise<Answer> {
		const all = {
			'content-type': 'application/json',
			origin: this.origin,
			'sec-fetch-site': 'same-origin',
			...headers,
		};
		return this.ask('POST', '/api/session', all, JSON.stringify({ name, password }));
	}

	/** Signs in and returns the cookie as a browser sends it back. */
	async cookieOf(name: string): Promise<string> {
		const { status, headers } = await this.signIn(name);
		if (status !== 204) throw new Error(`sign-in answered ${status}`);
		return headers['set-cookie']?.[0]?.split(';')[0] ?? '';
	}

	/** A bare WebSocket to `/mqtt`. */
	webSocket(headers: Record<string, string>, protocols: string[] = ['mqtt'], path = '/mqtt'): WebSocket {
		const ws = new WebSocket(`ws://127.0.0.1:${this.port}${path}`, protocols, { headers });
		this.#sockets.push(ws);
		ws.on('error', () => {});
		return ws;
	}

	/** The same, open. */
	async openWebSocket(cookie: string): Promise<WebSocket> {
		const ws = this.webSocket({ cookie, origin: this.origin });
		await once(ws, 'open');
		return ws;
	}

	/** The HTTP status with which an upgrade is refused. */
	upgradeStatus(headers: Record<string, string>, protocols?: string[], path?: string): Promise<number> {
		const ws = this.webSocket(headers, protocols, path);
		return new Promise((resolve) => {
			ws.once('open', () => resolve(101));
			ws.once('unexpected-response', (_request, answer) => {
				answer.resume();
				resolve(answer.statusCode ?? 0);
			});
		});
	}

	/** A page's MQTT client; not yet connected. */
	mqtt(cookie: string, options: IClientOptions = {}): MqttClient {
		const client = connectMqtt(`ws://127.0.0.1:${this.port}/mqtt`, {
			reconnectPeriod: 0,
			wsOptions: { headers: { cookie, origin: this.origin } },
			...options,
		});
		client.on('error', () => {});
		this.#clients.push(client);
		return client;
	}

	/** The same, connected. */
	async openMqtt(cookie: string, options: IClientOptions = {}): Promise<MqttClient> {
		const client = this.mqtt(cookie, options);
		await new Promise<void>((resolve, reject) => {
			client.once('connect', () => resolve());
			client.once('close', () => reject(new Error('closed')));
		});
		return client;
	}

	/** A bare TCP connection. */
	async socket(): Promise<Socket> {
		const socket = connectTcp({ host: '127.0.0.1', port: this.port });
		this.#sockets.push(socket);
		socket.on('error', () => {});
		await once(socket, 'connect');
		return socket;
	}
}

/** What the next event of an MQTT client carries. */
export function nextOf(client: MqttClient, event: 'connect' | 'close' | 'message'): Promise<unknown[]> {
	return new Promise((resolve) => client.once(event, (...given: unknown[]) => resolve(given)));
}

/** A TCP server in the broker's place, that keeps what it is sent. */
export class ByteBroker {
	readonly connections: Socket[] = [];
	readonly #server: Server = createServer((socket) => {
		socket.on('error', () => {});
		this.connections.push(socket);
		this.#server.emit('taken', socket);
	});

	async start(): Promise<this> {
		this.#server.listen(0, '127.0.0.1');
		await once(this.#server, 'listening');
		return this;
	}

	get url(): string {
		const address = this.#server.address();
		return `mqtt://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
	}

	/** The next connection, from the moment of asking. */
	async next(): Promise<Socket> {
		const [socket] = (await once(this.#server, 'taken')) as [Socket];
		return socket;
	}

	async close(): Promise<void> {
		for (const socket of this.connections) socket.destroy();
		await new Promise<void>((resolve) => this.#server.close(() => resolve()));
	}
}

/** Reads so many bytes. */
export function readBytes(socket: Socket, count: number): Promise<Buffer> {
	const parts: Buffer[] = [];
	let length = 0;
	return new Promise((resolve, reject) => {
		const settle = (act: () => void): void => {
			socket.off('readable', look).off('close', fail);
			act();
		};
		const fail = (): void => settle(() => reject(new Error(`closed after ${length} of ${count} bytes`)));
		const look = (): void => {
			for (let part = socket.read() as Buffer | null; part !== null; part = socket.read() as Buffer | null) {
				parts.push(part);
				length += part.length;
				if (length < count) continue;
				const all = Buffer.concat(parts);
				settle(() => resolve(all.subarray(0, count)));
				if (length > count) socket.unshift(all.subarray(count));
				return;
			}
		};
		socket.on('readable', look).on('close', fail);
		look();
	});
}
