import { createConnection, type Socket } from 'node:net';
import type { BusPort } from '../core/bus-queue.ts';
import { simulatorAway } from '../errors.ts';

const READ = 0;
const WRITE = 1;
const RESPONSE_BYTES = 2;
/** What each status byte stands for on a real bus, as the kernel would say it. */
const STATUS_CODES = ['', 'ENXIO', 'EREMOTEIO', 'EIO'] as const;

interface Request {
	resolve(value: number): void;
	reject(error: unknown): void;
}

/**
 * The simulator's I2C bus: a Unix socket. A request is 4 bytes (0 read or 1 write, address, register, value), its
 * response 2 bytes (status, value), in order. It connects at the first request, and again after a loss.
 */
export class SimulatorBus implements BusPort {
	readonly #path: string;
	#socket: Socket | undefined;
	#received: Buffer = Buffer.alloc(0);
	readonly #requests: Request[] = [];

	/** `path`: of the socket. */
	constructor(path: string) {
		this.#path = path;
	}

	async open(): Promise<void> {
		this.#connected();
	}

	read(address: number, register: number): Promise<number> {
		return this.#request(READ, address, register, 0);
	}

	async write(address: number, register: number, value: number): Promise<void> {
		await this.#request(WRITE, address, register, value);
	}

	async close(): Promise<void> {
		const socket = this.#socket;
		if (socket === undefined) return;
		this.#lost(socket);
		socket.destroy();
	}

	#request(operation: number, address: number, register: number, value: number): Promise<number> {
		const socket = this.#connected();
		return new Promise((resolve, reject) => {
			this.#requests.push({ resolve, reject });
			socket.write(Uint8Array.of(operation, address, register, value));
		});
	}

	#connected(): Socket {
		if (this.#socket !== undefined) return this.#socket;
		const socket = createConnection(this.#path);
		this.#socket = socket;
		this.#received = Buffer.alloc(0);
		socket.on('data', (bytes) => this.#answer(bytes));
		socket.on('error', (error) => this.#lost(socket, error));
		socket.on('close', () => this.#lost(socket));
		return socket;
	}

	#lost(socket: Socket, cause?: Error): void {
		if (this.#socket !== socket) return;
		this.#socket = undefined;
		for (const request of this.#requests.splice(0)) request.reject(simulatorAway(this.#path, cause));
	}

	#answer(bytes: Buffer): void {
		this.#received = Buffer.concat([this.#received, bytes]);
		while (this.#received.length >= RESPONSE_BYTES) {
			const [status = 0, value = 0] = this.#received;
			this.#received = this.#received.subarray(RESPONSE_BYTES);
			const request = this.#requests.shift();
			const code = STATUS_CODES[status] ?? 'EIO';
			if (code === '') request?.resolve(value);
			else request?.reject(Object.assign(new Error(`${code}, simulated`), { code }));
		}
	}
}
