import { asciiBytes, asciiText } from './bytes.ts';
import { couldBeLabel, describeForm, hasForm, isPrintable } from './data-form.ts';
import { DATE_LENGTH, parseDate, type TicDate } from './date.ts';
import { type Refusal, shown, type TicErrorCode } from './errors.ts';
import type { TicMode } from './group.ts';
import type { LabelRule } from './label-rule.ts';
import { findRule } from './label-table.ts';

/** Longest data of a group: PJOURF+1 and PPOINTE. A label that we don't know is held to it too. */
const LONGEST_DATA = 98;

/** Builds the refusal of what stands in `bytes[from..to)`. */
export function refusal(code: TicErrorCode, expected: string, bytes: Uint8Array, from: number, to: number): Refusal {
	return { code, expected, received: shown(bytes, from, to) };
}

/** Checks the data of a label that we know: undefined where width and form are right. */
export function checkData(rule: LabelRule, bytes: Uint8Array, from: number, to: number): Refusal | undefined {
	const width = to - from;
	if (width < rule.minimum || width > rule.maximum) {
		return refusal('WIDTH', `${rule.label} to hold ${rule.maximum} characters`, bytes, from, to);
	}
	if (hasForm(rule, bytes, from, to)) return undefined;
	return refusal('FORM', `${rule.label} to hold ${describeForm(rule)}`, bytes, from, to);
}

/** Checks a group whose label we don't know: only that a meter could have sent it. */
export function checkUnknown(
	bytes: Uint8Array,
	label: { from: number; to: number },
	data: { from: number; to: number },
): Refusal | undefined {
	if (!couldBeLabel(bytes, label.from, label.to)) {
		return refusal('LABEL', 'a label: capital letters, digits, + and -', bytes, label.from, label.to);
	}
	if (data.to - data.from > LONGEST_DATA) {
		return refusal('WIDTH', `at most ${LONGEST_DATA} characters of data`, bytes, data.from, data.to);
	}
	if (isPrintable(bytes, data.from, data.to)) return undefined;
	return refusal('FORM', 'printable characters', bytes, data.from, data.to);
}

/** Reads the date of a group: a refusal where there is none. */
export function readDate(bytes: Uint8Array, from: number, to: number): TicDate | Refusal {
	const date = to - from === DATE_LENGTH ? parseDate(asciiText(bytes, from, to)) : undefined;
	return date ?? refusal('DATE', 'a date SYYMMDDhhmmss', bytes, from, to);
}

/**
 * Checks what a group says as the decoder does: label, date, width and form of the data, without the checksum.
 * @returns why it is refused; undefined where it is right. A label that we don't know is right if a meter could send it.
 */
export function checkGroup(mode: TicMode, label: string, data: string, date?: TicDate | string): Refusal | undefined {
	const labelBytes = asciiBytes(label);
	const dataBytes = asciiBytes(data);
	const rule = findRule(mode, labelBytes, 0, labelBytes.length);
	const fault = checkDating(mode, rule, date);
	if (fault !== undefined) return fault;
	if (rule !== undefined) return checkData(rule, dataBytes, 0, dataBytes.length);
	const whole = asciiBytes(label + data);
	const border = labelBytes.length;
	return checkUnknown(whole, { from: 0, to: border }, { from: border, to: whole.length });
}

function checkDating(mode: TicMode, rule: LabelRule | undefined, date?: TicDate | string): Refusal | undefined {
	if (date === undefined) {
		return rule?.dated ? { code: 'DATE', expected: `${rule.label} to carry a date`, received: 'none' } : undefined;
	}
	const bytes = asciiBytes(typeof date === 'string' ? date : date.raw);
	if (mode === 'historic' || rule?.dated === false) return refusal('DATE', 'no date', bytes, 0, bytes.length);
	const read = readDate(bytes, 0, bytes.length);
	return 'code' in read ? read : undefined;
}
