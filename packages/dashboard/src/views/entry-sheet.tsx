// One radiator, room, board or plug as fields, with what the house says against them beside each.
import type { FileFault, HouseSections } from '@pilotwire/contract';
import { useState } from 'preact/hooks';
import { t } from '../app/store.ts';
import {
	boardAddresses,
	boardAddressOf,
	type Draft,
	draftOf,
	type Entry,
	entryOf,
	type Field,
	fields,
	hex,
	idFor,
	nameOf,
	type Section,
	takenIds,
} from '../core/house-parts.ts';
import { SelectField, Sure, TextField } from './forms.tsx';
import { Sheet } from './parts.tsx';

interface Props {
	readonly section: Section;
	readonly entry: Entry;
	readonly isNew: boolean;
	readonly all: HouseSections;
	/** By field. */
	readonly faults: ReadonlyMap<string, FileFault>;
	/** The entry as it shall be; undefined: out. */
	readonly onKeep: (entry: Entry | undefined) => void;
	readonly onClose: () => void;
}

/** The sheet. */
export function EntrySheet({ section, entry, isNew, all, faults, onKeep, onClose }: Props) {
	const [draft, setDraft] = useState<Draft>(() => draftOf(section, entry));
	const name = nameOf(section, entry);
	const keep = (event: SubmitEvent): void => {
		event.preventDefault();
		const hasId = section !== 'boards';
		const id = isNew && hasId ? { id: idFor(draft['name'] ?? '', takenIds(section, all)) } : {};
		onKeep(entryOf(section, { ...id, ...entry }, draft));
		onClose();
	};
	// A board is told apart by its address, as circuits and rooms are by their ids: it is given once.
	const shown = fields[section].filter(({ kind }) => isNew || kind !== 'address');
	return (
		<Sheet title={isNew ? t.value(`parts.add.${section}`) : t.value('parts.edit', { name })} onClose={onClose}>
			<form class="price-form" onSubmit={keep}>
				{shown.map((field) => (
					<EntryField
						key={field.name}
						field={field}
						value={draft[field.name] ?? ''}
						all={all}
						required={isNew && field.name === 'name'}
						fault={faults.get(field.name)}
						onChange={(value) => setDraft({ ...draft, [field.name]: value })}
					/>
				))}
				{faults.has('') && <FaultText fault={faults.get('')} />}
				<p class="quiet">{t.value('parts.keep.hint')}</p>
				<button type="submit" class="primary">
					{t.value('parts.keep')}
				</button>
				{!isNew && (
					<Sure
						label={t.value('parts.remove', { name })}
						question={t.value('parts.remove.sure')}
						yes={t.value('parts.remove.yes')}
						no={t.value('parts.remove.no')}
						onSure={() => {
							onKeep(undefined);
							onClose();
						}}
					/>
				)}
			</form>
		</Sheet>
	);
}

function FaultText({ fault }: { readonly fault: FileFault | undefined }) {
	if (fault === undefined) return null;
	return (
		<p class="quiet" lang="en">
			{fault.path}: {fault.expected} ({fault.received})
		</p>
	);
}

interface FieldProps {
	readonly field: Field;
	readonly value: string;
	readonly all: HouseSections;
	readonly required: boolean;
	readonly fault: FileFault | undefined;
	readonly onChange: (value: string) => void;
}

function EntryField({ field, value, all, required, fault, onChange }: FieldProps) {
	const label = t.value(field.label);
	const about = {
		...(field.hint === undefined ? {} : { hint: t.value(field.hint) }),
		...(fault === undefined ? {} : { fault: faultText(fault), expected: fault.expected }),
	};
	const choices = choicesOf(field, value, all);
	if (choices === undefined) {
		const inputMode = field.kind === 'number' ? 'decimal' : 'text';
		return (
			<TextField label={label} value={value} onInput={onChange} inputMode={inputMode} required={required} {...about} />
		);
	}
	return <SelectField label={label} value={value} choices={choices} onChoose={onChange} {...about} />;
}

function faultText({ received }: FileFault): string {
	return received === 'nothing' ? t.value('parts.fault.missing') : t.value('parts.fault', { received });
}

/** What may be chosen; undefined where anything may be typed. What the file has is among it, whatever it is. */
function choicesOf(field: Field, value: string, all: HouseSections): [string, string][] | undefined {
	const known = ((): [string, string][] | undefined => {
		switch (field.kind) {
			case 'room':
				return [
					['', t.value('parts.room.none')],
					...all.rooms.map((room): [string, string] => [String(room['id']), nameOf('rooms', room)]),
				];
			case 'board':
				return all.boards.map((board): [string, string] => [String(boardAddressOf(board)), hex(boardAddressOf(board))]);
			case 'address':
				return boardAddresses.map((address): [string, string] => [String(address), hex(address)]);
			case 'choice':
				return field.choices?.map(([choice, key]): [string, string] => [
					String(choice),
					key === undefined ? String(choice) : t.value(key),
				]);
			default:
				return undefined;
		}
	})();
	if (known === undefined || known.some(([choice]) => choice === value)) return known;
	return [...known, [value, value === '' ? '–' : value]];
}
