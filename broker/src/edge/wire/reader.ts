import { isUtf8 } from 'node:buffer';
import { PacketRefused } from '../../errors.ts';
import { reasons } from './reasons.ts';

/** U+0000 to U+001F, U+007F to U+009F and the code points that are no characters: not for names (MQTT 5 section 1.5.4). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
const unfitForNames = /[\u0000-\u001f\u007f-\u009f\ufdd0-\ufdef\ufffe\uffff]/;

/**
 * Reads the fields of one packet's body, in order. Throws `PacketRefused` where a field is cut short or breaks its type's
 * rules; `decode` catches it.
 */
export class Reader {
	readonly #bytes: Buffer;
	#at = 0;
	#end: number;

	constructor(bytes: Buffer) {
		this.#bytes = bytes;
		this.#end = bytes.length;
	}

	/** Bytes not yet read. */
	get left(): number {
		return this.#end - this.#at;
	}

	byte(): number {
		this.#need(1);
		return this.#bytes[this.#at++] ?? 0;
	}

	uint16(): number {
		this.#need(2);
		this.#at += 2;
		return this.#bytes.readUInt16BE(this.#at - 2);
	}

	uint32(): number {
		this.#need(4);
		this.#at += 4;
		return this.#bytes.readUInt32BE(this.#at - 4);
	}

	/** A variable byte integer, at most four bytes and no longer than it must be (MQTT 5 section 1.5.5). */
	varint(): number {
		let value = 0;
		for (let index = 0; index < 4; index += 1) {
			const byte = this.byte();
			value += (byte & 0x7f) * 128 ** index;
			if ((byte & 0x80) !== 0) continue;
			if (byte === 0 && index > 0) throw new PacketRefused('a number longer than it must be');
			return value;
		}
		throw new PacketRefused('a number of more than four bytes');
	}

	/** A packet identifier; never 0. */
	id(): number {
		const id = this.uint16();
		if (id === 0) throw new PacketRefused('a packet identifier of 0', reasons.protocolError);
		return id;
	}

	/** Length and bytes; a view. */
	binary(): Buffer {
		const length = this.uint16();
		this.#need(length);
		this.#at += length;
		return this.#bytes.subarray(this.#at - length, this.#at);
	}

	/** A string that names something: a topic, a filter, a client, an account. */
	name(): string {
		const bytes = this.binary();
		if (isPlain(bytes)) return bytes.toString('latin1');
		const name = utf8(bytes);
		if (unfitForNames.test(name)) throw new PacketRefused('a control character in a name');
		return name;
	}

	/** Any other string: line feeds and the like may stand in it. */
	text(): string {
		const bytes = this.binary();
		if (isPlain(bytes)) return bytes.toString('latin1');
		const text = utf8(bytes);
		if (text.includes('\0')) throw new PacketRefused('a NUL in a string');
		return text;
	}

	/** All that is left. */
	rest(): Buffer {
		const rest = this.#bytes.subarray(this.#at, this.#end);
		this.#at = this.#end;
		return rest;
	}

	/** Reads a part of so many bytes, which must be used up. */
	within<T>(length: number, read: () => T): T {
		this.#need(length);
		const end = this.#end;
		this.#end = this.#at + length;
		const result = read();
		if (this.left > 0) throw new PacketRefused('bytes left over in a part');
		this.#end = end;
		return result;
	}

	/** Refuses what follows the last field. */
	finish(): void {
		if (this.left > 0) throw new PacketRefused(`${this.left} bytes after the end of the packet`);
	}

	#need(count: number): void {
		if (this.left < count) throw new PacketRefused('a packet cut short');
	}
}

/** Printable ASCII is most of what comes, and needs no further check. */
function isPlain(bytes: Buffer): boolean {
	for (let index = 0; index < bytes.length; index += 1) {
		const byte = bytes[index] ?? 0;
		if (byte < 0x20 || byte > 0x7e) return false;
	}
	return true;
}

/** Well-formed UTF-8 alone: no surrogates, no overlong forms; a byte order mark stays (MQTT 3.1.1 section 1.5.3). */
function utf8(bytes: Buffer): string {
	if (!isUtf8(bytes)) throw new PacketRefused('a string that is not UTF-8');
	return bytes.toString('utf8');
}
