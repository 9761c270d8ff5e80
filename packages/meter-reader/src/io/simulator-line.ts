import { connect, type Socket } from 'node:net';
import { simulatorAway } from '../errors.ts';
import type { Line, LineEvents } from '../line.ts';

/** The line of a simulated meter: a Unix socket that carries the bytes of the TIC, at the meter's own pace. */
export class SimulatorLine implements Line {
	readonly name: string;
	readonly hasSpeed = false;
	readonly #path: string;
	#socket: Socket | undefined;

	constructor(path: string) {
		this.name = `the simulator's line ${path}`;
		this.#path = path;
	}

	async open(_baud: number, events: LineEvents): Promise<void> {
		const socket = connect(this.#path);
		this.#socket = socket;
		await new Promise<void>((resolve, reject) => {
			socket.once('connect', resolve);
			socket.once('error', (error) => reject(simulatorAway(this.#path, error)));
			// Closed by `close` before it was open.
			socket.once('close', () => reject(simulatorAway(this.#path, new Error('the connection was closed'))));
		});
		socket.removeAllListeners();
		let reason = 'the simulator ended';
		socket.on('data', (chunk: Uint8Array) => events.bytes(chunk));
		socket.on('error', (error) => {
			reason = simulatorAway(this.#path, error).message;
		});
		socket.on('close', () => {
			if (this.#socket !== socket) return;
			this.#socket = undefined;
			events.closed(reason);
		});
	}

	async setSpeed(): Promise<void> {}

	async close(): Promise<void> {
		const socket = this.#socket;
		this.#socket = undefined;
		if (socket === undefined || socket.destroyed) return;
		await new Promise<void>((resolve) => {
			socket.once('close', () => resolve());
			socket.destroy();
		});
	}
}
