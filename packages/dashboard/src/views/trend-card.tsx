// A probe's day: its temperature, what heated or cooled under it, and the same as a table.
import type { ProbeState } from '@pilotwire/contract';
import { signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { calendar } from '../app/calendar.ts';
import { format, house, t } from '../app/store.ts';
import { type Band, chosen, day, dayShown, everyMin, followTrend, status, trend } from '../app/warmth.ts';
import { rowsOf } from '../core/curves.ts';
import type { TimeWindow } from '../core/time-window.ts';
import { byName, minutesOf, RHYTHMS_MIN } from '../core/warmth.ts';
import '../i18n/probes.ts';
import { FoldedTable } from './data-table.tsx';
import { Icon } from './icons.tsx';
import { Segments } from './parts.tsx';
import { Plot } from './plot.tsx';

const TABLE_ROWS = 24;
/** The table stays open while other figures come. */
const opened = signal(false);
/** The day is leafed through by its buttons and keys; the chart itself stays. */
const still = { pan: () => undefined, zoom: () => undefined };

/** Whether a word of a thermostat or an order of a circuit means power. */
const runs = (what: string): boolean => what !== 'rest' && what !== 'off' && what !== 'frost_protection';

interface Props {
	readonly probes: readonly (readonly [id: string, state: ProbeState])[];
}

/** The card; it follows the probe that was chosen, else the first. */
export function TrendCard({ probes }: Props) {
	const [index, setIndex] = useState<number>();
	const listed = (id: string | undefined): boolean => probes.some(([one]) => one === id);
	// The one that something goes by is of most interest.
	const byThermostats = byName(house.value.thermostats).map(([, { probe }]) => probe);
	const id = [chosen.value, ...byThermostats].find(listed) ?? probes[0]?.[0];
	useEffect(() => followTrend(() => id), [id]);
	const name = probes.find(([one]) => one === id)?.[1].name ?? '';
	const window = dayShown.value;
	const { curves, bands } = trend.value;
	const values = curves.curves[0]?.values ?? [];
	const has = values.some((value) => value !== null);
	const keys = (event: KeyboardEvent): void => {
		const act = { ArrowLeft: () => move(-1), ArrowRight: () => move(1), Home: () => move(-day.value) }[event.key];
		if (act === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
		event.preventDefault();
		act();
	};
	const dayName = format.value.day(calendar.value.local(window.fromMs).date);
	return (
		<section class="card" aria-labelledby="trend-title">
			<div class="card-head">
				<h2 id="trend-title">{t.value('trend.title')}</h2>
				<Days name={dayName} />
			</div>
			<div class="warm-choices">
				{probes.length > 1 && (
					<label class="field">
						<span class="quiet">{t.value('trend.probe')}</span>
						<select
							value={id ?? ''}
							onChange={(event) => {
								chosen.value = event.currentTarget.value;
							}}
						>
							{probes.map(([one, state]) => (
								<option key={one} value={one}>
									{state.name}
								</option>
							))}
						</select>
					</label>
				)}
				<Segments
					label={t.value('trend.every')}
					name="trend-every"
					value={String(everyMin.value)}
					choices={RHYTHMS_MIN.map((count) => [String(count), t.value('trend.every.min', { count })] as const)}
					onChoose={(choice) => {
						everyMin.value = RHYTHMS_MIN.find((one) => String(one) === choice) ?? 10;
					}}
				/>
			</div>
			<figure
				id="trend"
				class="plot-place trend"
				// biome-ignore lint/a11y/noNoninteractiveTabindex: arrows leaf through the days on the chart itself
				tabIndex={0}
				aria-label={t.value('trend.described', { name, day: dayName, count: everyMin.value })}
				aria-describedby="trend-keys"
				onKeyDown={keys}
			>
				<Plot
					timesS={curves.timesS}
					curves={[{ key: 'temperature', values, colour: '--comfort', kind: 'line' }]}
					window={window}
					moves={still}
					figure={(value) => format.value.upTo1(value)}
					fromZero={false}
					onPoint={setIndex}
				/>
				{!has && <p class="quiet plot-note">{emptyText()}</p>}
			</figure>
			<p id="trend-keys" class="unseen">
				{t.value('trend.keys')}
			</p>
			<Bands bands={bands} window={window} />
			<p class="trend-said">{has && <Said index={index} values={values} />}</p>
			{has && <TrendTable />}
		</section>
	);
}

const move = (days: number): void => {
	day.value = Math.min(0, day.value + days);
};

function Days({ name }: { readonly name: string }) {
	return (
		<div class="tools">
			<button type="button" class="round" aria-label={t.value('trend.before')} onClick={() => move(-1)}>
				<Icon name="back" />
			</button>
			<b class="trend-day" aria-live="polite">
				{name}
			</b>
			<button
				type="button"
				class="round"
				aria-label={t.value('trend.after')}
				disabled={day.value === 0}
				onClick={() => move(1)}
			>
				<Icon name="chevron" />
			</button>
			{day.value !== 0 && (
				<button type="button" class="small" onClick={() => move(-day.value)}>
					{t.value('trend.today')}
				</button>
			)}
		</div>
	);
}

function emptyText(): string {
	return t.value(status.value === 'there' ? 'trend.empty' : `trend.${status.value}`);
}

/** The figure that is pointed at; the day in three figures while nothing is. */
function Said({ index, values }: { readonly index: number | undefined; readonly values: readonly (number | null)[] }) {
	const { timesS } = trend.value.curves;
	const { celsius, clock } = format.value;
	const value = index === undefined ? undefined : values[index];
	if (index !== undefined && typeof value === 'number') {
		const ms = (timesS[index] ?? 0) * 1000;
		const state = trend.value.bands.map(({ kind, id, stretches }) => {
			const what = stretches.find(({ fromMs, toMs }) => ms >= fromMs && ms < toMs)?.what;
			return kind === 'thermostat' && what !== undefined && isDoing(what)
				? ` · ${bandName({ kind, id })}: ${t.value(`thermostats.doing.${what}`)}`
				: '';
		});
		return (
			<>
				<b>{celsius(value)}</b> <span class="quiet">{`${clock(ms)}${state.join('')}`}</span>
			</>
		);
	}
	const known = values.filter((one) => one !== null);
	const mean = known.reduce((sum, one) => sum + one, 0) / known.length;
	const range = { low: celsius(Math.min(...known)), high: celsius(Math.max(...known)), mean: celsius(mean) };
	return <span class="quiet">{t.value('trend.range', range)}</span>;
}

const isDoing = (what: string): what is 'rest' | 'heat' | 'cool' => ['rest', 'heat', 'cool'].includes(what);

function bandName({ kind, id }: Pick<Band, 'kind' | 'id'>): string {
	if (kind === 'circuit') return house.value.circuits.get(id)?.value.name ?? id;
	return t.value('trend.band.thermostat', { name: house.value.thermostats.get(id)?.value.name ?? id });
}

/** What ran, under the curve and on its axis of time. */
function Bands({ bands, window }: { readonly bands: readonly Band[]; readonly window: TimeWindow }) {
	if (bands.length === 0) return null;
	const length = window.toMs - window.fromMs;
	const share = (ms: number): string => `${((ms / length) * 100).toFixed(3)}%`;
	return (
		<div class="bands">
			{bands.map((band) => {
				const name = bandName(band);
				const time = format.value.duration(minutesOf(band.stretches, window, runs) * 60_000);
				return (
					<div key={`${band.kind} ${band.id}`}>
						<p class="band-name quiet">{t.value('trend.band', { name, time })}</p>
						<div class="band" aria-hidden="true">
							{band.stretches.map(({ fromMs, toMs, what }) =>
								runs(what) ? (
									<i
										key={fromMs}
										data-cool={what === 'cool' || isCooler(band.id)}
										style={{ left: share(fromMs - window.fromMs), width: share(toMs - fromMs) }}
									/>
								) : null,
							)}
						</div>
					</div>
				);
			})}
			<ul class="legend band-legend">
				<li>
					<i />
					{t.value('trend.band.heats')}
				</li>
				{bands.some(cools) && (
					<li>
						<i data-cool="true" />
						{t.value('trend.band.cools')}
					</li>
				)}
			</ul>
		</div>
	);
}

const cools = ({ id, stretches }: Band): boolean => isCooler(id) || stretches.some(({ what }) => what === 'cool');

/** Whether a circuit is what a thermostat cools with. */
const isCooler = (circuit: string): boolean =>
	[...house.value.thermostats.values()].some(({ value }) => value.cools === circuit);

function TrendTable() {
	const { curves, bands } = trend.value;
	const step = Math.max(1, Math.ceil(curves.timesS.length / TABLE_ROWS));
	const names = bands.map((band) => t.value('trend.table.minutes', { name: bandName(band) }));
	return (
		<FoldedTable
			opened={opened}
			caption={t.value('trend.caption')}
			heads={[t.value('chart.time'), t.value('trend.table.mean'), ...names]}
			rows={() =>
				rowsOf(curves, TABLE_ROWS).map(({ fromMs, means: [mean] }) => {
					const part = { fromMs, toMs: fromMs + step * curves.bucketMs };
					const minutes = bands.map(({ stretches }) => format.value.whole(minutesOf(stretches, part, runs)));
					const degrees = typeof mean === 'number' ? format.value.upTo1(mean) : '–';
					return { key: fromMs, head: format.value.clock(fromMs), cells: [degrees, ...minutes] };
				})
			}
		/>
	);
}
