import type { Phase, ShedderState } from '@pilotwire/contract';
import { instantOf } from '@pilotwire/runtime';
import { type SheddingState, snapshot } from '@pilotwire/shedding';

/** Both clocks at one moment, ms. */
export interface Moment {
	readonly monotonicMs: number;
	readonly wallMs: number;
}

/** What `shedder/state` says. `pausedUntilMs`: when a pause ends at the latest, on the monotonic clock. */
export function shedderView(
	state: SheddingState,
	mode: ShedderState['mode'],
	now: Moment,
	pausedUntilMs?: number,
): ShedderState {
	const { phases, waiting } = snapshot(state);
	const instant = (monotonicMs: number): string => instantOf(now.wallMs - (now.monotonicMs - monotonicMs));
	return {
		at: instantOf(now.wallMs),
		mode,
		...(pausedUntilMs === undefined ? {} : { pausedUntil: instant(pausedUntilMs) }),
		phases: phases.map(({ phase, predictedVA, tripInS, filterUsed, strictUntilMs, ...figures }) => ({
			phase: phase as Phase,
			...figures,
			predictedVA: Math.round(predictedVA),
			filterUsed: Math.round(filterUsed * 1000) / 1000,
			...(tripInS === null ? {} : { tripInS: Math.round(tripInS) }),
			...(strictUntilMs === null ? {} : { strictUntil: instant(strictUntilMs) }),
		})),
		waiting: waiting.map(({ id, phase, shed, sinceMs, reason, nextChanceMs, why }) => ({
			circuit: id,
			phase: phase as Phase,
			shed,
			reason,
			since: instant(sinceMs),
			...(nextChanceMs === null ? {} : { nextChance: instant(nextChanceMs) }),
			why,
		})),
	};
}
