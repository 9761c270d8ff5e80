// The story of an opening as the bus carries it, for screens in any language.
import type { BoxStory } from '@pilotwire/contract';
import { instantOf } from '@pilotwire/runtime/basics';
import { advicesOf } from './advice.ts';
import type { OpeningStory } from './opening-story.ts';

/** So many steps and decisions are told, the last ones. */
const MOST_TOLD = 12;

/** What of a story people read on a screen. */
export function storyAnswer(story: OpeningStory): BoxStory {
	const { ending, cause, atMs, phases, worst, steps, actions, circuits, offline, boards } = story;
	const waited = circuits.filter(({ inForce, wanted, control }) => inForce !== wanted && control !== 'none');
	return {
		...{ ending, at: instantOf(atMs), circuits: circuits.length, offline: [...offline] },
		...(cause === undefined ? {} : { cause }),
		...(worst === undefined ? {} : { worst: worst.phase as 1 | 2 | 3 }),
		phases: phases.map(({ phase, lastVA, limitVA, peakVA, peakAtMs, overSinceMs, overMeanVA, filterUsed }) => ({
			...{ phase: phase as 1 | 2 | 3, lastVA, limitVA, peakVA, peakAt: instantOf(peakAtMs) },
			filterUsed: Math.min(1, filterUsed),
			...(overSinceMs === undefined ? {} : { overSince: instantOf(overSinceMs) }),
			...(overMeanVA === undefined ? {} : { overMeanVA }),
		})),
		rises: steps.slice(-MOST_TOLD).map(({ atMs: riseMs, phase, byVA, circuit }) => ({
			...{ at: instantOf(riseMs), phase: phase as 1 | 2 | 3, byVA },
			...(circuit === undefined ? {} : { circuit }),
		})),
		decisions: actions.slice(-MOST_TOLD).map(({ payload }) => payload),
		waited: waited.map(({ name }) => name),
		disobeyed: circuits.flatMap(({ name, disobeysSinceMs }) =>
			disobeysSinceMs === undefined ? [] : { name, since: instantOf(disobeysSinceMs) },
		),
		boards: boards.map(({ id }) => id),
		advice: advicesOf(story),
	};
}
