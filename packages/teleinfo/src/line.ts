import { asciiText, HT, hasEvenParity, PARITY_BIT, SEVEN_BITS, SP } from './bytes.ts';
import { checkCharacter } from './checksum.ts';
import type { TicDate } from './date.ts';
import { type Refusal, shown, shownCharacter, type TicErrorCode } from './errors.ts';
import type { TicGroup, TicMode } from './group.ts';
import { checkData, checkUnknown, readDate, refusal } from './group-check.ts';
import type { LabelRule } from './label-rule.ts';
import { findRule } from './label-table.ts';
import { SeenGroups } from './seen-groups.ts';

/** Longest group: an unknown label of 10, a date, data of 98, separators and check character; rounded up. */
const LINE_BYTES = 128;

/** Bytes between LF and CR that a group needs at least: label, separator, separator, check character. */
const SHORTEST_LINE = 4;

/** Which bytes go on with a line: all but the control characters, whatever bit 7 says. HT separates fields. */
const continues = new Uint8Array(256);
for (let byte = 0; byte < 256; byte++) {
	const character = byte & SEVEN_BITS;
	continues[byte] = character >= SP || character === HT ? 1 : 0;
}

/** A group that is right, as the event that reports it, and whether its label is one that we know. */
export interface ReadGroup {
	readonly event: { readonly type: 'group'; readonly group: TicGroup };
	readonly known: boolean;
}

/**
 * The line being received, from behind its LF on: at most one group's bytes, in a buffer made once.
 * The sum runs as bytes arrive; bit 7 of a byte counts 128 in it and so changes nothing of the check character.
 */
export class Line {
	readonly #bytes = new Uint8Array(LINE_BYTES);
	readonly #seen = new SeenGroups();
	#length = 0;
	#sum = 0;
	/** All bytes or-ed: bit 7 tells whether any carried it. */
	#union = 0;

	get isEmpty(): boolean {
		return this.#length === 0;
	}

	get isFull(): boolean {
		return this.#length === LINE_BYTES;
	}

	clear(): void {
		this.#length = 0;
		this.#sum = 0;
		this.#union = 0;
	}

	/** Takes what belongs to the line from `chunk` on; returns where a control character stands, or the chunk's end, or where the line was full. */
	take(chunk: Uint8Array, from: number): number {
		const bytes = this.#bytes;
		const end = Math.min(chunk.length, from + LINE_BYTES - this.#length);
		let length = this.#length;
		let sum = this.#sum;
		let union = this.#union;
		let at = from;
		for (; at < end; at++) {
			const byte = chunk[at] as number;
			if (continues[byte] === 0) break;
			bytes[length++] = byte;
			sum += byte;
			union |= byte;
		}
		this.#length = length;
		this.#sum = sum;
		this.#union = union;
		return at;
	}

	/** Says why the line is given up before its CR. */
	refuse(code: TicErrorCode, expected: string, by?: number): Refusal {
		const came = shown(this.#bytes, 0, this.#length);
		return { code, expected, received: by === undefined ? came : `${came} then ${shownCharacter(by)}` };
	}

	/**
	 * Reads the whole line once its CR has come.
	 * @param end the CR as it came, parity and all
	 */
	read(end: number): ReadGroup | Refusal {
		if (((this.#union | end) & PARITY_BIT) !== 0 && !this.#stripParity(end)) {
			return this.refuse('PARITY', 'bytes of even parity');
		}
		const bytes = this.#bytes;
		const length = this.#length;
		const separator = bytes[length - 2];
		if (length < SHORTEST_LINE || (separator !== SP && separator !== HT)) {
			return this.refuse('STRUCTURE', 'label, separator, data, separator, check character');
		}
		// Standard mode's sum includes the separator before the check character, historic mode's does not.
		const uncovered = (bytes[length - 1] as number) + (separator === SP ? SP : 0);
		const expected = checkCharacter(this.#sum - uncovered);
		if (expected !== bytes[length - 1]) return this.refuse('CHECKSUM', `check character ${shownCharacter(expected)}`);
		return this.#readGroup(separator === HT ? 'standard' : 'historic', separator, length - 2);
	}

	/**
	 * Bit 7 is set somewhere, so this port delivers parity, or the byte is broken: in both cases every byte of a right
	 * group, its CR included, has even parity. Judged group by group, without memory: a line whose driver strips
	 * parity has bit 7 set in broken bytes only, and there all the others would fail.
	 */
	#stripParity(end: number): boolean {
		const bytes = this.#bytes;
		let even = hasEvenParity(end);
		for (let at = 0; at < this.#length; at++) {
			const byte = bytes[at] as number;
			even &&= hasEvenParity(byte);
			bytes[at] = byte & SEVEN_BITS;
		}
		return even;
	}

	#readGroup(mode: TicMode, separator: number, end: number): ReadGroup | Refusal {
		const bytes = this.#bytes;
		let border = 0;
		while (bytes[border] !== separator) border++;
		if (border >= end) return this.refuse('STRUCTURE', 'label, separator, data, separator, check character');
		const rule = findRule(mode, bytes, 0, border);
		const seen = rule && this.#seen.find(rule, bytes, border, end);
		if (seen !== undefined) return seen;
		const dating = mode === 'standard' ? bytes.indexOf(HT, border + 1) : end;
		const from = dating < end ? dating + 1 : border + 1;
		const date = dating < end ? readDate(bytes, border + 1, dating) : undefined;
		if (date !== undefined && 'code' in date) return date;
		if (rule === undefined) return this.#readUnknown(mode, border, from, end, date);
		const read = this.#readKnown(mode, rule, from, end, date);
		if ('event' in read) this.#seen.keep(rule, read, bytes, border, end);
		return read;
	}

	#readKnown(mode: TicMode, rule: LabelRule, from: number, to: number, date?: TicDate): ReadGroup | Refusal {
		const bytes = this.#bytes;
		if (rule.dated !== (date !== undefined)) {
			return refusal('DATE', `${rule.label} to carry ${rule.dated ? 'a' : 'no'} date`, bytes, 0, to);
		}
		const fault = checkData(rule, bytes, from, to);
		if (fault !== undefined) return fault;
		return readGroup(mode, rule.label, asciiText(bytes, from, to), date, true);
	}

	#readUnknown(mode: TicMode, border: number, from: number, to: number, date?: TicDate): ReadGroup | Refusal {
		const bytes = this.#bytes;
		const fault = checkUnknown(bytes, { from: 0, to: border }, { from, to });
		if (fault !== undefined) return fault;
		return readGroup(mode, asciiText(bytes, 0, border), asciiText(bytes, from, to), date, false);
	}
}

function readGroup(mode: TicMode, label: string, data: string, date: TicDate | undefined, known: boolean): ReadGroup {
	const group = date === undefined ? { mode, label, data } : { mode, label, data, date };
	return { event: { type: 'group', group }, known };
}
