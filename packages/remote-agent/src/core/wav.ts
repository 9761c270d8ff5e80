/** Samples a second of all that is recorded; each has 2 bytes, one channel. */
export const SAMPLE_RATE = 16_000;
export const BYTES_PER_S = SAMPLE_RATE * 2;

/** The head of a WAV file of so many bytes of samples (s16le, one channel). */
export function wavHead(bytes: number): Buffer {
	const head = Buffer.alloc(44);
	head.write('RIFF', 0);
	head.writeUInt32LE(36 + bytes, 4);
	head.write('WAVEfmt ', 8);
	head.writeUInt32LE(16, 16);
	head.writeUInt16LE(1, 20);
	head.writeUInt16LE(1, 22);
	head.writeUInt32LE(SAMPLE_RATE, 24);
	head.writeUInt32LE(BYTES_PER_S, 28);
	head.writeUInt16LE(2, 32);
	head.writeUInt16LE(16, 34);
	head.write('data', 36);
	head.writeUInt32LE(bytes, 40);
	return head;
}
