import type { Socket } from 'node:net';
import { type BusAnswer, REQUEST_BYTES } from '../i2c-protocol.ts';
import { Listener } from './listener.ts';

/** Does one transaction, at once. */
export type Transact = (operation: number, address: number, register: number, value: number) => BusAnswer;

/** The I2C bus on a socket (see i2c-protocol.ts): one bus, whoever asks. */
export class BusServer {
	readonly listener: Listener;
	readonly #transact: Transact;
	readonly #received = new Map<Socket, Buffer>();
	#hangs = false;

	constructor(end: string, transact: Transact) {
		this.#transact = transact;
		this.listener = new Listener(end, (socket) => {
			this.#received.set(socket, Buffer.alloc(0));
			socket.on('data', (bytes) => this.#take(socket, bytes));
			socket.on('close', () => this.#received.delete(socket));
			if (this.#hangs) socket.pause();
		});
	}

	/** While the bus hangs nobody is answered; what was asked is done when it goes on, as a stuck transfer is. */
	setHang(on: boolean): void {
		this.#hangs = on;
		for (const socket of this.listener.connections) {
			if (on) socket.pause();
			else socket.resume();
		}
	}

	#take(socket: Socket, bytes: Buffer): void {
		const received = Buffer.concat([this.#received.get(socket) ?? Buffer.alloc(0), bytes]);
		const whole = received.length - (received.length % REQUEST_BYTES);
		const answers: number[] = [];
		for (let at = 0; at < whole; at += REQUEST_BYTES) {
			const [operation = 0, address = 0, register = 0, value = 0] = received.subarray(at, at + REQUEST_BYTES);
			const answer = this.#transact(operation, address, register, value);
			answers.push(answer.status, answer.value);
		}
		this.#received.set(socket, received.subarray(whole));
		if (answers.length > 0) socket.write(Uint8Array.from(answers));
	}
}
