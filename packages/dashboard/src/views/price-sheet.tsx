// The prices of one contract from a day on, as fields.
import type { PriceEntry, TariffColour, TariffPeriodName } from '@pilotwire/contract';
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { format, t } from '../app/store.ts';
import { type DraftFault, draftOf, entryOf, type PriceDraft } from '../core/price-draft.ts';
import { colourKeys, tariffKeys } from '../core/words.ts';
import { Icon } from './icons.tsx';
import { Sheet } from './parts.tsx';

const periods = Object.keys(tariffKeys) as TariffPeriodName[];
const colours = Object.keys(colourKeys) as TariffColour[];
const faultKeys = { from: 'prices.fault.from', energy: 'prices.fault.energy', number: 'prices.fault.number' } as const;

interface Props {
	/** Whose figures the fields begin with. */
	readonly entry: PriceEntry | undefined;
	readonly isNew: boolean;
	readonly today: string;
	readonly onSave: (entry: PriceEntry) => void;
	readonly onRemove: () => void;
	readonly onClose: () => void;
}

/** The sheet. */
export function PriceSheet({ entry, isNew, today, onSave, onRemove, onClose }: Props) {
	const [draft, setDraft] = useState<PriceDraft>(() => {
		const begun = draftOf(entry, today, format.value.upTo1(0.5).charAt(1));
		return isNew ? { ...begun, from: today } : begun;
	});
	const [faults, setFaults] = useState<readonly DraftFault[]>([]);
	const change = (part: Partial<PriceDraft>): void => setDraft({ ...draft, ...part });
	const save = (event: SubmitEvent): void => {
		event.preventDefault();
		const made = entryOf(draft);
		if ('faults' in made) setFaults(made.faults);
		else {
			onSave(made);
			onClose();
		}
	};
	const title = isNew ? t.value('prices.add') : t.value('prices.edit', { day: format.value.day(draft.from) });
	const text = (
		name: keyof PriceDraft &
			('name' | 'exported' | 'subscription' | 'taxPerKWh' | 'taxFixed' | 'energyVat' | 'subscriptionVat'),
		label: string,
	) => (
		<Field label={label}>
			<input
				value={draft[name]}
				inputMode={name === 'name' ? 'text' : 'decimal'}
				maxLength={100}
				onInput={(event) => change({ [name]: event.currentTarget.value })}
			/>
		</Field>
	);
	const per = (name: 'per' | 'taxFixedPer') => (
		<Field label={t.value('prices.field.per')}>
			<select
				value={draft[name]}
				onChange={(event) => change({ [name]: event.currentTarget.value === 'year' ? 'year' : 'month' })}
			>
				<option value="month">{t.value('prices.field.per.month')}</option>
				<option value="year">{t.value('prices.field.per.year')}</option>
			</select>
		</Field>
	);
	return (
		<Sheet title={title} onClose={onClose}>
			<form class="price-form" onSubmit={save}>
				<div class="fields">
					<Field label={t.value('prices.field.from')}>
						<input
							type="date"
							value={draft.from}
							required
							onInput={(event) => change({ from: event.currentTarget.value })}
						/>
					</Field>
					{text('name', t.value('prices.field.name'))}
				</div>
				<EnergyPrices draft={draft} onChange={change} />
				<div class="fields">
					{text('subscription', t.value('prices.field.subscription'))}
					{per('per')}
				</div>
				<details class="finer">
					<summary>{t.value('prices.field.taxes')}</summary>
					<div class="fields">
						{text('taxPerKWh', t.value('prices.field.taxkwh'))}
						{text('energyVat', t.value('prices.field.vat'))}
						{text('taxFixed', t.value('prices.field.taxfixed'))}
						{per('taxFixedPer')}
						{text('subscriptionVat', t.value('prices.field.vat.subscription'))}
						{text('exported', t.value('prices.field.exported'))}
					</div>
				</details>
				<div role="alert">
					{faults.map((fault) => (
						<p key={fault} class="fault">
							<Icon name="alert" />
							{t.value(faultKeys[fault])}
						</p>
					))}
				</div>
				<button type="submit" class="primary">
					{t.value('prices.save')}
				</button>
				{!isNew && (
					<button
						type="button"
						class="secondary"
						onClick={() => {
							onRemove();
							onClose();
						}}
					>
						{t.value('prices.remove')}
					</button>
				)}
			</form>
		</Sheet>
	);
}

function Field({ label, children }: { readonly label: string; readonly children: ComponentChildren }) {
	return (
		// biome-ignore lint/a11y/noLabelWithoutControl: the control is what it is given
		<label class="field">
			<span>{label}</span>
			{children}
		</label>
	);
}

interface EnergyProps {
	readonly draft: PriceDraft;
	readonly onChange: (part: Partial<PriceDraft>) => void;
}

/** A price for each of the contract's hours and colours. */
function EnergyPrices({ draft: { energy }, onChange }: EnergyProps) {
	const change = (index: number, part: Partial<PriceDraft['energy'][number]>): void =>
		onChange({ energy: energy.map((one, place) => (place === index ? { ...one, ...part } : one)) });
	const free = periods.find((period) => energy.every((one) => one.period !== period)) ?? 'other';
	return (
		<fieldset class="energy-prices">
			<legend>{t.value('prices.field.energy')}</legend>
			{energy.map(({ period, colour, perKWh }, index) => (
				<div key={index} class="energy-price">
					<Field label={t.value('prices.field.period')}>
						<select
							value={period}
							onChange={(event) => change(index, { period: event.currentTarget.value as TariffPeriodName })}
						>
							{periods.map((one) => (
								<option key={one} value={one}>
									{t.value(tariffKeys[one])}
								</option>
							))}
						</select>
					</Field>
					<Field label={t.value('prices.field.colour')}>
						<select
							value={colour}
							onChange={(event) => change(index, { colour: event.currentTarget.value as TariffColour | '' })}
						>
							<option value="">{t.value('prices.field.anyday')}</option>
							{colours.map((one) => (
								<option key={one} value={one}>
									{t.value(colourKeys[one])}
								</option>
							))}
						</select>
					</Field>
					<Field label={t.value('prices.field.kwh')}>
						<input
							value={perKWh}
							inputMode="decimal"
							maxLength={12}
							required
							onInput={(event) => change(index, { perKWh: event.currentTarget.value })}
						/>
					</Field>
					{energy.length > 1 && (
						<button
							type="button"
							class="round"
							aria-label={t.value('prices.field.unrow', { name: t.value(tariffKeys[period]) })}
							onClick={() => onChange({ energy: energy.filter((_, place) => place !== index) })}
						>
							<Icon name="close" />
						</button>
					)}
				</div>
			))}
			<button
				type="button"
				class="small"
				onClick={() => onChange({ energy: [...energy, { period: free, colour: '', perKWh: '' }] })}
			>
				{t.value('prices.field.row')}
			</button>
		</fieldset>
	);
}
