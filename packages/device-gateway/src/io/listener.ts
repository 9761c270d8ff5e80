import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Server as TlsServer } from 'node:tls';
import {
	type Clock,
	followTls,
	type Logger,
	type Timer,
	type TlsFiles,
	type TlsIdentity,
	TrustedProxies,
} from '@pilotwire/runtime';
import { type WebSocket, WebSocketServer } from 'ws';
import { cannotListen, cannotUseTls, type PortSetting } from '../errors.ts';

/** Where the gateway really listens. */
export interface Address {
	readonly host: string;
	readonly port: number;
}

/** How a port is opened. */
export interface ListenerOptions {
	readonly host: string;
	readonly port: number;
	/** PEM files, for secure WebSockets. */
	readonly tls?: TlsFiles;
	/** Addresses of proxies whose X-Forwarded-For is believed. */
	readonly trustProxy: readonly string[];
	readonly clock: Clock;
	readonly log: Logger;
	readonly setting: PortSetting;
	readonly maxMessageBytes: number;
	readonly mostConnections: number;
	/** A request for a WebSocket is complete within this time, ms. */
	readonly requestWithinMs: number;
	/** Takes each connection, with its IP address. */
	readonly onConnection: (ws: WebSocket, address: string) => void;
}

/** A port for WebSockets, without compression: what devices say is short. */
export class Listener {
	readonly #options: ListenerOptions;
	readonly #sockets = new Set<Socket>();
	#server: HttpServer | undefined;
	#renewals: Timer | undefined;

	constructor(options: ListenerOptions) {
		this.#options = options;
	}

	/** Begins to listen. Rejects with `DEVICE_*`. */
	async start(): Promise<Address> {
		const { host, port, setting } = this.#options;
		const server = this.#create();
		this.#server = server;
		return new Promise((resolve, reject) => {
			server.once('error', (error) => reject(cannotListen(host, port, setting, error)));
			server.listen({ host, port }, () => {
				const { address, port: real } = server.address() as AddressInfo;
				resolve({ host: address, port: real });
			});
		});
	}

	/** Takes no more connections, and cuts off what is left. */
	async stop(): Promise<void> {
		this.#renewals?.cancel();
		const server = this.#server;
		if (server?.listening !== true) return;
		await new Promise<void>((resolve) => {
			server.close(() => resolve());
			for (const socket of this.#sockets) socket.destroy();
		});
	}

	#create(): HttpServer {
		const { mostConnections, requestWithinMs, maxMessageBytes, trustProxy, onConnection } = this.#options;
		const timeouts = {
			connectionsCheckingInterval: 1_000,
			headersTimeout: requestWithinMs,
			requestTimeout: requestWithinMs,
		};
		const server = this.#open(timeouts);
		server.maxConnections = mostConnections;
		server.on('connection', (socket: Socket) => {
			this.#sockets.add(socket);
			socket.once('close', () => this.#sockets.delete(socket));
			socket.setNoDelay(true);
			// Whoever handles the connection hears of errors too; this one is there from the first byte to the last.
			socket.on('error', () => {});
		});
		server.on('request', (_request, response) => {
			response.writeHead(426, { 'Content-Type': 'text/plain', Upgrade: 'websocket', Connection: 'close' });
			response.end('This port speaks JSON over WebSocket, with devices.\n');
		});
		const endpoint = new WebSocketServer({
			server,
			perMessageDeflate: false,
			maxPayload: maxMessageBytes,
			clientTracking: false,
		});
		// Passed on from the server, which is asked itself.
		endpoint.on('error', () => {});
		endpoint.on('wsClientError', (_error, socket) => socket.destroy());
		const proxies = new TrustedProxies(trustProxy);
		endpoint.on('connection', (ws, request) => onConnection(ws, proxies.clientOf(request)));
		return server;
	}

	/** Plain, or secure; a certificate that is renewed meanwhile is shown from then on. */
	#open(timeouts: object): HttpServer {
		const { tls, requestWithinMs: handshakeTimeout, clock, log } = this.#options;
		if (tls === undefined) return createHttpServer(timeouts);
		const identity = read(tls);
		try {
			const server = createHttpsServer({ ...identity, handshakeTimeout, ...timeouts });
			const take = (renewed: TlsIdentity): void => (server as unknown as TlsServer).setSecureContext({ ...renewed });
			this.#renewals = followTls(tls, identity, { clock, log, take });
			return server;
		} catch (error) {
			throw cannotUseTls(`${tls.certFile} with ${tls.keyFile}`, error);
		}
	}
}

function read({ certFile, keyFile }: TlsFiles): TlsIdentity {
	let what = certFile;
	try {
		const cert = readFileSync(certFile);
		what = keyFile;
		return { cert, key: readFileSync(keyFile) };
	} catch (error) {
		throw cannotUseTls(what, error);
	}
}
