// The parts of the configuration as fields: what each entry has, what was typed, and which field a fault belongs to.
import type { FileFault, HouseSections } from '@pilotwire/contract';
import type { Key } from '../i18n/index.ts';
import { numberOf } from './price-draft.ts';

export type Section = keyof HouseSections;
export type Entry = HouseSections['radiators'][number];

/** Where a list stands in the file, as faults name it. */
const places: Readonly<Record<Section, string>> = {
	rooms: 'rooms',
	boards: 'boards.modules',
	radiators: 'radiators',
	switches: 'switches',
	relays: 'relays',
};

/** In the order that they need each other. */
export const sections: readonly Section[] = ['radiators', 'rooms', 'boards', 'switches', 'relays'];

/** How a field is filled in. `choices` beside numbers: those and no others. */
export interface Field {
	/** The setting, such as `output.topic`. */
	readonly name: string;
	readonly label: Key;
	readonly hint?: Key;
	readonly kind: 'text' | 'number' | 'room' | 'board' | 'address' | 'choice';
	readonly choices?: readonly (readonly [value: string | number | boolean, key: Key | undefined])[];
	/** What holds where the file says nothing. */
	readonly preset?: string | number | boolean;
}

const phases = {
	name: 'phase',
	label: 'parts.phase',
	kind: 'choice',
	choices: [1, 2, 3].map((one) => [one, undefined]),
	preset: 1,
} as const satisfies Field;
const power = {
	name: 'powerW',
	label: 'parts.power',
	hint: 'parts.power.hint',
	kind: 'number',
} as const satisfies Field;
const priority = {
	name: 'priority',
	label: 'parts.priority',
	hint: 'parts.priority.hint',
	kind: 'number',
	preset: 1,
} as const satisfies Field;
const name = { name: 'name', label: 'parts.name', kind: 'text' } as const satisfies Field;
const room = { name: 'room', label: 'parts.room', kind: 'room' } as const satisfies Field;

/** The fields of each kind of entry; what else an entry has in the file stays as it is. */
export const fields: Readonly<Record<Section, readonly Field[]>> = {
	rooms: [
		name,
		{ name: 'wantedC', label: 'parts.wanted', kind: 'number' },
		{ name: 'guardC', label: 'parts.guard', hint: 'parts.guard.hint', kind: 'number', preset: 7 },
	],
	boards: [
		{ name: 'address', label: 'parts.address', hint: 'parts.address.hint', kind: 'address', preset: 0x20 },
		{ ...phases, hint: 'parts.phase.board' },
	],
	radiators: [
		name,
		room,
		{ name: 'board', label: 'parts.board', kind: 'board', preset: 0x20 },
		{
			name: 'wire',
			label: 'parts.wire',
			kind: 'choice',
			choices: [1, 2, 3, 4, 5, 6, 7, 8].map((one) => [one, undefined]),
		},
		power,
		priority,
		{
			...{ name: 'orders', label: 'parts.orders', kind: 'choice', preset: 6 },
			choices: [
				[6, 'parts.orders.six'],
				[4, 'parts.orders.four'],
			],
		},
		{
			...{ name: 'shedOrder', label: 'parts.shed', kind: 'choice', preset: 'off' },
			choices: [
				['off', 'order.off'],
				['frost_protection', 'order.frost'],
			],
		},
	],
	switches: [
		name,
		{
			...{ name: 'kind', label: 'parts.kind', kind: 'choice', preset: 'switch' },
			choices: [
				['switch', 'parts.kind.switch'],
				['water_heater', 'parts.kind.heater'],
				['charger', 'parts.kind.charger'],
			],
		},
		phases,
		power,
		priority,
		room,
		{ name: 'output.topic', label: 'parts.output', hint: 'parts.output.hint', kind: 'text' },
		{ name: 'feedback.topic', label: 'parts.feedback', hint: 'parts.feedback.hint', kind: 'text' },
	],
	relays: [
		name,
		{
			...{ name: 'kind', label: 'parts.kind', kind: 'choice', preset: 'switch' },
			choices: [
				['switch', 'parts.kind.switch'],
				['water_heater', 'parts.kind.heater'],
			],
		},
		{ name: 'line', label: 'parts.line', hint: 'parts.line.hint', kind: 'number' },
		{
			...{ name: 'activeLow', label: 'parts.low', kind: 'choice', preset: false },
			choices: [
				[false, 'parts.low.high'],
				[true, 'parts.low.low'],
			],
		},
		phases,
		power,
		priority,
		room,
	],
};

/** What is typed, by field; empty: not given. */
export type Draft = Readonly<Record<string, string>>;

/** What an entry's fields hold to begin with. */
export function draftOf(section: Section, entry: Entry): Draft {
	return Object.fromEntries(fields[section].map(({ name: at, preset }) => [at, textOf(valueAt(entry, at) ?? preset)]));
}

/** The entry that the fields mean. What is no number goes as it was typed: the house says what is wrong with it. */
export function entryOf(section: Section, entry: Entry, draft: Draft): Entry {
	return fields[section].reduce((made, field) => {
		const typed = (draft[field.name] ?? '').trim();
		const value = typed === '' ? undefined : typedValue(field, typed);
		// What was left to the rule stays left to it.
		const isPreset = value === field.preset && valueAt(entry, field.name) === undefined;
		return isPreset ? made : withValue(made, field.name, value);
	}, entry);
}

