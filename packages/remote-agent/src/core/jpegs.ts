/** A picture is no larger than this: what is has lost its end. Bytes. */
const MOST_BYTES = 16 * 1024 * 1024;
const START = Buffer.from([0xff, 0xd8, 0xff]);
/** Within a JPEG's data a 0xFF is followed by 0, so that this stands at its end alone; a thumbnail has its own. */
const END = Buffer.from([0xff, 0xd9]);

/** Takes JPEGs out of bytes in which they follow one another, as cameras write them. */
export class Jpegs {
	#bytes = Buffer.alloc(0);

	/** The pictures that these bytes complete. */
	add(bytes: Uint8Array): Buffer[] {
		const searched = Math.max(this.#bytes.length - 1, START.length);
		this.#bytes = Buffer.concat([this.#bytes, bytes]);
		const pictures: Buffer[] = [];
		let from = searched;
		for (;;) {
			const start = this.#bytes.indexOf(START);
			if (start < 0) {
				this.#bytes = this.#bytes.subarray(Math.max(0, this.#bytes.length - START.length + 1));
				return pictures;
			}
			const end = this.#bytes.indexOf(END, Math.max(from, start + START.length));
			if (end < 0) break;
			pictures.push(this.#bytes.subarray(start, end + END.length));
			this.#bytes = this.#bytes.subarray(end + END.length);
			from = 0;
		}
		if (this.#bytes.length > MOST_BYTES) this.#bytes = Buffer.alloc(0);
		return pictures;
	}
}
