// History: one chart of what people choose, over the time they choose, and the shedding journal on the same axis.
import { useEffect, useState } from 'preact/hooks';
import * as past from '../app/history.ts';
import { format, house, link, t } from '../app/store.ts';
import { stacked, sumOf } from '../core/curves.ts';
import { nameOf, SPAN_NAMES, stepOf } from '../core/time-window.ts';
import '../i18n/history.ts';
import '../styles/history.css';
import { ExportButton } from './history-export.tsx';
import { HistoryTable } from './history-table.tsx';
import { Icon, type IconName } from './icons.tsx';
import { Journal, JournalMarks, JournalSigns } from './journal.tsx';
import { Segments } from './parts.tsx';
import { Plot, type PlotCurve } from './plot.tsx';

const subjects = ['power', 'current', 'temperature', 'shed'] as const;
const COLOURS = ['--phase-1', '--phase-2', '--phase-3', '--frost', '--over', '--eco', '--near', '--ink-quiet'];
/** So many that no two curves share colour and stroke for a long time. */
const DASHES: readonly (readonly number[])[] = [[], [7, 3], [2, 3]];
const strokeOf = ([first = 0]: readonly number[] = []) => (first === 0 ? 'solid' : first > 3 ? 'dashed' : 'dotted');
const PAN = 0.25;
const ZOOM = 2;

/** The screen. */
export function HistoryScreen() {
	useEffect(past.followHistory, []);
	const name = nameOf(past.timeWindow.value);
	return (
		<>
			<h1 class="screen-title">{t.value('screen.history')}</h1>
			<div class="choices">
				<Segments
					label={t.value('history.subject')}
					name="subject"
					value={past.subject.value}
					choices={subjects.map((one) => [one, t.value(`history.${one}`)] as const)}
					onChoose={past.showSubject}
				/>
				<Segments
					label={t.value('history.span')}
					name="span"
					value={name ?? ''}
					choices={SPAN_NAMES.map(
						(one) =>
							[
								one,
								t.value(one === 'decade' ? 'history.decade.short' : `history.${one}`),
								t.value(`history.${one}`),
							] as const,
					)}
					onChoose={(one) => one !== '' && past.showSpan(one)}
				/>
			</div>
			<ChartSection />
			<Journal />
		</>
	);
}

function Tool({
	icon,
	label,
	onPress,
}: {
	readonly icon: IconName;
	readonly label: string;
	readonly onPress: () => void;
}) {
	return (
		<button type="button" class="round" aria-label={label} title={label} onClick={onPress}>
			<Icon name={icon} />
		</button>
	);
}

function ChartSection() {
	const [point, setPoint] = useState<number>();
	const { fromMs, toMs } = past.timeWindow.value;
	const { date, range } = format.value;
	const subject = past.subject.value;
	const curves = drawn();
	const has = curves.some(({ values }) => values.some((value) => value !== null));
	const what = t.value(`history.${subject}`);
	const keys = (event: KeyboardEvent): void => {
		const act = {
			ArrowLeft: () => past.panBy(-PAN),
			ArrowRight: () => past.panBy(PAN),
			'+': () => past.zoomBy(1 / ZOOM),
			'-': () => past.zoomBy(ZOOM),
			Home: past.showNow,
		}[event.key];
		if (act === undefined || event.ctrlKey || event.metaKey) return;
		event.preventDefault();
		act();
	};
	const step = stepOf({ fromMs, toMs });
	const pointS = point === undefined ? undefined : past.curves.value.timesS[point];
	return (
		<section class="card" aria-labelledby="range-title">
			<div class="card-head">
				<h2 id="range-title">{range(fromMs, toMs)}</h2>
				<div class="tools">
					<Tool icon="back" label={t.value('history.earlier')} onPress={() => past.panBy(-0.5)} />
					<Tool icon="chevron" label={t.value('history.later')} onPress={() => past.panBy(0.5)} />
					<Tool icon="zoom_in" label={t.value('history.closer')} onPress={() => past.zoomBy(1 / ZOOM)} />
					<Tool icon="zoom_out" label={t.value('history.wider')} onPress={() => past.zoomBy(ZOOM)} />
					<button type="button" class="small" onClick={past.showNow}>
						{t.value('history.now')}
					</button>
				</div>
			</div>
			<p class="quiet unit">
				{unitOf(subject)}
				{pointS !== undefined && ` · ${date(pointS * 1000)}`}
			</p>
			<figure
				class="plot-place"
				// biome-ignore lint/a11y/noNoninteractiveTabindex: arrows, plus and minus work on the chart itself
				tabIndex={0}
				aria-label={t.value('history.described', { what, from: date(fromMs), to: date(toMs) })}
				aria-describedby="plot-keys"
				onKeyDown={keys}
			>
				<Plot
					timesS={past.curves.value.timesS}
					curves={curves}
					window={past.timeWindow.value}
					moves={{ pan: past.panBy, zoom: past.zoomBy }}
					figure={subject === 'power' ? (va) => format.value.kilo(va) : (value) => format.value.upTo1(value)}
					fromZero={subject !== 'temperature'}
					onPoint={setPoint}
				/>
				<JournalMarks />
				{!has && <p class="quiet plot-note">{emptyText()}</p>}
			</figure>
			<p id="plot-keys" class="unseen">
				{t.value('history.keys')}
			</p>
			<Legend curves={curves} point={point} />
			<div class="card-foot">
				<label class="check">
					<input
						type="checkbox"
						checked={past.comparing.value}
						onChange={() => {
							past.comparing.value = !past.comparing.value;
						}}
					/>
					<span>{t.value(`history.compare.${step}`)}</span>
				</label>
				<ExportButton />
			</div>
			{has && <HistoryTable labelOf={labelOf} unit={unitOf(subject)} />}
		</section>
	);
}

