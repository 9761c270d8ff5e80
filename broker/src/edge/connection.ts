import type { Duplex } from 'node:stream';
import { PacketRefused } from '../errors.ts';
import type { Limits } from '../options.ts';
import type { Traffic } from './traffic.ts';
import { type Frame, Framer } from './wire/framer.ts';

type ConnectionLimits = Pick<
	Limits,
	'packetBytesBeforeSignIn' | 'packetBytes' | 'slowBytes' | 'frozenBytes' | 'packetsPerTurn'
>;

/** What the bytes of a connection come over. */
export interface ClientStream extends Duplex {
	/** Told once its client has signed in, where it bounds what it holds before that. */
	signedIn?(): void;
}

/** How long the other end has to take the last words and to close too, ms. */
const lingerMs = 500;
/** Bytes up to which waiting packets are copied together; larger ones are handed to the system as they stand. */
const copyBytes = 64 * 1024;

/** What a connection tells of. */
export interface ConnectionEvents {
	/** A whole packet. Not called again before it returned, nor while paused. */
	onFrame(frame: Frame): void;
	/** The other end broke a rule of framing; it is for the listener to close. */
	onFault(fault: PacketRefused): void;
	/** What waited for a slow reader has gone. */
	onDrain(): void;
	/** The connection is over; told once. */
	onClose(error?: Error): void;
}

/**
 * The bytes of one connection. Inwards: whole packets, so many per turn of the event loop that others have theirs too.
 * Outwards: all that is written in one turn leaves as one write (one system call on TCP, one frame over WebSocket;
 * broker throughput is mostly the number of these).
 */
export class Connection {
	readonly #conn: ClientStream;
	readonly #framer: Framer;
	readonly #limits: ConnectionLimits;
	readonly #events: ConnectionEvents;
	readonly #traffic: Traffic;
	#held: Buffer[] = [];
	#heldBytes = 0;
	#paused = false;
	#scheduled = false;
	/** Somebody may wait for it to be written to again. */
	#slow = false;
	#closed = false;

	constructor(conn: ClientStream, limits: ConnectionLimits, events: ConnectionEvents, traffic: Traffic) {
		this.#conn = conn;
		this.#limits = limits;
		this.#events = events;
		this.#traffic = traffic;
		this.#framer = new Framer(limits.packetBytesBeforeSignIn);
		conn.on('data', (chunk: Buffer) => {
			if (this.#closed) return;
			this.#traffic.bytesReceived += chunk.length;
			this.#framer.push(chunk);
			this.#work();
		});
		conn.on('end', () => this.close());
		conn.on('error', (error) => this.destroy(error));
		conn.on('close', () => this.destroy());
	}

	/** Bytes written by the broker that the system has not taken yet. */
	get backlogBytes(): number {
		return this.#heldBytes + this.#conn.writableLength;
	}

	get closed(): boolean {
		return this.#closed;
	}

	/** From now on packets of the full size are taken. */
	signedIn(): void {
		this.#framer.limitBytes = this.#limits.packetBytes;
		this.#conn.signedIn?.();
	}

	/** Hands out no more packets until `resume`. */
	pause(): void {
		this.#paused = true;
		this.#conn.pause();
	}

	resume(): void {
		this.#paused = false;
		this.#work();
	}

	/** Writes a packet at the end of this turn. */
	send(packet: Buffer): void {
		if (this.#closed) return;
		if (this.#held.length === 0) setImmediate(() => this.#flush());
		this.#held.push(packet);
		this.#heldBytes += packet.length;
		const { backlogBytes } = this;
		if (backlogBytes >= this.#limits.slowBytes) this.#slow = true;
		if (backlogBytes > this.#limits.frozenBytes) {
			this.destroy(new PacketRefused(`${backlogBytes} bytes wait for a client that doesn't read`));
		}
	}

	/** Writes what is held and says goodbye; what still comes is not read. */
	close(): void {
		if (this.#closed) return;
		this.#flush();
		this.#closed = true;
		const timer = setTimeout(() => this.#conn.destroy(), lingerMs);
		this.#conn.once('close', () => clearTimeout(timer));
		this.#conn.end();
		this.#conn.resume();
		this.#events.onClose();
	}

	/** Closes at once. */
	destroy(error?: Error): void {
		this.#conn.destroy();
		if (this.#closed) return;
		this.#closed = true;
		this.#held = [];
		this.#heldBytes = 0;
		this.#events.onClose(error);
	}

	/** Hands out packets until there are no more, somebody pauses, or the others' turn has come. */
	#work(): void {
		if (this.#scheduled) return;
		for (let count = 0; !this.#paused && !this.#closed; count += 1) {
			if (count >= this.#limits.packetsPerTurn || this.backlogBytes > this.#limits.slowBytes) {
				this.#yield();
				return;
			}
			const frame = this.#framer.next();
			if (frame === undefined) {
				this.#conn.resume();
				return;
			}
			if (frame instanceof PacketRefused) {
				this.#paused = true;
				this.#events.onFault(frame);
				return;
			}
			this.#traffic.packetsReceived += 1;
			this.#events.onFrame(frame);
		}
	}

	/** Goes on in the next turn; one that doesn't read its answers gets no more of them before it does. */
	#yield(): void {
		this.#conn.pause();
		if (this.backlogBytes > this.#limits.slowBytes) {
			this.#slow = true;
			return;
		}
		this.#scheduled = true;
		setImmediate(() => {
			this.#scheduled = false;
			this.#work();
		});
	}

	#flush(): void {
		const [only] = this.#held;
		if (only === undefined) return;
		const held = this.#held;
		const bytes = this.#heldBytes;
		this.#held = [];
		this.#heldBytes = 0;
		if (!this.#conn.writable) return;
		this.#traffic.packetsSent += held.length;
		this.#traffic.bytesSent += bytes;
		if (held.length === 1) this.#write(only);
		else if (bytes <= copyBytes) this.#write(Buffer.concat(held, bytes));
		else {
			this.#conn.cork();
			for (const packet of held) this.#write(packet);
			this.#conn.uncork();
		}
	}

	#write(bytes: Buffer): void {
		this.#conn.write(bytes, this.#onWritten);
		if (this.#conn.writableLength > 0) this.#slow = true;
	}

	/** Not the stream's own `drain`, which knows another bound. */
	readonly #onWritten = (): void => {
		if (!this.#slow || this.#closed || this.backlogBytes > this.#limits.slowBytes / 2) return;
		this.#slow = false;
		this.#events.onDrain();
		this.#work();
	};
}
