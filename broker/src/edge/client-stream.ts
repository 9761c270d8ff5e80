import { Duplex } from 'node:stream';
import { PacketRefused } from '../errors.ts';
import type { Limits } from '../options.ts';
import { PacketBounds } from './packet-bounds.ts';

type StreamLimits = Pick<Limits, 'packetBytesBeforeSignIn' | 'packetBytes' | 'frozenBytes'>;

/**
 * What stands between one connection and the broker core. Inwards: packets are bounded before anything parses them.
 * Outwards: all that is written in one turn of the event loop leaves as one write (one system call on TCP, one frame
 * over WebSocket; broker throughput is mostly the number of these), and the core never waits for a slow reader: what
 * waits for it is kept here, up to a bound.
 */
export class ClientStream extends Duplex {
	readonly #conn: Duplex;
	readonly #bounds: PacketBounds;
	readonly #limits: StreamLimits;
	#held: Buffer[] = [];
	#heldBytes = 0;

	constructor(conn: Duplex, limits: StreamLimits) {
		super();
		this.#conn = conn;
		this.#limits = limits;
		this.#bounds = new PacketBounds(limits.packetBytesBeforeSignIn);
		conn.on('data', (chunk: Buffer) => this.#receive(chunk));
		conn.on('end', () => this.push(null));
		conn.on('error', (error) => this.destroy(error));
		conn.on('close', () => this.destroy());
	}

	/** From now on packets of the full size are taken. */
	signedIn(): void {
		this.#bounds.limitBytes = this.#limits.packetBytes;
	}

	/** Bytes written by the broker that the system has not taken yet. */
	get backlogBytes(): number {
		return this.#heldBytes + this.#conn.writableLength;
	}

	override _read(): void {
		this.#conn.resume();
	}

	override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
		this.#hold(chunk);
		done(this.#overflow());
	}

	override _writev(chunks: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
		for (const { chunk } of chunks) this.#hold(chunk);
		done(this.#overflow());
	}

	override _final(done: (error?: Error | null) => void): void {
		this.#flush();
		this.#conn.end();
		done();
	}

	override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
		// A refusal (CONNACK) is written in the very turn that closes the connection.
		this.#flush();
		this.#conn.destroy();
		done(error);
	}

	#receive(chunk: Buffer): void {
		const fault = this.#bounds.take(chunk);
		if (fault !== undefined) this.destroy(fault);
		else if (!this.push(chunk)) this.#conn.pause();
	}

	#hold(chunk: Buffer): void {
		if (this.#held.length === 0) setImmediate(() => this.#flush());
		this.#held.push(chunk);
		this.#heldBytes += chunk.length;
	}

	#overflow(): PacketRefused | null {
		if (this.backlogBytes <= this.#limits.frozenBytes) return null;
		return new PacketRefused(`${this.backlogBytes} bytes wait for a client that doesn't read`);
	}

	#flush(): void {
		const [only] = this.#held;
		if (only === undefined) return;
		const whole = this.#held.length === 1 ? only : Buffer.concat(this.#held, this.#heldBytes);
		this.#held = [];
		this.#heldBytes = 0;
		if (this.#conn.writable) this.#conn.write(whole);
	}
}
