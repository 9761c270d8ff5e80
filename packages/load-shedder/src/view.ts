import type { Phase, ShedderState } from '@pilotwire/contract';
import { instantOf } from '@pilotwire/runtime';
import { type SheddingState, snapshot } from '@pilotwire/shedding';
import type { TripMargin, TripWatch } from './trip-watch.ts';

/** Both clocks at one moment, ms. */
export interface Moment {
	readonly monotonicMs: number;
	readonly wallMs: number;
}

/** What `shedder/state` says. */
export function shedderView(
	state: SheddingState,
	trips: TripWatch,
	mode: ShedderState['mode'],
	now: Moment,
): ShedderState {
	const { phases, waiting } = snapshot(state);
	const instant = (monotonicMs: number): string => instantOf(now.wallMs - (now.monotonicMs - monotonicMs));
	return {
		at: instantOf(now.wallMs),
		mode,
		phases: phases.map(({ phase, predictedVA, ...figures }) => ({
			phase: phase as Phase,
			...figures,
			predictedVA: Math.round(predictedVA),
			...rounded(trips.margin(phase, now.monotonicMs)),
		})),
		waiting: waiting.map(({ id, phase, shed, sinceMs, nextChanceMs, why }) => ({
			circuit: id,
			phase: phase as Phase,
			shed,
			since: instant(sinceMs),
			...(nextChanceMs === null ? {} : { nextChance: instant(nextChanceMs) }),
			why,
		})),
	};
}

function rounded({ filterUsed, tripInS }: TripMargin): TripMargin {
	const used = { filterUsed: Math.round(filterUsed * 1000) / 1000 };
	return tripInS === undefined ? used : { ...used, tripInS: Math.round(tripInS) };
}
