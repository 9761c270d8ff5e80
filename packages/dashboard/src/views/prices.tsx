// The dated prices: what holds since when, and a sheet to change them.
import type { PriceEntry } from '@pilotwire/contract';
import { useState } from 'preact/hooks';
import * as costs from '../app/costs.ts';
import { format, house, link, mayCommand, t } from '../app/store.ts';
import { priceOn, withPrice } from '../core/price-draft.ts';
import { Icon } from './icons.tsx';
import { PriceSheet } from './price-sheet.tsx';
import { tariffText } from './tariff.tsx';

/** The card. */
export function Prices() {
	const [opened, setOpened] = useState<PriceEntry | 'new'>();
	const said = house.value.prices?.value;
	const list = said?.prices ?? [];
	const currency = said?.currency ?? 'EUR';
	const current = priceOn(list, costs.today.value);
	const canChange = mayCommand.value && link.value.kind === 'up';
	const saving = costs.saving.state.value;
	return (
		<section class="card" aria-labelledby="prices-title">
			<div class="card-head">
				<h2 id="prices-title">{t.value('prices.title')}</h2>
				{canChange && (
					<button type="button" class="small" aria-haspopup="dialog" onClick={() => setOpened('new')}>
						{t.value('prices.add')}
					</button>
				)}
			</div>
			<p class="quiet">
				{said === undefined
					? t.value('prices.unknown')
					: list.length > 0
						? t.value('prices.lead')
						: `${t.value('prices.none')} ${t.value('prices.none.hint')}`}
			</p>
			<ul class="rows">
				{[...list].reverse().map((entry) => (
					<li key={entry.from}>
						<Row
							entry={entry}
							holds={entry === current}
							currency={currency}
							{...(canChange ? { onOpen: setOpened } : {})}
						/>
					</li>
				))}
			</ul>
			{!canChange && <p class="quiet">{t.value(mayCommand.value ? 'prices.away' : 'prices.viewer')}</p>}
			<p role="status" class="saving" data-state={saving}>
				{saving !== 'no' && t.value(`prices.${saving}`)}
			</p>
			{opened !== undefined && (
				<PriceSheet
					entry={opened === 'new' ? current : opened}
					isNew={opened === 'new'}
					today={costs.today.value}
					onSave={(entry) => void costs.savePrices(withPrice(list, entry, opened === 'new' ? undefined : opened))}
					onRemove={() => void costs.savePrices(list.filter((one) => one !== opened))}
					onClose={() => setOpened(undefined)}
				/>
			)}
		</section>
	);
}

interface RowProps {
	readonly entry: PriceEntry;
	readonly holds: boolean;
	readonly currency: string;
	readonly onOpen?: (entry: PriceEntry) => void;
}

function Row({ entry, holds, currency, onOpen }: RowProps) {
	const { day, money, price } = format.value;
	const { energy, subscription, name, from } = entry;
	const inside = (
		<>
			<span class="row-text">
				<span class="row-name">
					{name === undefined ? '' : `${name} · `}
					{t.value('prices.from', { day: day(from) })}
				</span>
				<span class="quiet">
					{energy
						.map((one) => {
							const text = t.value('prices.kwh', { price: price(one.perKWh, currency) });
							return energy.length === 1 ? text : `${tariffText({ ...one, colour: one.colour })} ${text}`;
						})
						.join(' · ')}
				</span>
				{subscription !== undefined && (
					<span class="quiet">
						{t.value(`prices.per.${subscription.per}`, { amount: money(subscription.amount, currency) })}
					</span>
				)}
			</span>
			{holds && (
				<span class="chip chip-calm">
					<Icon name="check" />
					{t.value('prices.now')}
				</span>
			)}
		</>
	);
	if (onOpen === undefined) return <div class="row">{inside}</div>;
	return (
		<button type="button" class="row row-button" aria-haspopup="dialog" onClick={() => onOpen(entry)}>
			{inside}
		</button>
	);
}
