import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer } from 'aedes-server-factory';
import { WebSocketServer } from 'ws';
import { cannotListen, type ListenSetting } from '../errors.ts';
import type { Limits } from '../options.ts';
import { WebSocketStream } from './websocket-stream.ts';

/** Where a listener really listens. */
export interface Address {
	readonly host: string;
	readonly port: number;
}

/** What TLS shows of itself, PEM. */
export interface TlsIdentity {
	readonly cert: Buffer;
	readonly key: Buffer;
}

/** Takes each connection, whatever it came over. */
export type OnConnection = (conn: Duplex, origin: { readonly ip: string; readonly port: number }) => void;

/** How long connections have to end by themselves when the broker stops, ms. */
const goodbyeMs = 500;

/** What the frames of a CONNECT may add to it, bytes. */
const framingBytes = 1024;

/** What each server has open, handshakes too, which nobody else knows of. */
const sockets = new WeakMap<Server, Set<Socket>>();

type FactoryTarget = Parameters<typeof createServer>[0];
type FactoryOptions = NonNullable<Parameters<typeof createServer>[1]>;

/** A port for MQTT clients over TCP, or TLS where an identity is given. */
export function tcpListener(onConnection: OnConnection, limits: Limits, tls?: TlsIdentity): Server {
	const secured = tls === undefined ? {} : { tls: { ...tls, handshakeTimeout: limits.connectTimeoutMs } };
	const server = createServer(target(onConnection), secured as FactoryOptions) as Server;
	return prepare(server, limits);
}

/** A port for MQTT over WebSocket, for browsers; secure where an identity is given. */
export function wsListener(onConnection: OnConnection, limits: Limits, tls?: TlsIdentity): Server {
	const serverFactory = (): HttpServer => {
		const server = tls === undefined ? createHttpServer() : createHttpsServer({ ...tls });
		server.headersTimeout = limits.connectTimeoutMs;
		server.requestTimeout = limits.connectTimeoutMs;
		server.on('request', (_request, response) => {
			response.writeHead(426, { 'Content-Type': 'text/plain', Upgrade: 'websocket', Connection: 'close' });
			response.end('This port speaks MQTT over WebSocket.\n');
		});
		serveWebSockets(server, onConnection, limits);
		return server;
	};
	const server = createServer(target(onConnection), { ws: true, serverFactory } as unknown as FactoryOptions);
	return prepare(server as Server, limits);
}

/** Begins to listen. Throws `BROKER_*`. */
export function listen(server: Server, host: string, port: number, setting: ListenSetting): Promise<Address> {
	return new Promise((resolve, reject) => {
		const refuse = (error: Error): void => reject(cannotListen(host, port, setting, error));
		server.once('error', refuse);
		server.listen({ host, port }, () => {
			server.off('error', refuse);
			const { address, port: real } = server.address() as AddressInfo;
			resolve({ host: address, port: real });
		});
	});
}

/** Takes no more connections; resolves when all are gone, the last of them closed from here. */
export function stopListening(server: Server): Promise<void> {
	return new Promise((resolve) => {
		const timer = setTimeout(() => {
			for (const socket of sockets.get(server) ?? []) socket.destroy();
		}, goodbyeMs);
		const done = (): void => {
			clearTimeout(timer);
			resolve();
		};
		if (server.listening) server.close(done);
		else done();
	});
}

/** Without compression, which costs more than a house's network; a message is at most a packet, or many small ones. */
function serveWebSockets(server: HttpServer, onConnection: OnConnection, limits: Limits): void {
	const endpoint = new WebSocketServer({
		server,
		perMessageDeflate: false,
		maxPayload: limits.packetBytes + limits.packetBytesBeforeSignIn,
		handleProtocols: (offered) => [...offered].find((name) => /^mqtt/i.test(name)) ?? false,
	});
	// Passed on from the server, which is asked itself.
	endpoint.on('error', () => {});
	endpoint.on('wsClientError', (_error, socket) => socket.destroy());
	endpoint.on('connection', (socket, request) => {
		const { remoteAddress: ip = 'unknown', remotePort: port = 0 } = request.socket;
		const bytesBeforeSignIn = limits.packetBytesBeforeSignIn + framingBytes;
		onConnection(new WebSocketStream(socket, request.socket, bytesBeforeSignIn), { ip, port });
	});
}

/** All that the factory needs of a broker is where to hand connections to. */
function target(onConnection: OnConnection): FactoryTarget {
	const handle = (conn: Socket): void => {
		const { remoteAddress: ip = 'unknown', remotePort: port = 0 } = conn;
		onConnection(conn, { ip, port });
	};
	return { handle } as unknown as FactoryTarget;
}

function prepare(server: Server, limits: Limits): Server {
	server.maxConnections = limits.connections;
	const open = new Set<Socket>();
	sockets.set(server, open);
	server.on('connection', (socket: Socket) => {
		open.add(socket);
		socket.once('close', () => open.delete(socket));
		socket.setNoDelay(true);
		socket.setKeepAlive(true, 60_000);
		// Whoever handles the connection hears of errors too; this one is there from the first byte to the last.
		socket.on('error', () => {});
	});
	return server;
}
