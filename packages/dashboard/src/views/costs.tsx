// Costs: what a day, month or year came to, in bars by tariff, and the prices that it is counted with.
import { useEffect } from 'preact/hooks';
import * as costs from '../app/costs.ts';
import { format, link, t } from '../app/store.ts';
import { barsOf, changeOf, PART_OF, type Tariff, totalOf, worthOf } from '../core/costs.ts';
import { costExportAddress } from '../core/export-address.ts';
import { withFirst } from '../core/format.ts';
import '../i18n/costs.ts';
import '../styles/forms.css';
import '../styles/history.css';
import '../styles/costs.css';
import { Advice } from './advice.tsx';
import { FoldedTable } from './data-table.tsx';
import { Icon } from './icons.tsx';
import { Segments } from './parts.tsx';
import { Prices } from './prices.tsx';
import { tariffText } from './tariff.tsx';

const spans = ['day', 'month', 'year'] as const;
/** Less than this without a price is not worth a word. Wh. */
const WORTH_SAYING_WH = 100;
/** A change smaller than this is none. */
const SAME = 0.005;

/** The screen. */
export function CostsScreen() {
	useEffect(costs.followCosts, []);
	return (
		<>
			<h1 class="screen-title">{t.value('screen.costs')}</h1>
			<div class="choices">
				<Segments
					label={t.value('costs.span')}
					name="cost-span"
					value={costs.span.value}
					choices={spans.map((one) => [one, t.value(`costs.${one}`)] as const)}
					onChoose={costs.showSpan}
				/>
			</div>
			<Sum />
			<Prices />
			<Advice today={costs.today.value} />
		</>
	);
}

/** What is shown, in words: 21 November 2026, November 2026, 2026. */
function title(): string {
	const date = new Date(`${costs.range.value.from}T12:00:00Z`);
	const options = {
		day: { dateStyle: 'full' },
		month: { month: 'long', year: 'numeric' },
		year: { year: 'numeric' },
	} as const;
	const { locale } = format.value;
	const made = new Intl.DateTimeFormat(locale, { ...options[costs.span.value], timeZone: 'UTC' });
	const text = withFirst(made.format(date), locale);
	return text.charAt(0).toUpperCase() + text.slice(1);
}

function Sum() {
	const answer = costs.answer.value;
	const total = totalOf(answer?.periods ?? []);
	const priced = total.unpricedWh < total.energyWh || total.cost.total > 0;
	const { money, kwhFine } = format.value;
	const currency = answer?.currency ?? 'EUR';
	return (
		<section class="card" aria-labelledby="sum-title">
			<div class="card-head">
				<h2 id="sum-title">{title()}</h2>
				<div class="tools">
					<button type="button" class="round" aria-label={t.value('costs.earlier')} onClick={() => costs.move(-1)}>
						<Icon name="back" />
					</button>
					<button
						type="button"
						class="round"
						aria-label={t.value('costs.later')}
						disabled={!costs.hasLater.value}
						onClick={() => costs.move(1)}
					>
						<Icon name="chevron" />
					</button>
				</div>
			</div>
			{answer === undefined || total.energyWh === 0 ? (
				<p class="quiet plot-empty">{emptyText()}</p>
			) : (
				<>
					<div class="sum">
						<p class="figure">{priced ? money(total.cost.total, currency) : kwhFine(total.energyWh)}</p>
						<div>
							{priced && <p>{t.value('costs.energy', { energy: kwhFine(total.energyWh) })}</p>}
							<Change priced={priced} />
						</div>
					</div>
					{total.unpricedWh >= WORTH_SAYING_WH && (
						<p class="notice">
							<Icon name="alert" />
							{t.value('costs.unpriced', { energy: kwhFine(total.unpricedWh) })}
						</p>
					)}
					<Bars priced={priced} order={total.byTariff} currency={currency} />
					<div class="pair">
						<ByTariff total={total} priced={priced} currency={currency} />
						{priced && <MadeOf total={total} currency={currency} />}
					</div>
				</>
			)}
		</section>
	);
}

function emptyText(): string {
	if (link.value.kind !== 'up' || costs.status.value === 'away') return t.value('costs.away');
	if (costs.status.value === 'loading') return t.value('costs.loading');
	return t.value(costs.status.value === 'missing' ? 'costs.missing' : 'costs.empty');
}

/** More or less than by the same moment of the one before. */
function Change({ priced }: { readonly priced: boolean }) {
	const answer = costs.answer.value;
	const change = answer && changeOf(answer, priced ? 'cost' : 'energy');
	if (change === undefined) return null;
	const key = Math.abs(change) < SAME ? 'costs.sofar.same' : change > 0 ? 'costs.sofar.more' : 'costs.sofar.less';
	const percent = format.value.percent(Math.abs(change));
	return <p class="quiet">{t.value(key, { percent, span: t.value(`costs.span.${costs.span.value}`) })}</p>;
}

