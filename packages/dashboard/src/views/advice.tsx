// Which subscription would do: the question, how far the answer is, and a row for each size.
import type { AdviceState } from '@pilotwire/contract';
import { useEffect, useState } from 'preact/hooks';
import { advice, asking, findOut, followAdvice, measuredOutsideC, stopFinding } from '../app/advice.ts';
import { prefer } from '../app/controller.ts';
import { format, house, link, mayCommand, now, phaseGauges, preferences, t } from '../app/store.ts';
import { heldKVA, type SizeRow, sizeRows } from '../core/advice.ts';
import { firstMeter, trueAtMs } from '../core/house.ts';
import { numberOf, priceOn } from '../core/price-draft.ts';
import '../i18n/costs.ts';
import { DataTable } from './data-table.tsx';
import { Fault, Faults, TextField } from './forms.tsx';
import { Icon } from './icons.tsx';

/** A cold week in most of the country. °C. */
const USUAL_OUTSIDE_C = 5;
const MONTHS = 12;

/** The card. */
export function Advice({ today }: { readonly today: string }) {
	useEffect(followAdvice, []);
	const said = advice.value;
	const isUp = link.value.kind === 'up';
	return (
		<section class="card" aria-labelledby="advice-title">
			<h2 id="advice-title">{t.value('costs.advice')}</h2>
			<p class="quiet">{t.value('costs.advice.how')}</p>
			{!mayCommand.value && <p class="quiet">{t.value('costs.advice.viewer')}</p>}
			{mayCommand.value && !isUp && <p class="quiet">{t.value('costs.advice.away')}</p>}
			{isUp && (said?.state === 'running' ? <Running said={said} /> : mayCommand.value && <Question />)}
			{/* The answer itself shows that it has been found. */}
			<p role="status" class={said?.state === 'done' && asking.value === 'no' ? 'unseen' : undefined}>
				{statusText(said)}
			</p>
			<Faults>{said?.state === 'failed' && said.problem !== undefined && <Problem problem={said.problem} />}</Faults>
			{said?.trials !== undefined && <Answer said={said} today={today} />}
		</section>
	);
}

/** What people who hear the page are told as it goes: not each size, which would not end. */
function statusText(said: AdviceState | undefined): string {
	if (asking.value === 'sent') return t.value('costs.advice.sent');
	if (asking.value === 'failed') return t.value('costs.advice.silent');
	if (said === undefined) return link.value.kind === 'up' ? t.value('costs.advice.none') : '';
	if (said.state === 'stopped') return t.value('costs.advice.stopped');
	return said.state === 'done' ? t.value('costs.advice.done') : '';
}

function Question() {
	const [typed, setTyped] = useState<string>();
	const [faulty, setFaulty] = useState(false);
	const measured = measuredOutsideC.value;
	const known = format.value.upTo1(measured ?? USUAL_OUTSIDE_C);
	const ask = (event: SubmitEvent): void => {
		event.preventDefault();
		const outsideC = numberOf(typed ?? known);
		const isOne = outsideC !== undefined && outsideC >= -40 && outsideC <= 50;
		setFaulty(!isOne);
		if (isOne) void findOut(outsideC);
	};
	return (
		<form class="advice-question" onSubmit={ask}>
			<TextField
				label={t.value('costs.advice.outside')}
				value={typed ?? known}
				onInput={setTyped}
				inputMode="decimal"
				hint={t.value(measured === undefined ? 'costs.advice.outside.hint' : 'costs.advice.outside.measured')}
				{...(faulty ? { fault: t.value('costs.advice.outside.fault') } : {})}
			/>
			<button type="submit" class="primary" disabled={asking.value === 'sent'}>
				{t.value('costs.advice.ask')}
			</button>
		</form>
	);
}

/** How far it is; whoever may ask may end it. */
function Running({ said: { progress, startedAt } }: { readonly said: AdviceState }) {
	const { step = 'reading', done = 0, of = 1 } = progress ?? {};
	const text = t.value(`costs.advice.${step}`, { number: Math.min(of, done + 1), of });
	const sinceMs = startedAt === undefined ? now.value : trueAtMs(house.value, startedAt);
	return (
		<div class="advice-running">
			<p id="advice-progress">
				{text}{' '}
				<span class="quiet">
					{t.value('costs.advice.since', { time: format.value.duration(Math.max(0, now.value - sinceMs)) })}
				</span>
			</p>
			<progress class="run-progress" value={done} max={of} aria-labelledby="advice-progress" />
			{mayCommand.value && (
				<button type="button" class="secondary" onClick={() => void stopFinding()}>
					{t.value('costs.advice.stop')}
				</button>
			)}
		</div>
	);
}

function Problem({ problem: { text, days, needed } }: { readonly problem: NonNullable<AdviceState['problem']> }) {
	if (days !== undefined && needed !== undefined) {
		return <Fault text={t.value('costs.advice.short', { days, needed })} />;
	}
	return (
		<>
			<Fault text={t.value('costs.advice.failed')} />
			<p class="quiet" lang="en">
				{text}
			</p>
		</>
	);
}

