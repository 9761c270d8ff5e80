/** Bytes that a first guess takes; most packets are far smaller. */
const firstBytes = 256;

/** Writes the fields of one packet's body, in order. */
export class Writer {
	#bytes: Buffer = Buffer.allocUnsafe(firstBytes);
	#at = 0;

	byte(value: number): this {
		this.#room(1);
		this.#bytes[this.#at++] = value;
		return this;
	}

	uint16(value: number): this {
		this.#room(2);
		this.#at = this.#bytes.writeUInt16BE(value, this.#at);
		return this;
	}

	uint32(value: number): this {
		this.#room(4);
		this.#at = this.#bytes.writeUInt32BE(value, this.#at);
		return this;
	}

	varint(value: number): this {
		this.#room(4);
		this.#at = writeVarint(this.#bytes, this.#at, value);
		return this;
	}

	text(value: string): this {
		return this.binary(Buffer.from(value));
	}

	binary(value: Buffer): this {
		return this.uint16(value.length).raw(value);
	}

	raw(value: Buffer): this {
		this.#room(value.length);
		this.#at += value.copy(this.#bytes, this.#at);
		return this;
	}

	/** Writes a part with its length before it. */
	counted(write: () => void): this {
		const start = this.#at;
		write();
		const part = Buffer.from(this.#bytes.subarray(start, this.#at));
		this.#at = start;
		return this.varint(part.length).raw(part);
	}

	/** What was written, without a head. */
	bytes(): Buffer {
		return this.#bytes.subarray(0, this.#at);
	}

	/** The packet: type and flags, length, and what was written. */
	packet(first: number): Buffer {
		const packet = Buffer.allocUnsafe(1 + varintBytes(this.#at) + this.#at);
		packet[0] = first;
		const at = writeVarint(packet, 1, this.#at);
		this.#bytes.copy(packet, at, 0, this.#at);
		return packet;
	}

	#room(count: number): void {
		if (this.#at + count <= this.#bytes.length) return;
		const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#at + count));
		this.#bytes.copy(larger, 0, 0, this.#at);
		this.#bytes = larger;
	}
}

/** Bytes of a variable byte integer (MQTT 5 section 1.5.5). */
export function varintBytes(value: number): number {
	if (value < 0x80) return 1;
	if (value < 0x4000) return 2;
	return value < 0x20_0000 ? 3 : 4;
}

/** Writes a variable byte integer; where it ends. */
export function writeVarint(bytes: Buffer, start: number, value: number): number {
	let at = start;
	let rest = value;
	while (rest >= 0x80) {
		bytes[at++] = (rest % 0x80) | 0x80;
		rest = Math.floor(rest / 0x80);
	}
	bytes[at++] = rest;
	return at;
}
