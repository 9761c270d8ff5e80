import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Server as TlsServer } from 'node:tls';
import { type Logger, type TlsIdentity, TrustedProxies } from '@pilotwire/runtime';
import { createServer } from 'aedes-server-factory';
import { WebSocketServer } from 'ws';
import { cannotListen, type ListenSetting } from '../errors.ts';
import type { Limits } from '../options.ts';
import { takeProxyHeader } from './proxy-header.ts';
import { WebSocketStream } from './websocket-stream.ts';

/** Where a listener really listens. */
export interface Address {
	readonly host: string;
	readonly port: number;
}

/** Where a connection comes from: IP address and port. */
interface Origin {
	readonly ip: string;
	readonly port: number;
}

/** Takes each connection, whatever it came over. */
export type OnConnection = (conn: Duplex, origin: Origin) => void;

/** What all ports have in common. */
export interface PortParts {
	readonly onConnection: OnConnection;
	readonly limits: Limits;
	/** Addresses of proxies, whose word on where a connection comes from is believed. */
	readonly trustProxy: readonly string[];
	readonly log: Logger;
}

/** How long connections have to end by themselves when the broker stops, ms. */
const goodbyeMs = 500;

/** What the frames of a CONNECT may add to it, bytes. */
const framingBytes = 1024;

/** What each server has open, handshakes too, which nobody else knows of. */
const sockets = new WeakMap<Server, Set<Socket>>();

type FactoryTarget = Parameters<typeof createServer>[0];
type FactoryOptions = NonNullable<Parameters<typeof createServer>[1]>;

/** A port for MQTT clients over TCP, or TLS where an identity is given. */
export function tcpListener(parts: PortParts, tls?: TlsIdentity): Server {
	const { limits } = parts;
	const secured = tls === undefined ? {} : { tls: { ...tls, handshakeTimeout: limits.connectTimeoutMs } };
	const handle = tls === undefined ? proxied(parts) : direct(parts);
	return prepare(createServer(target(handle), secured as FactoryOptions) as Server, limits);
}

/** A port for MQTT over WebSocket, for browsers; secure where an identity is given. */
export function wsListener(parts: PortParts, tls?: TlsIdentity): Server {
	const { limits } = parts;
	const serverFactory = (): HttpServer => {
		const server = tls === undefined ? createHttpServer() : createHttpsServer({ ...tls });
		server.headersTimeout = limits.connectTimeoutMs;
		server.requestTimeout = limits.connectTimeoutMs;
		server.on('request', (_request, response) => {
			response.writeHead(426, { 'Content-Type': 'text/plain', Upgrade: 'websocket', Connection: 'close' });
			response.end('This port speaks MQTT over WebSocket.\n');
		});
		serveWebSockets(server, parts);
		return server;
	};
	const server = createServer(target(direct(parts)), { ws: true, serverFactory } as unknown as FactoryOptions);
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

/** Shows another certificate to whoever connects from now on; who is connected goes on. */
export function showIdentity(server: Server, { cert, key }: TlsIdentity): void {
	(server as TlsServer).setSecureContext({ cert, key });
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
function serveWebSockets(server: HttpServer, { onConnection, limits, trustProxy }: PortParts): void {
	const proxies = new TrustedProxies(trustProxy);
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
		const own = originOf(request.socket);
		const ip = proxies.clientOf(request);
		const bytesBeforeSignIn = limits.packetBytesBeforeSignIn + framingBytes;
		// A proxy tells no port of the client's.
		const origin = ip === own.ip ? own : { ip, port: 0 };
		onConnection(new WebSocketStream(socket, request.socket, bytesBeforeSignIn), origin);
	});
}

type Handle = (conn: Socket) => void;

const originOf = ({ remoteAddress: ip = 'unknown', remotePort: port = 0 }: Socket): Origin => ({ ip, port });

const direct =
	({ onConnection }: PortParts): Handle =>
	(conn) =>
		onConnection(conn, originOf(conn));

/** A connection that a proxy opened may begin with where it comes from. */
function proxied({ onConnection, limits, trustProxy, log }: PortParts): Handle {
	const proxies = new TrustedProxies(trustProxy);
	return (conn) => {
		const own = originOf(conn);
		const hand = (told?: Origin): void => onConnection(conn, told ?? own);
		const refuse = (why: string): void => log.warn({ from: own.ip }, `A proxy's connection is refused: ${why}`);
		if (proxies.has(own.ip)) takeProxyHeader(conn, limits.connectTimeoutMs, hand, refuse);
		else hand();
	};
}

/** All that the factory needs of a broker is where to hand connections to. */
function target(handle: Handle): FactoryTarget {
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