function Answer({ said, today }: { readonly said: AdviceState; readonly today: string }) {
	const own = said.learned?.phases === 3 || phaseGauges.value.length > 1 ? 3 : 1;
	const other = own === 1 ? 3 : 1;
	const { date, celsius, kwhFine } = format.value;
	const { learned, outsideC, at } = said;
	const held = heldKVA(firstMeter(house.value.readings)?.value);
	const list = house.value.prices?.value;
	const subscription = priceOn(list?.prices ?? [], today)?.subscription;
	const known = subscription && subscription.amount * (subscription.per === 'month' ? MONTHS : 1);
	const prices = pricesOf(held, known);
	const currency = list?.currency ?? 'EUR';
	const table = (phases: 1 | 3) => (
		<Sizes phases={phases} rows={sizeRows(said, phases, held, prices)} currency={currency} />
	);
	return (
		<div class="advice-answer">
			<p class="quiet">
				{t.value('costs.advice.at', {
					when: date(trueAtMs(house.value, at)),
					days: learned?.days ?? 0,
					outside: celsius(outsideC ?? 0),
				})}{' '}
				{learned !== undefined &&
					t.value('costs.advice.learned', {
						heating: kwhFine(learned.heatingKWhADay * 1000),
						give: kwhFine(learned.heatingPlusMinusKWh * 1000),
						rest: kwhFine(learned.otherKWhADay * 1000),
					})}
			</p>
			{learned?.sure === false && (
				<p class="notice">
					<Icon name="alert" />
					{t.value('costs.advice.unsure')}
				</p>
			)}
			{table(own)}
			<details class="table">
				<summary>{t.value(`costs.advice.phases.${other}`)}</summary>
				{table(other)}
			</details>
			<SizePrices sizes={sizesOf(said)} held={held} known={known} />
		</div>
	);
}

const sizesOf = ({ trials = [] }: AdviceState): number[] => [...new Set(trials.map(({ prefKVA }) => prefKVA))];

/** What sizes cost a year: as typed here; of the one held, as the dated prices say where nothing was typed. */
function pricesOf(held: number | undefined, known: number | undefined): ReadonlyMap<number, number> {
	const typed = Object.entries(preferences.value.sizePrices).map(
		([kva, text]) => [Number(kva), numberOf(text)] as const,
	);
	const all = [...(held === undefined || known === undefined ? [] : [[held, known] as const]), ...typed];
	return new Map(all.filter((one): one is readonly [number, number] => (one[1] ?? Number.NaN) >= 0));
}

interface SizesProps {
	readonly phases: 1 | 3;
	readonly rows: readonly SizeRow[];
	readonly currency: string;
}

function Sizes({ phases, rows, currency }: SizesProps) {
	const { whole, upTo1, money } = format.value;
	const best = rows.find(({ verdict }) => verdict === 'best');
	const label = t.value(`costs.advice.phases.${phases}`);
	const priced = rows.some(({ yearlyDifference }) => yearlyDifference !== undefined);
	const signed = (amount: number): string => `${amount > 0 ? '+' : ''}${money(amount, currency)}`;
	return (
		<div>
			<h3>{label}</h3>
			<p>
				{best === undefined
					? t.value('costs.advice.nosize')
					: t.value('costs.advice.best', { size: best.prefKVA, minutes: whole(best.minutesShedADay) })}
			</p>
			<DataTable
				label={label}
				heads={[
					t.value('costs.advice.size'),
					t.value('costs.advice.verdict'),
					t.value('costs.advice.openings'),
					t.value('costs.advice.shed'),
					t.value('costs.advice.colder'),
					...(priced ? [t.value('costs.advice.yearly')] : []),
				]}
				rows={rows.map((row) => ({
					key: row.prefKVA,
					marked: row.verdict === 'best',
					head: t.value(row.held ? 'costs.advice.size.held' : 'costs.advice.size.kva', { size: row.prefKVA }),
					cells: [
						t.value(`costs.advice.verdict.${row.verdict}`),
						openingsText(row),
						whole(row.minutesShedADay),
						upTo1(Math.round(row.colderK * 10) / 10),
						...(priced ? [row.yearlyDifference === undefined ? '–' : signed(row.yearlyDifference)] : []),
					],
				}))}
			/>
		</div>
	);
}

function openingsText({ openings, openingsWithoutHeating }: SizeRow): string {
	if (openingsWithoutHeating === 0) return format.value.whole(openings);
	return t.value('costs.advice.openings.without', { openings, without: openingsWithoutHeating });
}

interface PricesProps {
	readonly sizes: readonly number[];
	readonly held: number | undefined;
	/** What the size held costs a year by the dated prices. */
	readonly known: number | undefined;
}

/** What each size costs a year: kept on this device. */
function SizePrices({ sizes, held, known }: PricesProps) {
	const typed = preferences.value.sizePrices;
	return (
		<details class="finer">
			<summary>{t.value('costs.advice.prices')}</summary>
			<p class="quiet">{t.value('costs.advice.prices.hint')}</p>
			<div class="advice-prices">
				{sizes.map((size) => (
					<TextField
						key={size}
						label={t.value('costs.advice.size.kva', { size })}
						value={typed[size] ?? (size === held && known !== undefined ? format.value.upTo1(known) : '')}
						inputMode="decimal"
						onInput={(text) => prefer({ sizePrices: { ...typed, [size]: text } })}
					/>
				))}
			</div>
		</details>
	);
}
