import type { Server as HttpServer } from 'node:http';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer } from 'aedes-server-factory';
import { cannotListen } from '../errors.ts';
import type { Limits } from '../options.ts';

/** Where a listener really listens. */
export interface Address {
	readonly host: string;
	readonly port: number;
}

/** Takes each connection, whatever it came over. */
export type OnConnection = (conn: Duplex, from: string) => void;

interface ConnectionRequest {
	readonly connDetails?: { readonly ipAddress?: string; readonly port?: number } | null;
}

type FactoryTarget = Parameters<typeof createServer>[0];

/** A TCP port for MQTT clients. */
export function tcpListener(onConnection: OnConnection, limits: Limits): Server {
	const server = createServer(target(onConnection)) as Server;
	server.maxConnections = limits.connections;
	server.on('connection', prepare);
	return server;
}

/** A port for MQTT over WebSocket, for browsers. */
export function wsListener(onConnection: OnConnection, limits: Limits): Server {
	const server = createServer(target(onConnection), { ws: true }) as HttpServer;
	server.maxConnections = limits.connections;
	server.headersTimeout = limits.connectTimeoutMs;
	server.requestTimeout = limits.connectTimeoutMs;
	server.on('connection', prepare);
	server.on('request', (_request, response) => {
		response.writeHead(426, { 'Content-Type': 'text/plain', Upgrade: 'websocket', Connection: 'close' });
		response.end('This port speaks MQTT over WebSocket.\n');
	});
	return server;
}

/** Begins to listen. Throws `BROKER_*`. */
export function listen(server: Server, host: string, port: number, setting: 'port' | 'wsPort'): Promise<Address> {
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

/** Takes no more connections; resolves when all are gone. */
export function stopListening(server: Server | undefined): Promise<void> {
	return new Promise((resolve) => {
		if (server === undefined || !server.listening) resolve();
		else server.close(() => resolve());
	});
}

/** All that the factory needs of a broker is where to hand connections to. */
function target(onConnection: OnConnection): FactoryTarget {
	const handle = (conn: Duplex, request?: ConnectionRequest): void => {
		const { ipAddress = 'unknown', port = 0 } = request?.connDetails ?? {};
		onConnection(conn, `${ipAddress}:${port}`);
	};
	return { handle } as unknown as FactoryTarget;
}

function prepare(socket: Socket): void {
	socket.setNoDelay(true);
	socket.setKeepAlive(true, 60_000);
	// Whoever handles the connection hears of errors too; this one is there from the first byte to the last.
	socket.on('error', () => {});
}
