// The head of a card about a machine: which one of several, and whether it is there.
import type { ComponentChildren } from 'preact';
import { t } from '../app/store.ts';
import { SelectField } from './forms.tsx';
import { Icon } from './icons.tsx';

/** Whether something is there, by sign and word. */
export function There({ isThere, word }: { readonly isThere: boolean; readonly word: string }) {
	return (
		<span class="chip" data-there={isThere}>
			<Icon name={isThere ? 'check' : 'away'} />
			{word}
		</span>
	);
}

interface HeadProps {
	/** Unique on the page. */
	readonly titleId: string;
	/** The machine that is shown, and all there are. */
	readonly id: string;
	readonly all: readonly (readonly [id: string, name: string])[];
	readonly isThere: boolean;
	/** What the choice of another machine is called. */
	readonly label: string;
	readonly onChoose: (id: string) => void;
	readonly children: ComponentChildren;
}

/** The card, with what else it says. */
export function MachineHead({ titleId, id, all, isThere, label, onChoose, children }: HeadProps) {
	const name = all.find(([one]) => one === id)?.[1] ?? id;
	return (
		<section class="card" aria-labelledby={titleId}>
			<div class="card-head">
				<h2 id={titleId}>{name}</h2>
				<There isThere={isThere} word={t.value(isThere ? 'machines.there' : 'machines.gone')} />
			</div>
			{all.length > 1 && <SelectField label={label} value={id} choices={all} onChoose={onChoose} />}
			{children}
		</section>
	);
}
