import { PacketRefused } from '../errors.ts';

const connectType = 1;
const mostLengthBytes = 4;

/**
 * Follows the packets of one connection by their fixed headers alone, so that a giant is refused when its length
 * arrives and not when its last byte does (MQTT 3.1.1 section 2.2: one byte of type and flags, then the remaining
 * length in one to four bytes of seven bits).
 */
export class PacketBounds {
	/** Most bytes a packet may announce; raised at sign-in. */
	limitBytes: number;
	#first = true;
	/** Bytes of the packet's body still to come. */
	#body = 0;
	/** Bytes of the length field seen so far, or -1 before the type byte. */
	#lengthBytes = -1;
	#length = 0;

	constructor(limitBytes: number) {
		this.limitBytes = limitBytes;
	}

	/** Looks at the next bytes; the first fault, or nothing. */
	take(chunk: Uint8Array): PacketRefused | undefined {
		let at = 0;
		while (at < chunk.length) {
			if (this.#body > 0) {
				const skipped = Math.min(this.#body, chunk.length - at);
				this.#body -= skipped;
				at += skipped;
				continue;
			}
			const fault = this.#header(chunk[at] ?? 0);
			if (fault !== undefined) return fault;
			at += 1;
		}
		return undefined;
	}

	#header(byte: number): PacketRefused | undefined {
		if (this.#lengthBytes < 0) {
			if (this.#first && byte >> 4 !== connectType) return new PacketRefused('the first packet is not a CONNECT');
			this.#first = false;
			this.#lengthBytes = 0;
			this.#length = 0;
			return undefined;
		}
		this.#length += (byte & 0x7f) * 128 ** this.#lengthBytes;
		this.#lengthBytes += 1;
		if ((byte & 0x80) !== 0) {
			return this.#lengthBytes < mostLengthBytes ? undefined : new PacketRefused('a length of more than four bytes');
		}
		if (this.#length > this.limitBytes) {
			return new PacketRefused(`a packet of ${this.#length} bytes, at most ${this.limitBytes} are taken`);
		}
		this.#body = this.#length;
		this.#lengthBytes = -1;
		return undefined;
	}
}
