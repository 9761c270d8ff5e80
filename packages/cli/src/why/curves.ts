// The load of each phase as a black box holds it: how high, how long, what came on, and how near the breaker was.
import {
	branchEarliestTripS,
	type LinkyFilter,
	linkyMargin,
	linkyTimeToTripS,
	phaseReferenceVA,
	stepLinkyFilter,
} from '@pilotwire/breaker';
import type { ReadingState } from '@pilotwire/contract';
import type { Box } from './box.ts';

/** A load of one phase. */
export interface LoadPoint {
	readonly atMs: number;
	readonly va: number;
	readonly limitVA: number;
	readonly over: boolean;
}

/** A load is taken to last no longer than this without being said again. Milliseconds. */
const LASTS_MS = 10_000;
/** Steps that follow each other within this are one appliance's. Milliseconds. */
const ONE_STEP_MS = 3_500;
/** What changes by less is no appliance that matters. VA. */
const LEAST_STEP_VA = 300;
const NOMINAL_V = 230;

/** The loads of one meter by phase, each figure once. */
export function loadsByPhase(box: Box, meter: string): Map<number, LoadPoint[]> {
	const byPhase = new Map<number, LoadPoint[]>();
	const seen = new Map<number, string>();
	for (const { atMs, id, payload, standing } of box.loads) {
		if (id !== meter || standing) continue;
		for (const { phase, at, apparentPowerVA: va, limitVA, over } of payload.phases) {
			if (seen.get(phase) === at) continue;
			seen.set(phase, at);
			const points = byPhase.get(phase) ?? [];
			points.push({ atMs, va, limitVA, over });
			byPhase.set(phase, points);
		}
	}
	return byPhase;
}

/** What is known of a phase just before a moment. */
export interface PhaseFacts {
	readonly phase: number;
	/** The last figure, and how old it was at that moment. */
	readonly lastVA: number;
	readonly ageMs: number;
	readonly limitVA: number;
	/** The highest of the last five minutes. */
	readonly peakVA: number;
	readonly peakAtMs: number;
	/** Since when it was above its limit without a pause; absent where it was not. */
	readonly overSinceMs: number | undefined;
	readonly overMeanVA: number | undefined;
	/** Share of the Linky's filter that was used, and its seconds to the trip at the last load; Infinity: never. */
	readonly filterUsed: number;
	readonly tripInS: number;
	/** The soonest that a branch breaker of the rating may open at the highest load of that stretch; absent without a rating. */
	readonly branch: { readonly ratedA: number; readonly ratio: number; readonly earliestS: number } | undefined;
}

const BEFORE_MS = 300_000;
/** Two stretches over the limit with less than this between them are one. Milliseconds. */
const SAME_PEAK_MS = 6_000;

/** The breaker's power by phase, VA: the meter's own word, or the limit. */
export function referenceVA({ readings }: Pick<Box, 'readings'>, meter: string, limitVA: number): number {
	const said = readings.findLast(({ id, payload }) => id === meter && kvaOf(payload) !== undefined)?.payload;
	const kva = said && kvaOf(said);
	return said === undefined || kva === undefined ? limitVA : phaseReferenceVA(kva, said.phases);
}

const kvaOf = ({ breakingPowerKVA, referencePowerKVA }: ReadingState): number | undefined =>
	breakingPowerKVA ?? referencePowerKVA;

export function phaseFacts(
	phase: number,
	points: readonly LoadPoint[],
	untilMs: number,
	{ reference, branchA }: { readonly reference: (limitVA: number) => number; readonly branchA: number | undefined },
): PhaseFacts | undefined {
	const before = points.filter(({ atMs }) => atMs <= untilMs);
	const last = before.at(-1);
	if (last === undefined) return undefined;
	const recent = before.filter(({ atMs }) => atMs >= untilMs - BEFORE_MS);
	const peak = recent.reduce((most, point) => (point.va > most.va ? point : most), last);
	const stretch = overStretch(before, untilMs);
	const referenceNow = reference(last.limitVA);
	const filter = replayFilter(before, reference, untilMs);
	const highest = Math.max(0, ...stretch.map(({ va }) => va));
	const ratio = branchA === undefined ? 0 : Math.max(highest, last.va) / NOMINAL_V / branchA;
	return {
		phase,
		lastVA: last.va,
		ageMs: untilMs - last.atMs,
		limitVA: last.limitVA,
		peakVA: peak.va,
		peakAtMs: peak.atMs,
		overSinceMs: stretch[0]?.atMs,
		overMeanVA: stretch.length === 0 ? undefined : stretch.reduce((sum, { va }) => sum + va, 0) / stretch.length,
		filterUsed: 1 - linkyMargin(filter),
		tripInS: linkyTimeToTripS(filter, last.va / referenceNow),
		branch: branchA === undefined ? undefined : { ratedA: branchA, ratio, earliestS: branchEarliestTripS(ratio) },
	};
}

/** The points above the limit that lead up to the end, without a pause. */
function overStretch(points: readonly LoadPoint[], untilMs: number): LoadPoint[] {
	const stretch: LoadPoint[] = [];
	let nextMs = untilMs;
	for (const point of points.toReversed()) {
		const over = point.over || point.va > point.limitVA;
		if (nextMs - point.atMs > SAME_PEAK_MS) break;
		if (!over) continue;
		stretch.unshift(point);
		nextMs = point.atMs;
	}
	return stretch;
}

function replayFilter(
	points: readonly LoadPoint[],
	reference: (limitVA: number) => number,
	untilMs: number,
): LinkyFilter {
	const [first] = points;
	if (first === undefined) return { y: 0 };
	let filter: LinkyFilter = { y: Math.min(1, (first.va / reference(first.limitVA)) ** 2) };
	for (const [at, { atMs, va, limitVA }] of points.entries()) {
		const lastedMs = Math.min(LASTS_MS, (points[at + 1]?.atMs ?? untilMs) - atMs);
		filter = stepLinkyFilter(filter, va / reference(limitVA), lastedMs / 1_000);
	}
	return filter;
}

/** A change of load at once. */
export interface Step {
	readonly phase: number;
	readonly atMs: number;
	readonly byVA: number;
}

/** The steps of a phase, up and down, that matter. */
export function stepsOf(phase: number, points: readonly LoadPoint[]): Step[] {
	const steps: { phase: number; atMs: number; byVA: number; lastMs: number }[] = [];
	for (let at = 1; at < points.length; at++) {
		const [before, after] = [points[at - 1], points[at]];
		if (before === undefined || after === undefined || after.atMs - before.atMs > LASTS_MS) continue;
		const byVA = after.va - before.va;
		if (Math.abs(byVA) < LEAST_STEP_VA / 3) continue;
		const open = steps.at(-1);
		if (open !== undefined && after.atMs - open.lastMs <= ONE_STEP_MS && Math.sign(open.byVA) === Math.sign(byVA)) {
			open.byVA += byVA;
			open.lastMs = after.atMs;
		} else steps.push({ phase, atMs: after.atMs, byVA, lastMs: after.atMs });
	}
	return steps.filter(({ byVA }) => Math.abs(byVA) >= LEAST_STEP_VA).map(({ lastMs: _, ...step }) => step);
}
