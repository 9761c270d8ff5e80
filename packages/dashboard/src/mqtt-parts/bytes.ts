// Stands in for Node's `buffer`: bytes, in the part of Buffers that writes and reads MQTT packets.
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

export class Buffer extends Uint8Array {
	static isBuffer(value: unknown): boolean {
		return value instanceof Buffer;
	}

	static allocUnsafe(length: number): Buffer {
		return new Buffer(length);
	}

	static alloc(length: number): Buffer {
		return new Buffer(length);
	}

	/** How many bytes a text takes in UTF-8, or other bytes as they are. */
	static byteLength(value: string | ArrayBufferView): number {
		return typeof value === 'string' ? encoder.encode(value).length : value.byteLength;
	}

	/** Shares the memory, unlike that of other arrays of bytes. */
	override slice(from?: number, to?: number): Buffer {
		return this.subarray(from, to) as Buffer;
	}

	override toString(_encoding?: 'utf8', from?: number, to?: number): string {
		return decoder.decode(this.subarray(from, to));
	}

	writeUInt8(value: number, at: number): void {
		this[at] = value;
	}

	writeUInt32BE(value: number, at: number): void {
		new DataView(this.buffer, this.byteOffset).setUint32(at, value);
	}
}
