import { Duplex } from 'node:stream';
import { WebSocket } from 'ws';

/**
 * The bytes of MQTT in the binary frames of one WebSocket (MQTT 3.1.1 section 6). What is written while the socket is
 * busy leaves as one frame: a frame for each piece is what makes the stock stream slow.
 */
export class WebSocketStream extends Duplex {
	readonly #socket: WebSocket;

	constructor(socket: WebSocket) {
		super();
		this.#socket = socket;
		socket.binaryType = 'nodebuffer';
		socket.on('message', (data: Buffer, isBinary) => {
			if (!isBinary) this.destroy(new Error('a text frame; MQTT is spoken in binary ones'));
			else if (!this.push(data)) socket.pause();
		});
		socket.on('error', (error) => this.destroy(error));
		socket.on('close', () => {
			this.push(null);
			this.destroy();
		});
	}

	override _read(): void {
		if (this.#socket.isPaused) this.#socket.resume();
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
