// The last hours: the card around the chart, and the same figures as a table. The chart's code comes when it is needed.
import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { showHours } from '../app/load-history.ts';
import { format, history, historyStatus, hours, limitVA, now, t } from '../app/store.ts';
import type { Columns } from '../core/history.ts';
import type { ChartProps } from './chart.tsx';
import { FoldedTable } from './data-table.tsx';
import { Segments } from './parts.tsx';

/** The table has so many rows at most: a chart's worth of numbers is no use to read. */
const TABLE_ROWS = 12;

/** Load of each phase over the last hours. */
export function ChartCard() {
	const [Chart, setChart] = useState<{ readonly view: ComponentType<ChartProps> }>();
	useEffect(() => {
		void import('./chart.tsx').then(({ LoadChart }) => setChart({ view: LoadChart }));
	}, []);
	const shown = hours.value;
	// Once a second is enough: a slot is twenty seconds or more.
	const columns = history.value.columns(now.value);
	const known = columns.means.some((row) => row.some((mean) => mean !== null));
	return (
		<section class="card" aria-labelledby="chart-title">
			<div class="card-head">
				<h2 id="chart-title">{t.value('chart.title')}</h2>
				<Segments
					label={t.value('chart.range')}
					name="chart-range"
					value={String(shown) as '1' | '6' | '24'}
					choices={[
						['1', t.value('chart.range.short', { hours: 1 }), t.value('chart.range.1')],
						['6', t.value('chart.range.short', { hours: 6 }), t.value('chart.range.6')],
						['24', t.value('chart.range.short', { hours: 24 }), t.value('chart.range.24')],
					]}
					onChoose={(choice) => showHours(Number(choice) as 1 | 6 | 24)}
				/>
			</div>
			<div class="chart-place" role="img" aria-label={t.value('chart.described', { hours: shown })}>
				{Chart !== undefined && known && <Chart.view columns={columns} limitVA={limitVA.value} hours={shown} />}
				{!known && <p class="quiet chart-empty">{t.value('chart.empty')}</p>}
			</div>
			<Legend columns={columns} />
			{historyStatus.value !== 'there' && (
				<p class="quiet">{t.value(historyStatus.value === 'loading' ? 'chart.loading' : 'chart.nohistory')}</p>
			)}
			{known && <Table columns={columns} />}
		</section>
	);
}

/** Colour and stroke of each phase, in words. */
function Legend({ columns }: { readonly columns: Columns }) {
	if (columns.phases.length < 2) return null;
	return (
		<ul class="legend">
			{columns.phases.map((phase) => (
				<li key={phase} data-phase={phase}>
					<i />
					{t.value('gauge.phase', { phase })}
				</li>
			))}
			<li data-phase="limit">
				<i />
				{t.value('chart.limit')}
			</li>
		</ul>
	);
}

function Table({ columns: { timesS, phases, maxima } }: { readonly columns: Columns }) {
	const step = Math.ceil(timesS.length / TABLE_ROWS);
	const starts = Array.from({ length: Math.ceil(timesS.length / step) }, (_, row) => row * step);
	const highest = (row: number, start: number): string => {
		const heard = (maxima[row] ?? []).slice(start, start + step).filter((max) => max !== null);
		return heard.length === 0 ? '–' : format.value.kilo(Math.max(...heard));
	};
	return (
		<FoldedTable
			caption={t.value('chart.highest')}
			heads={[t.value('chart.time'), ...phases.map((phase) => t.value('gauge.phase', { phase }))]}
			rows={() =>
				starts.map((start) => ({
					key: start,
					head: format.value.clock((timesS[start] ?? 0) * 1000),
					cells: phases.map((_, row) => highest(row, start)),
				}))
			}
		/>
	);
}
