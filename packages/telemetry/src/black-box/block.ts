// Blocks of a black box on disk: `PWBF` or `PWBC`, length and CRC-32 of what follows (little endian, 32 bits each), then
// deflated text. `PWBF` stands alone; `PWBC` goes on from the text before it, which is its dictionary. So a segment is
// appended to block by block, a torn tail costs its last block alone, and segments put one after the other are a box too.
import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib';

const FRESH = Buffer.from('PWBF', 'latin1');
const CONTINUED = Buffer.from('PWBC', 'latin1');
const HEADER_BYTES = 12;
/** What deflate looks back at. Bytes. */
const WINDOW_BYTES = 32_768;
/** A block longer than this was never written. Bytes. */
const MOST_BYTES = 4 * 1_048_576;

/** Makes the blocks of one segment. */
export class BlockWriter {
	#window: Buffer | undefined;

	/** The next block. What it makes must be written whole, or a new segment be begun. */
	pack(text: string): Buffer {
		const plain = Buffer.from(text, 'utf8');
		const dictionary = this.#window;
		const packed = deflateRawSync(plain, dictionary === undefined ? {} : { dictionary });
		const header = Buffer.alloc(HEADER_BYTES);
		(dictionary === undefined ? FRESH : CONTINUED).copy(header);
		header.writeUInt32LE(packed.length, 4);
		header.writeUInt32LE(crc32(packed), 8);
		this.#window = windowAfter(dictionary, plain);
		return Buffer.concat([header, packed]);
	}
}

/** The texts of the blocks that are whole; what is torn is passed over, up to the next block that stands alone. */
export function* unpack(bytes: Buffer): Generator<string> {
	let window: Buffer | undefined;
	for (let at = 0; at + HEADER_BYTES <= bytes.length; ) {
		const plain = blockAt(bytes, at, window);
		if (plain === undefined) {
			window = undefined;
			at = bytes.indexOf(FRESH, at + 1);
			if (at < 0) return;
			continue;
		}
		yield plain.toString('utf8');
		const fresh = bytes.subarray(at, at + 4).equals(FRESH);
		window = windowAfter(fresh ? undefined : window, plain);
		at += HEADER_BYTES + bytes.readUInt32LE(at + 4);
	}
}

function blockAt(bytes: Buffer, at: number, window: Buffer | undefined): Buffer | undefined {
	const magic = bytes.subarray(at, at + 4);
	const continued = magic.equals(CONTINUED);
	if (continued ? window === undefined : !magic.equals(FRESH)) return undefined;
	const length = bytes.readUInt32LE(at + 4);
	const packed = bytes.subarray(at + HEADER_BYTES, at + HEADER_BYTES + length);
	if (length > MOST_BYTES || packed.length < length || crc32(packed) !== bytes.readUInt32LE(at + 8)) return undefined;
	try {
		return inflateRawSync(packed, {
			maxOutputLength: MOST_BYTES,
			...(continued && window !== undefined ? { dictionary: window } : {}),
		});
	} catch {
		return undefined;
	}
}

function windowAfter(window: Buffer | undefined, plain: Buffer): Buffer {
	const all = window === undefined ? plain : Buffer.concat([window, plain]);
	// A copy: a part of a larger buffer would keep all of it in memory.
	return Buffer.from(all.subarray(Math.max(0, all.length - WINDOW_BYTES)));
}
