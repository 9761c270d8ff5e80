import { Duplex } from 'node:stream';
import { WebSocket } from 'ws';

/**
 * The bytes of MQTT in the binary frames of one WebSocket (MQTT 3.1.1 section 6). What is written while the socket is
 * busy leaves as one frame: a frame for each piece is what makes the stock stream slow.
 */
export class WebSocketStream extends Duplex {
	readonly #socket: WebSocket;
	readonly #raw: Duplex;
	/** Bytes that may still come before sign-in. */
	#grace: number;
	#greeted = false;
	/** Nothing more is read before sign-in. */
	#held = false;
	/** What came with one read of the system. */
	#came: Buffer[] = [];

	/** `raw`: what carries the socket; of its bytes no more than `bytesBeforeSignIn` are taken before `signedIn`. */
	constructor(socket: WebSocket, raw: Duplex, bytesBeforeSignIn: number) {
		super();
		this.#socket = socket;
		this.#raw = raw;
		this.#grace = bytesBeforeSignIn;
		socket.binaryType = 'nodebuffer';
		raw.on('data', this.#count);
		socket.on('message', (data: Buffer, isBinary) => {
			this.#greeted = true;
			if (!isBinary) this.destroy(new Error('a text frame; MQTT is spoken in binary ones'));
			else this.#take(data);
		});
		socket.on('error', (error) => this.destroy(error));
		socket.on('close', () => {
			this.#hand();
			this.push(null);
			this.destroy();
		});
	}

	/** From now on a message may be as large as the socket takes. */
	signedIn(): void {
		this.#raw.off('data', this.#count);
		this.#held = false;
		this._read();
	}

	/**
	 * The socket puts a message together before it hands it out, whoever sends it. Who has said something may only wait for
	 * the answer to it, with more behind; who sends so much of a first message is no client.
	 */
	readonly #count = (chunk: Buffer): void => {
		this.#grace -= chunk.length;
		if (this.#grace >= 0) return;
		this.#held = true;
		if (this.#greeted) this.#socket.pause();
		else this.destroy(new Error('too many bytes before the sign-in'));
	};

	/** One read of the system brings hundreds of small messages: handed on one by one they cost more than what they say. */
	#take(data: Buffer): void {
		if (this.#came.length === 0) process.nextTick(() => this.#hand());
		this.#came.push(data);
	}

	#hand(): void {
		const [only] = this.#came;
		if (only === undefined) return;
		const all = this.#came.length === 1 ? only : Buffer.concat(this.#came);
		this.#came = [];
		if (!this.push(all)) this.#socket.pause();
	}

	override _read(): void {
		if (this.#socket.isPaused && !this.#held) this.#socket.resume();
	}

	override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
		if (this.#socket.readyState !== WebSocket.OPEN) {
			done(new Error('the WebSocket is closed'));
			return;
		}
		this.#socket.send(chunk, { binary: true, compress: false }, (error) => done(error));
	}

	override _writev(chunks: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
		this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), 'binary' as BufferEncoding, done);
	}

	override _final(done: (error?: Error | null) => void): void {
		this.#socket.close(1000);
		done();
	}

	override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
		this.#socket.terminate();
		done(error);
	}
}
