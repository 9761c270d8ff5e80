// A WebSocket in the shape in which the MQTT client drives what it is connected by: a Node stream, the part it uses.
import { Emitter } from '../mqtt-parts/emitter.ts';

/** Says `error` where the connection failed, then `close` once, at its end. */
export class SocketStream extends Emitter {
	readonly #socket: WebSocket;
	/** Written, and not yet on its way: until the connection is open, and while a packet is put together. */
	readonly #waiting: Uint8Array[] = [];
	#corks = 0;
	#over = false;

	constructor(url: string) {
		super();
		this.#socket = new WebSocket(url, ['mqtt']);
		this.#socket.binaryType = 'arraybuffer';
		this.#socket.addEventListener('open', () => this.#flush());
		this.#socket.addEventListener('close', () => this.destroy());
		this.#socket.addEventListener('error', () => this.destroy(new Error('WebSocket error')));
	}

	/** Hands on all that arrives. */
	pipe(target: { write(bytes: Uint8Array): void }): void {
		this.#socket.addEventListener('message', ({ data }) => {
			if (!this.#over && data instanceof ArrayBuffer) target.write(new Uint8Array(data));
		});
	}

	/** Sends bytes, or a text as UTF-8. True: there is always room for more, the page has little to say. */
	write(bytes: Uint8Array | string): boolean {
		if (!this.#over) this.#waiting.push(typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes);
		this.#flush();
		return true;
	}

	/** What is written from here on waits for its `uncork`, and goes together. */
	cork(): void {
		this.#corks += 1;
	}

	uncork(): void {
		this.#corks -= 1;
		this.#flush();
	}

	/** Sends what waits, and closes. */
	end(): void {
		this.#corks = 0;
		this.#flush();
		this.#socket.close();
	}

	/** Closes at once. */
	destroy(error?: Error): void {
		if (this.#over) return;
		this.#over = true;
		this.#waiting.length = 0;
		this.#socket.close();
		queueMicrotask(() => {
			if (error !== undefined) this.emit('error', error);
			this.emit('close');
		});
	}

	/** A page is never warned of too many listeners. */
	setMaxListeners(): void {}

	#flush(): void {
		if (this.#corks > 0 || this.#waiting.length === 0 || this.#socket.readyState !== WebSocket.OPEN) return;
		const whole = new Uint8Array(this.#waiting.reduce((sum, { length }) => sum + length, 0));
		let at = 0;
		for (const bytes of this.#waiting.splice(0)) {
			whole.set(bytes, at);
			at += bytes.length;
		}
		this.#socket.send(whole);
	}
}
