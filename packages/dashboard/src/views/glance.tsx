// A row of large figures: tariff, cost, inside, outside. What the house has no figure for is not there.
import type { ComponentChildren } from 'preact';
import { cost, format, fresh, house, now, t } from '../app/store.ts';
import { tariffNow, temperatures } from '../core/glance.ts';
import { tariffKeys } from '../core/words.ts';
import { Icon, type IconName } from './icons.tsx';
import { ColourTag } from './tariff.tsx';

/** The row; nothing where nothing is known. */
export function Glance() {
	const { inside, outside } = temperatures(house.value, now.value);
	const tariff = tariffNow(house.value);
	if (inside === undefined && outside === undefined && tariff === undefined && cost.value === undefined) return null;
	const { celsius, money } = format.value;
	return (
		<section class="glance" aria-label={t.value('glance.title')} data-live={fresh.value.circuitsLive}>
			{tariff !== undefined && <TariffTile />}
			{cost.value !== undefined && (
				<Tile icon="coin" name={t.value('glance.cost')} figure={money(cost.value.hour, cost.value.currency)}>
					{t.value('glance.cost.today', { cost: money(cost.value.day, cost.value.currency) })}
				</Tile>
			)}
			{inside !== undefined && (
				<Tile icon="thermometer" name={t.value('glance.inside')} figure={celsius(inside.mean)}>
					{t.value('glance.inside.range', { low: celsius(inside.low), high: celsius(inside.high) })}
				</Tile>
			)}
			{outside !== undefined && <Tile icon="tree" name={t.value('glance.outside')} figure={celsius(outside)} />}
		</section>
	);
}

interface TileProps {
	readonly icon: IconName;
	readonly name: string;
	readonly figure: string;
	readonly children?: ComponentChildren;
}

function Tile({ icon, name, figure, children }: TileProps) {
	return (
		<div class="tile">
			<h2 class="tile-name">
				<Icon name={icon} />
				{name}
			</h2>
			<p class="tile-figure">{figure}</p>
			{children !== undefined && <div class="quiet">{children}</div>}
		</div>
	);
}

function TariffTile() {
	const tariff = tariffNow(house.value);
	if (tariff === undefined) return null;
	const { period, label = '', next, today, tomorrow, coloured } = tariff;
	const name = period === undefined || period === 'other' ? label : t.value(tariffKeys[period]);
	return (
		<Tile icon="wait" name={t.value('glance.tariff')} figure={name}>
			{next !== undefined && (
				<p>
					{t.value('period.until', {
						time: format.value.moment(next.atMs, now.value),
						period: t.value(tariffKeys[next.period]),
					})}
				</p>
			)}
			{coloured && (
				<p class="colours">
					{today !== undefined && <ColourTag colour={today} day="today" />}
					<ColourTag colour={tomorrow} day="tomorrow" />
				</p>
			)}
		</Tile>
	);
}
