import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createConnection, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A connection that keeps what it hears. */
export class Client {
	readonly socket: Socket;
	received: Buffer = Buffer.alloc(0);

	constructor(where: string | number) {
		this.socket = typeof where === 'string' ? createConnection(where) : createConnection(where, '127.0.0.1');
		this.socket.on('data', (bytes) => {
			this.received = Buffer.concat([this.received, bytes]);
		});
	}

	static async to(where: string | number): Promise<Client> {
		const client = new Client(where);
		await once(client.socket, 'connect');
		return client;
	}

	/** Waits for so many bytes in all, and takes them. */
	async take(count: number): Promise<Buffer> {
		while (this.received.length < count) await once(this.socket, 'data');
		const taken = this.received.subarray(0, count);
		this.received = this.received.subarray(count);
		return taken;
	}

	/** Sends a request on the bus and waits for its answer: status, value. */
	async bus(...request: [number, number, number, number]): Promise<number[]> {
		this.socket.write(Uint8Array.from(request));
		return [...(await this.take(2))];
	}

	/** Sends a command and waits for its answer. */
	// biome-ignore lint/suspicious/noExplicitAny: what a test reads out of an answer is its own affair
	async command(request: object | string): Promise<any> {
		this.socket.write(`${typeof request === 'string' ? request : JSON.stringify(request)}\n`);
		while (!this.received.includes('\n')) await once(this.socket, 'data');
		const line = await this.take(this.received.indexOf('\n') + 1);
		return JSON.parse(line.toString());
	}
}

/** A folder for one test's sockets, and how to remove it. */
export async function temporaryFolder(): Promise<{ path: (name: string) => string; remove: () => Promise<void> }> {
	const folder = await mkdtemp(join(tmpdir(), 'simulator-'));
	return { path: (name) => join(folder, name), remove: () => rm(folder, { recursive: true }) };
}

/** Lets the event loop turn until something holds; fails after many turns. */
export async function settle(holds: () => boolean): Promise<void> {
	for (let turn = 0; turn < 5000; turn++) {
		if (holds()) return;
		await new Promise((resolve) => setImmediate(resolve));
	}
	throw new Error('what was waited for did not come');
}
