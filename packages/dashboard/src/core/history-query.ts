// The question to the history store about the load, and what its answer means.
import { historyAnswer } from '@pilotwire/contract';
import type { StoredPoint } from './history.ts';

/** The parameters of telemetry's `query` for the load of a meter's phases. Times: the house's clock, ms. */
export function loadQuery(meter: string, fromMs: number, toMs: number, points: number) {
	const instant = (ms: number): string => new Date(ms).toISOString();
	return { series: 'load.apparentPowerVA', tags: { meter }, from: instant(fromMs), to: instant(toMs), points };
}

/** The points of each phase, by the browser's clock; undefined where the answer is not one. */
export function loadPoints(answer: unknown, clockAheadMs: number): Map<number, StoredPoint[]> | undefined {
	const parsed = historyAnswer.safeParse(answer);
	if (!parsed.success) return undefined;
	const { lines, bucketMs } = parsed.data;
	const phases = new Map<number, StoredPoint[]>();
	for (const line of lines) {
		const phase = Number(line.tags['phase']);
		if (line.kind !== 'number' || !Number.isInteger(phase)) continue;
		const points = line.atMs.map((at, index) => ({
			// The middle of the bucket: it falls into one slot of the chart, whichever way the edges lie.
			atMs: at + clockAheadMs + bucketMs / 2,
			meanVA: line.mean[index] ?? 0,
			maxVA: line.max[index] ?? 0,
		}));
		phases.set(phase, points);
	}
	return phases;
}
