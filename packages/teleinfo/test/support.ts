import {
	historicLabels,
	type LabelRule,
	standardLabels,
	TicDecoder,
	type TicEvent,
	type TicGroup,
	type TicMode,
} from '@pilotwire/teleinfo';
import fc from 'fast-check';

/** What a decoder reports of these chunks. */
export function decode(chunks: readonly Uint8Array[], mode: 'auto' | TicMode = 'auto'): TicEvent[] {
	const events: TicEvent[] = [];
	const decoder = new TicDecoder({ mode, onEvent: (event) => events.push(event) });
	for (const chunk of chunks) decoder.push(chunk);
	return events;
}

export const groupsOf = (events: readonly TicEvent[]): TicGroup[] =>
	events.flatMap((event) => (event.type === 'group' ? [event.group] : []));

export const framesOf = (events: readonly TicEvent[]) =>
	events.flatMap((event) => (event.type === 'frame' ? [event] : []));

export const codesOf = (events: readonly TicEvent[]): string[] =>
	events.flatMap((event) => (event.type === 'error' ? [event.code] : []));

/** The characters of a text as bytes, control characters included. */
export const line = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

export function join(...parts: readonly Uint8Array[]): Uint8Array {
	return Uint8Array.from(parts.flatMap((part) => [...part]));
}

const two = (value: number) => String(value).padStart(2, '0');

const printable = fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code));
const fixedText = (unit: fc.Arbitrary<string>, length: number, least = length) =>
	fc.array(unit, { minLength: least, maxLength: length }).map((characters) => characters.join(''));
const digit = fc.constantFrom(...'0123456789');
const hexDigit = fc.constantFrom(...'0123456789ABCDEF');

export const anyDate: fc.Arbitrary<string> = fc
	.tuple(
		fc.constantFrom('H', 'E', 'h', 'e', ' '),
		fc.nat(99),
		fc.nat(12),
		fc.nat(31),
		fc.nat(23),
		fc.nat(59),
		fc.nat(59),
	)
	.map(([season, ...parts]) => season + parts.map(two).join(''));

const profileBlock = fc.oneof(fixedText(hexDigit, 8), fc.constant('NONUTILE'));

function anyData(rule: LabelRule): fc.Arbitrary<string> {
	switch (rule.form) {
		case 'digits':
			return fixedText(digit, rule.maximum, rule.minimum);
		case 'hex':
			return fixedText(hexDigit, rule.maximum);
		case 'letter':
			return fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZ');
		case 'text':
			return fixedText(printable, rule.maximum);
		case 'words':
			return fc.constantFrom(...(rule.words ?? []));
		case 'option':
			return fc.oneof(
				fc.constantFrom('BASE', 'HC..', 'EJP.'),
				fc.integer({ min: 0x28, max: 0x3f }).map((code) => `BBR${String.fromCharCode(code)}`),
			);
		case 'profile':
			return fc.array(profileBlock, { minLength: 11, maxLength: 11 }).map((blocks) => blocks.join(' '));
		case 'none':
			return fc.constant('');
	}
}

export interface AnyGroup {
	readonly mode: TicMode;
	readonly label: string;
	readonly data: string;
	readonly date?: string;
}

/** Any group that the rule allows. */
export function anyGroupOf(mode: TicMode, rule: LabelRule): fc.Arbitrary<AnyGroup> {
	const { label } = rule;
	if (!rule.dated) return anyData(rule).map((data) => ({ mode, label, data }));
	return fc.tuple(anyData(rule), anyDate).map(([data, date]) => ({ mode, label, data, date }));
}

export const labelsOf = (mode: TicMode): readonly LabelRule[] =>
	mode === 'historic' ? historicLabels : standardLabels;

/** Any group of any label of the mode. */
export function anyGroup(mode: TicMode): fc.Arbitrary<AnyGroup> {
	return fc.constantFrom(...labelsOf(mode)).chain((rule) => anyGroupOf(mode, rule));
}

/** Any few groups of one mode. */
export const anyGroups: fc.Arbitrary<{ mode: TicMode; groups: AnyGroup[] }> = fc
	.constantFrom<TicMode>('historic', 'standard')
	.chain((mode) => fc.array(anyGroup(mode), { minLength: 1, maxLength: 12 }).map((groups) => ({ mode, groups })));

/** What the decoder has to say of such a group. */
export const plainly = ({ mode, label, data, date }: TicGroup): AnyGroup =>
	date === undefined ? { mode, label, data } : { mode, label, data, date: date.raw };
