// The chart itself, by uPlot; loaded beside the screen.
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { format, language, preferences, zone } from '../app/store.ts';
import type { Columns } from '../core/history.ts';

/** What the chart draws. */
export interface ChartProps {
	readonly columns: Columns;
	readonly limitVA: number;
	readonly hours: number;
}

const HEIGHT = 220;
const DASHES: readonly (readonly number[])[] = [[], [6, 3], [2, 3]];

/** Load per phase against the limit. */
export function LoadChart({ columns, limitVA, hours }: ChartProps) {
	const place = useRef<HTMLDivElement>(null);
	const chart = useRef<uPlot | undefined>(undefined);
	const { theme } = preferences.value;
	const phases = columns.phases.join();
	const rangeS = hours * 3600;

	useEffect(() => {
		const element = place.current;
		if (element === null) return;
		const made = new uPlot(options(element, columns.phases, limitVA, rangeS), data(columns), element);
		chart.current = made;
		const sized = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }));
		sized.observe(element);
		const scheme = matchMedia('(prefers-color-scheme: dark)');
		const redraw = (): void => made.redraw();
		scheme.addEventListener('change', redraw);
		return () => {
			scheme.removeEventListener('change', redraw);
			sized.disconnect();
			made.destroy();
			chart.current = undefined;
		};
	}, [phases, limitVA, rangeS, theme, language.value, zone.value]);

	useEffect(() => {
		chart.current?.setData(data(columns));
	});
	return <div ref={place} class="chart" />;
}

function data({ timesS, means }: Columns): uPlot.AlignedData {
	return [timesS, ...means.map((row) => row.map((va) => (va === null ? null : va / 1000)))];
}

function options(element: HTMLElement, phases: readonly number[], limitVA: number, rangeS: number): uPlot.Options {
	const colour = (name: string) => () => getComputedStyle(element).getPropertyValue(name).trim();
	const font = '12px system-ui, sans-serif';
	const axis = {
		stroke: colour('--ink-quiet'),
		font,
		ticks: { show: false },
		grid: { stroke: colour('--line'), width: 1 },
	};
	return {
		width: element.clientWidth,
		height: HEIGHT,
		tzDate: (s) => uPlot.tzDate(new Date(s * 1e3), zone.value),
		legend: { show: false },
		cursor: { show: false },
		padding: [12, 20, 0, 0],
		scales: {
			x: { range: (_, __, max) => [max - rangeS, max] },
			y: { range: (_, __, max) => [0, Math.max(max ?? 0, limitVA / 1000) * 1.1] },
		},
		axes: [
			{
				...axis,
				grid: { show: false },
				size: 30,
				values: (_, ticks) => ticks.map((s) => format.value.clock(s * 1000)),
				space: 64,
			},
			{
				...axis,
				size: 36,
				values: (_, ticks) => ticks.map((kva) => format.value.whole(kva)),
				incrs: [1, 2, 5, 10, 20],
			},
		],
		series: [
			{},
			...phases.map(
				(phase): uPlot.Series => ({
					stroke: colour(`--phase-${phase}`),
					width: 2,
					dash: [...(DASHES[(phase - 1) % DASHES.length] ?? [])],
					points: { show: false },
					spanGaps: false,
				}),
			),
		],
		hooks: { draw: [(chart) => drawLimit(chart, limitVA / 1000, colour('--over')())] },
	};
}

function drawLimit(chart: uPlot, limit: number, stroke: string): void {
	const { ctx, bbox } = chart;
	const y = Math.round(chart.valToPos(limit, 'y', true));
	ctx.save();
	ctx.strokeStyle = stroke;
	ctx.lineWidth = 2 * devicePixelRatio;
	ctx.setLineDash([]);
	ctx.beginPath();
	ctx.moveTo(bbox.left, y);
	ctx.lineTo(bbox.left + bbox.width, y);
	ctx.stroke();
	ctx.restore();
}
