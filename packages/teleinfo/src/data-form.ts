import { asciiText, DEL, SP } from './bytes.ts';
import type { DataForm, LabelRule } from './label-rule.ts';

/**
 * What each form is made of, as bit sets over characters. Every set but the one of free text is chosen so that no
 * character of it becomes another of it when bit 6 flips: that is the one flip the checksum cannot see.
 */
const DIGIT = 1;
const HEX = 2;
const LETTER = 4;
const PRINTABLE = 8;
const LABEL = 16;

const classes = new Uint8Array(256);
const put = (characters: string, set: number): void => {
	for (let at = 0; at < characters.length; at++) {
		const code = characters.charCodeAt(at);
		classes[code] = (classes[code] as number) | set;
	}
};
put('0123456789', DIGIT | HEX | LABEL);
put('ABCDEF', HEX);
put('ABCDEFGHIJKLMNOPQRSTUVWXYZ', LETTER | LABEL);
put('+-', LABEL);
for (let code = SP; code < DEL; code++) classes[code] = (classes[code] as number) | PRINTABLE;

function allIn(set: number, bytes: Uint8Array, from: number, to: number): boolean {
	for (let at = from; at < to; at++) if (((classes[bytes[at] as number] as number) & set) === 0) return false;
	return true;
}

/** Longest label accepted that we don't know; the longest known one has nine characters. */
const UNKNOWN_LABEL_LENGTH = 10;

/** Whether a meter could have sent this label: capital letters, digits, `+` and `-`, a letter first. */
export function couldBeLabel(bytes: Uint8Array, from: number, to: number): boolean {
	const length = to - from;
	if (length < 2 || length > UNKNOWN_LABEL_LENGTH) return false;
	return ((classes[bytes[from] as number] as number) & LETTER) !== 0 && allIn(LABEL, bytes, from, to);
}

export function isPrintable(bytes: Uint8Array, from: number, to: number): boolean {
	return allIn(PRINTABLE, bytes, from, to);
}

/** OPTARIF: `BASE`, `HC..`, `EJP.`, or `BBRx` with x from 0x28 to 0x3F (CPT_02E section 6, option tarifaire). */
function isOption(bytes: Uint8Array, from: number, to: number): boolean {
	const text = asciiText(bytes, from, to);
	if (text === 'BASE' || text === 'HC..' || text === 'EJP.') return true;
	const programme = text.charCodeAt(3);
	return text.startsWith('BBR') && programme >= 0x28 && programme <= 0x3f;
}

/** PJOURF+1, PPOINTE: eleven blocks of eight characters with a space between, `HHMMSSSS` or `NONUTILE`. */
function isProfile(bytes: Uint8Array, from: number, to: number): boolean {
	for (let at = from; at < to; at += 9) {
		const end = at + 8;
		if (end < to && bytes[end] !== SP) return false;
		if (!allIn(HEX, bytes, at, end) && asciiText(bytes, at, end) !== 'NONUTILE') return false;
	}
	return true;
}

/** Whether data of the right width has the form its label asks for. */
export function hasForm(rule: LabelRule, bytes: Uint8Array, from: number, to: number): boolean {
	switch (rule.form) {
		case 'digits':
			return allIn(DIGIT, bytes, from, to);
		case 'hex':
			return allIn(HEX, bytes, from, to);
		case 'letter':
			return allIn(LETTER, bytes, from, to);
		case 'text':
			return allIn(PRINTABLE, bytes, from, to);
		case 'words':
			return rule.words?.includes(asciiText(bytes, from, to)) ?? false;
		case 'option':
			return isOption(bytes, from, to);
		case 'profile':
			return isProfile(bytes, from, to);
		case 'none':
			return true;
	}
}

const descriptions: Readonly<Record<DataForm, string>> = {
	digits: 'digits',
	hex: 'hexadecimal digits',
	letter: 'a capital letter',
	text: 'printable characters',
	words: 'one of',
	option: 'BASE, HC.., EJP. or BBR and 0x28 to 0x3F',
	profile: 'blocks HHMMSSSS or NONUTILE',
	none: 'nothing',
};

/** What the label's data is made of, for people. */
export function describeForm(rule: LabelRule): string {
	const what = descriptions[rule.form];
	return rule.words === undefined ? what : `${what} ${rule.words.join(', ')}`;
}
