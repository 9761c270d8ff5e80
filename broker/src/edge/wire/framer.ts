import { PacketRefused } from '../../errors.ts';
import { reasons } from './reasons.ts';

const connectType = 1;
const mostLengthBytes = 4;
/** Pieces of an unfinished packet that are held before they are put together: each is a view that costs more than a byte. */
const mostPieces = 64;

/** One packet as it came: type and flags, and what its length counts. */
export interface Frame {
	readonly first: number;
	readonly body: Buffer;
}

/**
 * Cuts the bytes of one connection into packets. A giant is refused when its length arrives and not when its last byte
 * does, and so is whatever begins with another packet than CONNECT (MQTT 3.1.1 section 2.2).
 */
export class Framer {
	/** Most bytes a packet's length may announce; raised at sign-in. */
	limitBytes: number;
	#chunk: Buffer = Buffer.alloc(0);
	#at = 0;
	/** Type and flags of the packet under way, or -1 before them. */
	#first = -1;
	#length = 0;
	/** Bytes of the length read so far; -1: the length is known. */
	#lengthBytes = 0;
	#pieces: Buffer[] = [];
	#piecesBytes = 0;
	#greeted = false;

	constructor(limitBytes: number) {
		this.limitBytes = limitBytes;
	}

	/** Takes bytes; the ones before must be used up, see `next`. */
	push(chunk: Buffer): void {
		this.#chunk = this.#at < this.#chunk.length ? Buffer.concat([this.#chunk.subarray(this.#at), chunk]) : chunk;
		this.#at = 0;
	}

	/** The next whole packet, why the connection is to be closed, or nothing when more bytes are needed. */
	next(): Frame | PacketRefused | undefined {
		while (this.#at < this.#chunk.length && this.#lengthBytes >= 0) {
			const fault = this.#header(this.#chunk[this.#at++] ?? 0);
			if (fault !== undefined) return fault;
		}
		if (this.#lengthBytes >= 0) return undefined;
		return this.#body();
	}

	#header(byte: number): PacketRefused | undefined {
		if (this.#first < 0) {
			if (!this.#greeted && byte >> 4 !== connectType) return new PacketRefused('the first packet is not a CONNECT');
			this.#greeted = true;
			this.#first = byte;
			return undefined;
		}
		this.#length += (byte & 0x7f) * 128 ** this.#lengthBytes;
		this.#lengthBytes += 1;
		if ((byte & 0x80) !== 0) {
			return this.#lengthBytes < mostLengthBytes ? undefined : new PacketRefused('a length of more than four bytes');
		}
		if (this.#length > this.limitBytes) {
			const why = `a packet of ${this.#length} bytes, at most ${this.limitBytes} are taken`;
			return new PacketRefused(why, reasons.packetTooLarge);
		}
		this.#lengthBytes = -1;
		return undefined;
	}

	#body(): Frame | undefined {
		const missing = this.#length - this.#piecesBytes;
		const piece = this.#chunk.subarray(this.#at, this.#at + missing);
		this.#at += piece.length;
		if (piece.length < missing) {
			if (piece.length > 0) this.#hold(piece);
			return undefined;
		}
		const body = this.#pieces.length === 0 ? piece : Buffer.concat([...this.#pieces, piece], this.#length);
		const frame = { first: this.#first, body };
		this.#first = -1;
		this.#length = 0;
		this.#lengthBytes = 0;
		if (this.#pieces.length > 0) this.#pieces = [];
		this.#piecesBytes = 0;
		return frame;
	}

	#hold(piece: Buffer): void {
		this.#pieces.push(piece);
		this.#piecesBytes += piece.length;
		if (this.#pieces.length >= mostPieces) this.#pieces = [Buffer.concat(this.#pieces, this.#piecesBytes)];
	}
}
