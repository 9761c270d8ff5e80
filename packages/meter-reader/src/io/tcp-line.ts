import { connect, type Socket } from 'node:net';
import { type Lock, messageOf, takeLock } from '@pilotwire/runtime';
import { tcpClosed, tcpError } from '../errors.ts';
import type { Line, LineEvents } from '../line.ts';

/** How long a server may take to accept; a machine that is off answers nothing at all. Milliseconds. */
const CONNECT_LIMIT_MS = 5_000;
/** A server that has no room for another client hangs up at once, some after a line of text. Milliseconds. */
const AT_ONCE_MS = 2_000;

/**
 * A serial port of another machine, whose bytes a TCP server passes on as they are: ser2net, an Ethernet or Wi-Fi
 * adapter. The speed is set there. One reader on this machine, for such servers often have room for one alone.
 */
export class TcpLine implements Line {
	readonly name: string;
	readonly hasSpeed = false;
	/** A meter never pauses for seconds: so long without a byte the other side is gone without a word, or its port hangs. */
	readonly quietMs = 10_000;
	readonly #host: string;
	readonly #port: number;
	#socket: Socket | undefined;
	#lock: Lock | undefined;

	constructor(host: string, port: number) {
		this.#host = host;
		this.#port = port;
		this.name = `tcp:${host.includes(':') ? `[${host}]` : host}:${port}`;
	}

	/** Rejects with `LOCK_HELD` where another reader of this machine has it, with `TCP_*` where nobody lets us in. */
	async open(_baud: number, events: LineEvents): Promise<void> {
		this.#lock = await takeLock(this.name, `the line ${this.name}`, 'meter-reader');
		try {
			this.#follow(await this.#connect(), events);
		} catch (error) {
			await this.close();
			throw error;
		}
	}

	async setSpeed(): Promise<void> {}

	async close(): Promise<void> {
		const socket = this.#socket;
		this.#socket = undefined;
		if (socket !== undefined && !socket.closed) {
			await new Promise<void>((resolve) => {
				socket.once('close', () => resolve());
				socket.destroy();
			});
		}
		const lock = this.#lock;
		this.#lock = undefined;
		await lock?.release();
	}

	#connect(): Promise<Socket> {
		const socket = connect({ host: this.#host, port: this.#port });
		this.#socket = socket;
		return new Promise((resolve, reject) => {
			socket.setTimeout(CONNECT_LIMIT_MS, () => {
				const late = new Error(`no answer within ${CONNECT_LIMIT_MS / 1_000} s`);
				socket.destroy(Object.assign(late, { code: 'ETIMEDOUT' }));
			});
			socket.once('connect', () => {
				socket.removeAllListeners();
				socket.setTimeout(0);
				resolve(socket);
			});
			socket.once('error', (error) => reject(tcpError(this.name, error)));
			// Closed by `close` before it was open.
			socket.once('close', () => reject(tcpError(this.name, new Error('the connection was closed'))));
		});
	}

	#follow(socket: Socket, events: LineEvents): void {
		const openedMs = performance.now();
		let reason: string | undefined;
		socket.on('data', (chunk: Uint8Array) => events.bytes(chunk));
		socket.on('error', (error) => {
			reason = `the connection to ${this.name} broke: ${messageOf(error)}`;
		});
		socket.on('close', () => {
			if (this.#socket !== socket) return;
			const atOnce = performance.now() - openedMs < AT_ONCE_MS;
			const problem = atOnce ? tcpClosed(this.name).message : (reason ?? `${this.name} hung up`);
			void this.close().then(() => events.closed(problem));
		});
	}
}
