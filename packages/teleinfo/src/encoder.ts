import { asciiBytes, CR, DEL, EOT, ETX, HT, hasEvenParity, LF, PARITY_BIT, SEVEN_BITS, SP, STX } from './bytes.ts';
import { checksum } from './checksum.ts';
import type { TicDate } from './date.ts';
import { shown, TicEncodeError } from './errors.ts';
import type { TicMode } from './group.ts';

/** A group to be sent. `date` as text: `SYYMMDDhhmmss`. */
export interface GroupToEncode {
	readonly label: string;
	readonly data: string;
	readonly date?: TicDate | string;
}

/**
 * The bytes of one group, LF to CR, seven bits each. Widths are not held to: a simulated meter may well be a broken one.
 * `checkGroup` tells whether the decoder would accept it.
 * @throws TicEncodeError where a character could not stand on the line, or a date in historic mode
 */
export function encodeGroup(mode: TicMode, label: string, data: string, date?: TicDate | string): Uint8Array {
	const separator = mode === 'historic' ? SP : HT;
	const between = String.fromCharCode(separator);
	const stamp = date === undefined ? undefined : typeof date === 'string' ? date : date.raw;
	if (mode === 'historic' && stamp !== undefined) {
		throw new TicEncodeError({ code: 'DATE', expected: 'no date in historic mode', received: stamp });
	}
	const fields = stamp === undefined ? [label, data] : [label, stamp, data];
	for (const field of fields) refuseControl(field);
	const content = asciiBytes(fields.join(between) + between);
	const covered = mode === 'historic' ? content.subarray(0, content.length - 1) : content;
	return Uint8Array.of(LF, ...content, checksum(covered), CR);
}

function refuseControl(field: string): void {
	for (let at = 0; at < field.length; at++) {
		const code = field.charCodeAt(at);
		if (code >= SP && code < DEL) continue;
		const received = code < DEL ? shown(asciiBytes(field), 0, field.length) : JSON.stringify(field.slice(0, 40));
		throw new TicEncodeError({ code: 'CHARACTER', expected: 'printable seven-bit characters', received });
	}
}

function encodeGroups(mode: TicMode, groups: readonly GroupToEncode[], end: number): Uint8Array {
	const encoded = groups.map(({ label, data, date }) => encodeGroup(mode, label, data, date));
	const frame = new Uint8Array(encoded.reduce((length, group) => length + group.length, 2));
	frame[0] = STX;
	let at = 1;
	for (const group of encoded) {
		frame.set(group, at);
		at += group.length;
	}
	frame[at] = end;
	return frame;
}

/** A whole frame, long or short, STX to ETX. */
export function encodeFrame(mode: TicMode, groups: readonly GroupToEncode[]): Uint8Array {
	return encodeGroups(mode, groups, ETX);
}

/** A frame that the meter breaks off behind its last group here, as on a three-phase overload: STX to EOT. */
export function encodeInterruptedFrame(mode: TicMode, groups: readonly GroupToEncode[]): Uint8Array {
	return encodeGroups(mode, groups, EOT);
}

/** The interruption alone, for a meter that is already sending. */
export function encodeInterruption(): Uint8Array {
	return Uint8Array.of(EOT);
}

/** What a port opened at 8N1 receives of these bytes: even parity in bit 7. */
export function withParity(bytes: Uint8Array): Uint8Array {
	return bytes.map((byte) => {
		const character = byte & SEVEN_BITS;
		return hasEvenParity(character) ? character : character | PARITY_BIT;
	});
}
