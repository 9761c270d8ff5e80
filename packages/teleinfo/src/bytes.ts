/** The characters that structure a TIC line (ERDF-NOI-CPT_02E section 5, Enedis-NOI-CPT_54E section 5). */
export const NUL = 0x00;
export const STX = 0x02;
export const ETX = 0x03;
export const EOT = 0x04;
export const HT = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const SP = 0x20;
export const DEL = 0x7f;

/** Bit 7: parity where the port delivers it, nothing of the character. */
export const PARITY_BIT = 0x80;
export const SEVEN_BITS = 0x7f;

/** The text of `bytes[from..to)`, seven-bit characters. In fixed runs: no array is built for each text. */
export function asciiText(bytes: Uint8Array, from: number, to: number): string {
	const at = (offset: number) => bytes[from + offset] as number;
	switch (to - from) {
		case 2:
			return String.fromCharCode(at(0), at(1));
		case 3:
			return String.fromCharCode(at(0), at(1), at(2));
		case 5:
			return String.fromCharCode(at(0), at(1), at(2), at(3), at(4));
		case 9:
			return String.fromCharCode(at(0), at(1), at(2), at(3), at(4), at(5), at(6), at(7), at(8));
		case 13:
			return asciiText(bytes, from, from + 5) + asciiText(bytes, from + 5, from + 10) + asciiText(bytes, from + 10, to);
		default:
			return String.fromCharCode(...bytes.subarray(from, to));
	}
}

/** The bytes of a text of seven-bit characters; others are cut to seven bits. */
export function asciiBytes(text: string): Uint8Array {
	const bytes = new Uint8Array(text.length);
	for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at) & SEVEN_BITS;
	return bytes;
}

/** Whether a byte has an even number of ones: what a port at 8N1 delivers of a line at 7E1. */
export function hasEvenParity(byte: number): boolean {
	const folded = byte ^ (byte >> 4);
	return ((0x6996 >> (folded & 0x0f)) & 1) === 0;
}
