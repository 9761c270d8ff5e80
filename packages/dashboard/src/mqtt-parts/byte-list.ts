// Stands in for `bl`: what has arrived and has not been read yet.
import { Buffer } from './bytes.ts';

export class ByteList {
	#bytes = Buffer.alloc(0);

	get length(): number {
		return this.#bytes.length;
	}

	/** Adds what has arrived. Most packets come whole, and are copied nowhere. */
	append(more: Uint8Array<ArrayBuffer>): void {
		if (this.length === 0) this.#bytes = new Buffer(more.buffer, more.byteOffset, more.length);
		else {
			const both = new Buffer(this.length + more.length);
			both.set(this.#bytes);
			both.set(more, this.length);
			this.#bytes = both;
		}
	}

	/** Forgets the first so many. */
	consume(count: number): void {
		this.#bytes = this.#bytes.slice(count);
	}

	slice(from: number, to: number): Buffer {
		return this.#bytes.slice(from, to);
	}

	toString(encoding: 'utf8', from: number, to: number): string {
		return this.#bytes.toString(encoding, from, to);
	}

	readUInt8(at: number): number {
		return this.#view.getUint8(at);
	}

	readUInt16BE(at: number): number {
		return this.#view.getUint16(at);
	}

	readUInt32BE(at: number): number {
		return this.#view.getUint32(at);
	}

	get #view(): DataView {
		const { buffer, byteOffset, length } = this.#bytes;
		return new DataView(buffer, byteOffset, length);
	}
}
