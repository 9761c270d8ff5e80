// Curves over time, by uPlot: lines, stacked areas or bars, moved and scaled by hand.
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import '../styles/plot.css';
import { format, language, preferences, zone } from '../app/store.ts';
import type { TimeWindow } from '../core/time-window.ts';
import { listenToGestures, type Moves } from './gestures.ts';

/** One curve of a plot. */
export interface PlotCurve {
	readonly key: string;
	readonly values: readonly (number | null)[];
	/** The design's name of its colour, such as `--phase-1`. */
	readonly colour: string;
	readonly kind: 'line' | 'area' | 'bars';
	readonly width?: number;
	readonly dash?: readonly number[];
}

interface Props {
	readonly timesS: readonly number[];
	readonly curves: readonly PlotCurve[];
	readonly window: TimeWindow;
	readonly moves: Moves;
	/** Writes a figure of the axis. */
	readonly figure: (value: number) => string;
	/** Whether the axis begins at 0. */
	readonly fromZero: boolean;
	/** Called with the place in `timesS` that is pointed at; undefined for none. */
	readonly onPoint: (index: number | undefined) => void;
}

const HEIGHT = 260;
const NARROW = 480;

/** The plot. */
export function Plot(props: Props) {
	const { timesS, curves, window, moves, fromZero } = props;
	const place = useRef<HTMLDivElement>(null);
	const chart = useRef<uPlot | undefined>(undefined);
	// What the chart calls back into is always of the last rendering.
	const latest = useRef(props);
	latest.current = props;
	const { theme } = preferences.value;
	const shape = curves.map(({ key, kind, colour }) => `${key} ${kind} ${colour}`).join();

	useEffect(() => {
		const element = place.current;
		if (element === null) return;
		const made = new uPlot(optionsOf(element, latest, fromZero), data(latest.current), element);
		chart.current = made;
		const stopGestures = listenToGestures(made.over, {
			pan: (share) => latest.current.moves.pan(share),
			zoom: (factor, around) => latest.current.moves.zoom(factor, around),
		});
		const sized = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }));
		sized.observe(element);
		const scheme = matchMedia('(prefers-color-scheme: dark)');
		const redraw = (): void => made.redraw();
		scheme.addEventListener('change', redraw);
		return () => {
			scheme.removeEventListener('change', redraw);
			sized.disconnect();
			stopGestures();
			made.destroy();
			chart.current = undefined;
		};
	}, [shape, fromZero, theme, language.value, zone.value]);

	useEffect(() => {
		chart.current?.setData(data(latest.current));
	}, [timesS, curves]);
	useEffect(() => {
		chart.current?.setScale('x', { min: window.fromMs / 1000, max: window.toMs / 1000 });
	}, [window.fromMs, window.toMs, moves]);
	return <div ref={place} class="plot" />;
}

function data({ timesS, curves }: Props): uPlot.AlignedData {
	return [[...timesS], ...curves.map(({ values }) => [...values])];
}

function optionsOf(element: HTMLElement, latest: { readonly current: Props }, fromZero: boolean): uPlot.Options {
	const colour = (name: string) => () => getComputedStyle(element).getPropertyValue(name).trim();
	const axis = {
		stroke: colour('--ink-quiet'),
		font: '12px system-ui, sans-serif',
		ticks: { show: false },
		grid: { stroke: colour('--line'), width: 1 },
	};
	return {
		width: element.clientWidth,
		height: HEIGHT,
		tzDate: (s) => uPlot.tzDate(new Date(s * 1e3), zone.value),
		legend: { show: false },
		cursor: { drag: { setScale: false, x: false, y: false }, y: false, points: { size: 7 } },
		// Half a date fits beside the last line, and marks above the highest.
		padding: [16, 24, 0, 0],
		scales: {
			x: {
				range: () => {
					const { fromMs, toMs } = latest.current.window;
					return [fromMs / 1000, toMs / 1000];
				},
			},
			y: { range: (_, min, max) => (fromZero ? [0, Math.max(max ?? 0, 0.001) * 1.1] : around(min, max)) },
		},
		axes: [
			{
				...axis,
				grid: { show: false },
				size: 30,
				space: element.clientWidth < NARROW ? 62 : 84,
				values: (_, ticks, __, ___, step) => ticks.map((s) => format.value.tick(s * 1000, step * 1000)),
			},
			{ ...axis, size: 44, values: (_, ticks) => ticks.map((value) => latest.current.figure(value)) },
		],
		series: [{}, ...latest.current.curves.map((curve) => seriesOf(curve, colour))],
		hooks: {
			setCursor: [({ cursor: { idx } }) => latest.current.onPoint(idx ?? undefined)],
		},
	};
}

/** Where values stand that have none beside them. */
function aloneIn(values: ArrayLike<number | null | undefined>): number[] {
	const has = (place: number): boolean => typeof values[place] === 'number';
	return Array.from(values, (_, place) => place).filter((place) => has(place) && !has(place - 1) && !has(place + 1));
}

/** Room above and below what is there; a degree where it doesn't move. */
function around(min: number | null, max: number | null): [number, number] {
	const [low, high] = [min ?? 0, max ?? 1];
	const room = Math.max(0.5, (high - low) * 0.1);
	return [low - room, high + room];
}

function seriesOf({ colour: name, kind, width = 2, dash = [] }: PlotCurve, colour: (name: string) => () => string) {
	const stroke = colour(name);
	const base: uPlot.Series = { stroke, width, dash: [...dash], points: { show: false }, spanGaps: false };
	// A value without neighbours is no line.
	if (kind === 'line')
		return {
			...base,
			points: { show: true, size: 5, filter: (chart: uPlot, index: number) => aloneIn(chart.data[index] ?? []) },
		};
	if (kind === 'area')
		return { ...base, width: 1, fill: () => `color-mix(in srgb, ${stroke()} 45%, ${colour('--card')()})` };
	const { bars } = uPlot.paths;
	const paths = bars?.({ size: [0.8, 48], align: 1, radius: 0.15 });
	return { ...base, width: 0, fill: stroke, ...(paths === undefined ? {} : { paths }) };
}