function typedValue({ kind, choices }: Field, typed: string): unknown {
	if (kind === 'board' || kind === 'address') return Number(typed);
	if (kind === 'choice') return choices?.find(([value]) => String(value) === typed)?.[0] ?? typed;
	if (kind !== 'number') return typed;
	const number = numberOf(typed);
	return number === undefined || Number.isNaN(number) ? typed : number;
}

const textOf = (value: unknown): string => (value === undefined || value === null ? '' : String(value));

function valueAt(entry: Entry, path: string): unknown {
	return path.split('.').reduce<unknown>((at, part) => (isEntry(at) ? at[part] : undefined), entry);
}

function withValue(entry: Entry, path: string, value: unknown): Entry {
	const [first = '', ...rest] = path.split('.');
	const { [first]: before, ...others } = entry;
	const inner = rest.length === 0 ? value : innerOf(before, rest.join('.'), value);
	if (inner === undefined) return others;
	// The place among the settings stays the same.
	return { ...entry, [first]: inner };
}

function innerOf(before: unknown, path: string, value: unknown): Entry | undefined {
	const inner = withValue(isEntry(before) ? before : {}, path, value);
	return Object.keys(inner).length === 0 ? undefined : inner;
}

const isEntry = (value: unknown): value is Entry => typeof value === 'object' && value !== null;

/** An id for a name, that no other of these has: it stands in topics. */
export function idFor(title: string, taken: readonly unknown[]): string {
	const plain = title
		.normalize('NFD')
		.replaceAll(/\p{M}/gu, '')
		.toLowerCase()
		.replaceAll('œ', 'oe')
		.replaceAll(/[^a-z0-9]+/g, '-')
		.replaceAll(/^-|-$/g, '')
		.slice(0, 60);
	const base = plain === '' || plain === 'all' ? 'circuit' : plain;
	for (let number = 1; ; number += 1) {
		const id = number === 1 ? base : `${base}-${number}`;
		if (!taken.includes(id)) return id;
	}
}

/** A new entry of a section, as far as it can be guessed. */
export function newEntry(section: Section, all: HouseSections): Entry {
	if (section === 'boards') {
		const taken = all.boards.map(boardAddressOf);
		return { address: boardAddresses.find((one) => !taken.includes(one)) ?? 0x20, phase: 1 };
	}
	if (section !== 'radiators') return {};
	const board = boardAddressOf(all.boards[0] ?? {});
	const wires = all.radiators.filter((one) => (one['board'] ?? 0x20) === board).map((one) => one['wire']);
	return { board, wire: [1, 2, 3, 4, 5, 6, 7, 8].find((one) => !wires.includes(one)) ?? 1 };
}

export const boardAddresses: readonly number[] = [0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27];

export const boardAddressOf = (board: Entry): number => Number(board['address'] ?? 0x20);

/** An address as boards have it printed. */
export const hex = (address: number): string => `0x${address.toString(16)}`;

/** What people call an entry. */
export function nameOf(section: Section, entry: Entry): string {
	if (section === 'boards') return hex(boardAddressOf(entry));
	return String(entry['name'] ?? entry['id'] ?? '');
}

/** Ids that are taken: circuits share theirs, whatever switches them. */
export function takenIds(section: Section, all: HouseSections): unknown[] {
	const lists = section === 'rooms' ? [all.rooms] : [all.radiators, all.switches, all.relays];
	return lists.flat().map((entry) => entry['id']);
}

/** The faults of one entry, by field; those of settings that have no field here stand under an empty name. */
export function faultsOf(
	faults: readonly FileFault[],
	section: Section,
	index: number,
): ReadonlyMap<string, FileFault> {
	const start = `${places[section]}[${index}]`;
	const found = new Map<string, FileFault>();
	for (const fault of faults) {
		if (fault.path !== start && !fault.path.startsWith(`${start}.`)) continue;
		const at = fault.path.slice(start.length + 1);
		const field = fields[section].find((one) => at === one.name || at.startsWith(`${one.name}.`));
		found.set(field?.name ?? (at === 'id' ? 'name' : ''), fault);
	}
	return found;
}

/** Those that belong to no entry that is shown. */
export function otherFaults(faults: readonly FileFault[], all: HouseSections): FileFault[] {
	const starts = sections.flatMap((section) => all[section].map((_, index) => `${places[section]}[${index}]`));
	return faults.filter(({ path }) => !starts.some((start) => path === start || path.startsWith(`${start}.`)));
}

/** How many entries are other than in the file. */
export function changesIn(before: HouseSections, after: HouseSections): number {
	return sections.reduce((sum, section) => {
		const texts = (list: readonly Entry[]): string[] => list.map((entry) => JSON.stringify(entry));
		const [old, now] = [texts(before[section]), texts(after[section])];
		const added = now.filter((text) => !old.includes(text)).length;
		const gone = old.filter((text) => !now.includes(text)).length;
		return sum + Math.max(added, gone);
	}, 0);
}
