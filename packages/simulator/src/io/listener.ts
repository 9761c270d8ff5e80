import { once } from 'node:events';
import { lstat, mkdir, rm } from 'node:fs/promises';
import { createConnection, createServer, type ListenOptions, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { systemCodeOf } from '@pilotwire/runtime';
import { cannotListen } from '../errors.ts';

/** A socket that listens, on a Unix path or on `tcp:HOST:PORT`, and the connections it took. */
export class Listener {
	readonly end: string;
	readonly connections = new Set<Socket>();
	readonly #server: Server;

	/** @param onConnection its sockets lose their own errors: a connection that breaks is just one less */
	constructor(end: string, onConnection: (socket: Socket) => void) {
		this.end = end;
		this.#server = createServer({ noDelay: true }, (socket) => {
			this.connections.add(socket);
			socket.on('error', () => socket.destroy());
			socket.on('close', () => this.connections.delete(socket));
			onConnection(socket);
		});
	}

	/**
	 * Rejects with SIMULATOR_SOCKET_BUSY or SIMULATOR_CANNOT_LISTEN. A path that nobody serves any more is taken over; its
	 * folder is made where it is missing.
	 */
	async start(): Promise<void> {
		const where = listenOptions(this.end);
		try {
			if (where.path !== undefined) await prepare(where.path);
			this.#server.listen(where);
			await once(this.#server, 'listening');
		} catch (error) {
			throw cannotListen(this.end, error);
		}
	}

	/** The port, where it listens on TCP. */
	get port(): number | undefined {
		const address = this.#server.address();
		return typeof address === 'object' && address !== null ? address.port : undefined;
	}

	/** Ends every connection; the path is gone afterwards. */
	async stop(): Promise<void> {
		for (const socket of this.connections) socket.destroy();
		if (!this.#server.listening) return;
		const closed = once(this.#server, 'close');
		this.#server.close();
		await closed;
	}
}

function listenOptions(end: string): ListenOptions {
	const tcp = /^tcp:(.+):(\d+)$/.exec(end);
	return tcp === null ? { path: end } : { host: tcp[1] as string, port: Number(tcp[2]) };
}

async function prepare(path: string): Promise<void> {
	await mkdir(dirname(path), { recursive: true });
	if (await isAbandoned(path)) await rm(path);
}

/** Whether a socket's file was left behind by a process that is gone. */
async function isAbandoned(path: string): Promise<boolean> {
	const found = await lstat(path).catch(() => undefined);
	if (found?.isSocket() !== true) return false;
	const probe = createConnection(path);
	try {
		await once(probe, 'connect');
		return false;
	} catch (error) {
		return systemCodeOf(error) === 'ECONNREFUSED';
	} finally {
		probe.destroy();
	}
}
