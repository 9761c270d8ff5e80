import type { Socket } from 'node:net';
import { Listener } from './listener.ts';

/** What may wait for a reader that doesn't read; what comes beyond is lost to it, as in a port's overrun. */
const MOST_WAITING_BYTES = 64 * 1024;

/** The meter's line: each reader hears what is sent from the moment it connects, and cannot say anything. */
export class LineServer {
	/** The cable is pulled out. */
	silent = false;
	readonly listener: Listener;
	readonly #readers = new Set<Socket>();

	/** @param onReader called when somebody is about to hear */
	constructor(end: string, onReader: () => void) {
		this.listener = new Listener(end, (socket) => {
			socket.resume();
			onReader();
			this.#readers.add(socket);
			socket.on('close', () => this.#readers.delete(socket));
		});
	}

	get isHeard(): boolean {
		return !this.silent && this.#readers.size > 0;
	}

	send(bytes: Uint8Array): void {
		if (this.silent) return;
		for (const socket of this.#readers) {
			if (socket.writable && socket.writableLength < MOST_WAITING_BYTES) socket.write(bytes);
		}
	}
}
