// Curves over time, by uPlot: lines, stacked areas or bars, moved and scaled by hand, with marks along the time axis.
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
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

/** Something that happened, marked at its time. */
export interface Mark {
	readonly atMs: number;
	readonly colour: string;
}

interface Props {
	readonly timesS: readonly number[];
	readonly curves: readonly PlotCurve[];
	readonly window: TimeWindow;
	readonly moves: Moves;
	readonly marks: readonly Mark[];
	/** Writes a figure of the axis. */
	readonly figure: (value: number) => string;
	/** Whether the axis begins at 0. */
	readonly fromZero: boolean;
	/** Called with the place in `timesS` that is pointed at; undefined for none. */
	readonly onPoint: (index: number | undefined) => void;
}

const HEIGHT = 260;
const NARROW = 480;
const MARK_PX = 10;

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
		// Half a date fits beside the last line.
		padding: [12, 24, 0, 0],
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
			draw: [(chart) => drawMarks(chart, latest.current.marks, element)],
			setCursor: [({ cursor: { idx } }) => latest.current.onPoint(idx ?? undefined)],
		},
	};
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
	if (kind === 'line') return base;
	if (kind === 'area')
		return { ...base, width: 1, fill: () => `color-mix(in srgb, ${stroke()} 45%, ${colour('--card')()})` };
	const { bars } = uPlot.paths;
	const paths = bars?.({ size: [0.8, 48], align: 1, radius: 0.15 });
	return { ...base, width: 0, fill: stroke, ...(paths === undefined ? {} : { paths }) };
}

function drawMarks({ ctx, bbox, valToPos }: uPlot, marks: readonly Mark[], element: HTMLElement): void {
	const style = getComputedStyle(element);
	ctx.save();
	ctx.lineWidth = 2 * devicePixelRatio;
	for (const { atMs, colour } of marks) {
		const x = Math.round(valToPos(atMs / 1000, 'x', true));
		if (x < bbox.left || x > bbox.left + bbox.width) continue;
		ctx.strokeStyle = style.getPropertyValue(colour).trim();
		ctx.beginPath();
		ctx.moveTo(x, bbox.top + bbox.height);
		ctx.lineTo(x, bbox.top + bbox.height - MARK_PX * devicePixelRatio);
		ctx.stroke();
	}
	ctx.restore();
}
