import { DEL, SEVEN_BITS, SP } from './bytes.ts';

/** Why a group was refused, or why one cannot be encoded. */
export type TicErrorCode =
	/** A line without end: more bytes than the longest group, with no CR. */
	| 'TOO_LONG'
	/** The next group or frame began before this group's CR. */
	| 'UNFINISHED'
	/** A character that no group holds. */
	| 'CHARACTER'
	/** Bit 7 carries parity, and a byte's does not hold. */
	| 'PARITY'
	/** Not `label separator data separator check character`. */
	| 'STRUCTURE'
	| 'CHECKSUM'
	/** Not a label of this mode, or one that no meter could send. */
	| 'LABEL'
	/** Data too short or too long for the label. */
	| 'WIDTH'
	/** Data whose characters this label never has. */
	| 'FORM'
	/** No date where there must be one, one where there is none, or not a date. */
	| 'DATE'
	/** Right, but of the other mode, while it is not yet clear that the meter changed mode. */
	| 'MODE';

/** Why one group was refused. The texts are short, whatever came. */
export interface Refusal {
	readonly code: TicErrorCode;
	readonly expected: string;
	/** What came; control characters as `\x0a`. */
	readonly received: string;
}

/** What to do about a group that cannot be encoded: the only error this package throws, and only at its caller. */
export class TicEncodeError extends Error {
	override readonly name = 'TicEncodeError';
	readonly code: TicErrorCode;
	readonly expected: string;
	readonly received: string;

	constructor({ code, expected, received }: Refusal) {
		super(`${code}: expected ${expected}, got ${received}. Give the encoder what a meter could send.`);
		this.code = code;
		this.expected = expected;
		this.received = received;
	}
}

/** Longest text of what came, in characters of the line. */
const SHOWN_BYTES = 40;

/** What came, for people: without bit 7, short, control characters as `\x0a`. */
export function shown(bytes: Uint8Array, from: number, to: number): string {
	const end = Math.min(to, from + SHOWN_BYTES);
	let text = '';
	for (let at = from; at < end; at++) {
		const character = (bytes[at] as number) & SEVEN_BITS;
		const plain = character >= SP && character < DEL;
		text += plain ? String.fromCharCode(character) : `\\x${character.toString(16).padStart(2, '0')}`;
	}
	return to > end ? `${text}…` : text;
}

/** A character for people. */
export function shownCharacter(byte: number): string {
	const character = byte & SEVEN_BITS;
	return character > SP && character < DEL
		? `'${String.fromCharCode(character)}'`
		: `0x${character.toString(16).padStart(2, '0')}`;
}
