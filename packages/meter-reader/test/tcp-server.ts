import { createServer, type Server, type Socket } from 'node:net';

/** A server that passes on the bytes of a port as ser2net does: as they are, to one client or to several. */
export class TcpServer {
	readonly clients: Socket[] = [];
	/** How many were hung up on because others were there. */
	turnedAway = 0;
	readonly #server: Server;
	readonly #most: number;

	/** @param most clients let in at a time; more are told so, and hung up on */
	constructor(most = 1) {
		this.#most = most;
		this.#server = createServer((socket) => this.#take(socket));
	}

	/** Settles with the port, one that is free unless given. */
	async listen(host = '127.0.0.1', port = 0): Promise<number> {
		await new Promise<void>((resolve) => this.#server.listen(port, host, resolve));
		return (this.#server.address() as { port: number }).port;
	}

	send(bytes: Uint8Array): void {
		for (const client of this.clients) client.write(bytes);
	}

	/** Hangs up on everybody. */
	hangUp(): void {
		for (const client of this.clients.splice(0)) client.destroy();
	}

	async close(): Promise<void> {
		this.hangUp();
		await new Promise<void>((resolve) => this.#server.close(() => resolve()));
	}

	#take(socket: Socket): void {
		socket.on('error', () => undefined);
		if (this.clients.length >= this.#most) {
			this.turnedAway += 1;
			socket.end('Port already in use\r\n');
			return;
		}
		this.clients.push(socket);
		socket.on('close', () => {
			const at = this.clients.indexOf(socket);
			if (at >= 0) this.clients.splice(at, 1);
		});
	}
}