interface BarsProps {
	readonly priced: boolean;
	readonly order: readonly Tariff[];
	readonly currency: string;
}

function Bars({ priced, order, currency }: BarsProps) {
	const periods = costs.answer.value?.periods ?? [];
	const what = priced ? 'cost' : 'energy';
	const bars = barsOf(periods, order, what);
	const { money, kwhFine, tick } = format.value;
	const part = PART_OF[costs.span.value];
	const stepMs = { hour: 3_600_000, day: 86_400_000, month: 28 * 86_400_000 }[part];
	const write = (value: number): string => (priced ? money(value, currency) : kwhFine(value));
	const most = write(Math.max(...bars.map(({ value }) => value)));
	const partWord = t.value(`costs.part.${part}`);
	const step = Math.ceil(bars.length / 6);
	return (
		<>
			<h3>{t.value(`costs.bars.${what}`, { part: partWord })}</h3>
			<div class="bars" role="img" aria-label={t.value('costs.described', { part: partWord, most })}>
				{bars.map(({ fromMs, value, pieces }, index) => (
					<div key={fromMs} class="bar-place" title={`${tick(fromMs, stepMs)} · ${write(value)}`}>
						<div class="bar-stack">
							{pieces.map(({ period, colour, share }) => (
								<i
									key={`${period} ${colour}`}
									data-period={period}
									data-colour={colour}
									style={{ height: `${(share * 100).toFixed(2)}%` }}
								/>
							))}
						</div>
						<span class="bar-name">{index % step === 0 ? tick(fromMs, stepMs) : ''}</span>
					</div>
				))}
			</div>
			<FoldedTable
				heads={[
					...[t.value('chart.time'), t.value('costs.table.energy')],
					...(priced ? [t.value('costs.table.cost')] : []),
					...(order.length > 1 ? order.map(tariffText) : []),
				]}
				rows={() =>
					periods.map((part) => ({
						key: part.from,
						head: tick(Date.parse(part.from), stepMs),
						cells: [
							kwhFine(part.energyWh),
							...(priced ? [money(part.cost.total, currency)] : []),
							...(order.length > 1 ? order.map((tariff) => write(worthOf(part, tariff, what))) : []),
						],
					}))
				}
			/>
		</>
	);
}

interface TotalProps {
	readonly total: ReturnType<typeof totalOf>;
	readonly currency: string;
}

function ByTariff({ total, priced, currency }: TotalProps & { readonly priced: boolean }) {
	const { kwhFine, money, percent } = format.value;
	const { from, to } = costs.range.value;
	return (
		<section aria-labelledby="tariffs-title">
			<h3 id="tariffs-title">{t.value('costs.bytariff')}</h3>
			<ul class="rows">
				{total.byTariff.map((one) => (
					<li key={`${one.period} ${one.colour}`} class="tariff-row">
						<i class="swatch" data-period={one.period} data-colour={one.colour} />
						<span>
							{tariffText(one)}
							<small class="quiet">
								{kwhFine(one.energyWh)} · {percent(one.share)}
							</small>
						</span>
						{priced && <b>{money(one.cost, currency)}</b>}
					</li>
				))}
			</ul>
			{priced && <p class="quiet">{t.value('costs.bytariff.hint')}</p>}
			{link.value.kind === 'up' && (
				<a class="small with-icon" href={costExportAddress(from, to, PART_OF[costs.span.value])} download>
					<Icon name="download" />
					{t.value('costs.export')}
				</a>
			)}
		</section>
	);
}

function MadeOf({ total: { cost, credit, exportedWh, complete }, currency }: TotalProps) {
	const { money, kwhFine } = format.value;
	const rows: (readonly [string, string])[] = [
		[t.value('costs.made.energy'), money(cost.energy, currency)],
		[t.value('costs.made.subscription'), money(cost.subscription, currency)],
		[t.value('costs.made.taxes'), money(cost.taxes, currency)],
		[t.value('costs.made.total'), money(cost.total, currency)],
		...(exportedWh > 0 ? [[t.value('costs.made.exported'), kwhFine(exportedWh)] as const] : []),
		...(credit > 0 ? [[t.value('costs.made.credit'), money(credit, currency)] as const] : []),
	];
	return (
		<section aria-labelledby="made-title">
			<h3 id="made-title">{t.value('costs.made')}</h3>
			<dl class="facts facts-narrow">
				{rows.map(([name, value]) => (
					<div key={name}>
						<dt>{name}</dt>
						<dd>{value}</dd>
					</div>
				))}
			</dl>
			{!complete && costs.hasLater.value && <p class="quiet">{t.value('costs.gaps')}</p>}
		</section>
	);
}