function unitOf(subject: past.Subject): string {
	if (subject !== 'shed') return t.value(`history.unit.${subject}`);
	return t.value(past.shedByTime.value ? 'history.unit.shed' : 'history.unit.count');
}

function emptyText(): string {
	const status = past.status.value;
	if (link.value.kind !== 'up' || status === 'away') return t.value('history.away');
	if (status === 'loading') return t.value('history.loading');
	if (status === 'missing') return t.value('history.missing');
	const subject = past.subject.value;
	return t.value(subject === 'temperature' || subject === 'shed' ? `history.empty.${subject}` : 'history.empty');
}

/** A curve's name: a phase, a probe, a circuit, or a sum. */
function labelOf(key: string): string {
	const { circuits, probes } = house.value;
	if (key === 'total') return t.value('history.total');
	if (key === 'highest') return t.value('history.highest');
	if (key.startsWith('before')) return t.value('history.compared');
	if (past.subject.value === 'temperature') return probes.get(key)?.value.name ?? key;
	if (past.subject.value === 'shed') return circuits.get(key)?.value.name ?? key;
	return t.value('gauge.phase', { phase: key });
}

/** The curves as they are drawn: in the order of drawing, the lowest of a stack last. */
function drawn(): PlotCurve[] {
	const all = past.curves.value;
	const before = past.comparedCurves.value;
	const total: PlotCurve[] =
		before.curves.length === 0
			? []
			: [{ key: 'before', values: sumOf(before), colour: '--ink-quiet', kind: 'line', dash: [6, 4] }];
	switch (past.subject.value) {
		case 'power':
			return [
				// The phases' highest are not of one moment: their sum would say nothing.
				...(past.highest.value.curves.length === 1
					? [{ key: 'highest', values: sumOf(past.highest.value), colour: '--near', kind: 'line', width: 1 } as const]
					: []),
				{ key: 'total', values: sumOf(all), colour: '--phase-1', kind: 'area' },
				...total,
			];
		case 'current':
			return [
				...stacked(all)
					.map(({ key, values }): PlotCurve => ({ key, values, colour: `--phase-${key}`, kind: 'area' }))
					.reverse(),
				...total,
			];
		case 'temperature':
			return [
				...all.curves.map(({ key, values }, index): PlotCurve => {
					const dash = DASHES[index % DASHES.length] ?? [];
					return { key, values, colour: COLOURS[index % COLOURS.length] ?? '--ink', kind: 'line', dash };
				}),
				...before.curves.map(
					({ key, values }): PlotCurve => ({
						...{ key: `before ${key}`, values, colour: '--edge', kind: 'line', width: 1 },
						dash: [4, 4],
					}),
				),
			];
		case 'shed':
			return [{ key: 'total', values: sumOf(all), colour: '--near', kind: 'bars' }, ...total];
	}
}

/** What each colour is, and its figure where the chart is pointed at. */
function Legend({ curves, point }: { readonly curves: readonly PlotCurve[]; readonly point: number | undefined }) {
	const subject = past.subject.value;
	const { kilo, upTo1 } = format.value;
	const own = past.curves.value.curves;
	const figureOf = (curve: PlotCurve): string | undefined => {
		if (point === undefined) return undefined;
		// Of a stack, what is its own.
		const values =
			subject === 'current' ? (own.find(({ key }) => key === curve.key)?.values ?? curve.values) : curve.values;
		const value = values[point];
		if (value === null || value === undefined) return undefined;
		return subject === 'power' ? kilo(value) : upTo1(value);
	};
	const listed = curves.filter(
		({ key }, index) => !key.startsWith('before') || curves.findIndex((one) => one.key.startsWith('before')) === index,
	);
	return (
		<ul class="legend plot-legend">
			{listed.map((curve) => (
				<li key={curve.key}>
					<i
						style={{
							borderTopColor: `var(${curve.colour})`,
							borderTopStyle: strokeOf(curve.dash),
						}}
					/>
					{labelOf(curve.key)}
					{figureOf(curve) !== undefined && <b>{figureOf(curve)}</b>}
				</li>
			))}
			<JournalSigns />
		</ul>
	);
}
