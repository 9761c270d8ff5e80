// Stands in for `readable-stream`: the two streams that the MQTT client makes for itself. What connects it is a
// SocketStream.
import { Emitter } from './emitter.ts';

type Done = () => void;

/** Takes bytes one piece after the other: the next once the one before has been dealt with. */
export class Writable {
	declare _write: (bytes: Uint8Array, encoding: string, done: Done) => void;
	readonly #waiting: Uint8Array[] = [];
	#busy = false;

	write(bytes: Uint8Array): void {
		this.#waiting.push(bytes);
		if (!this.#busy) this.#next();
	}

	#next(): void {
		const bytes = this.#waiting.shift();
		this.#busy = bytes !== undefined;
		if (bytes !== undefined) this._write(bytes, 'buffer', () => this.#next());
	}
}

/** Gives one thing at each read while there are any, then says `end`. */
export class Readable extends Emitter {
	declare _read: () => void;
	readonly #things: unknown[] = [];
	#ended = false;

	/** Adds a thing, or with null the end. */
	push(thing: unknown): void {
		if (thing !== null) this.#things.push(thing);
		else if (!this.#ended) {
			this.#ended = true;
			queueMicrotask(() => this.emit('end'));
		}
	}

	read(): unknown {
		if (!this.#ended) this._read();
		return this.#things.shift() ?? null;
	}
}
