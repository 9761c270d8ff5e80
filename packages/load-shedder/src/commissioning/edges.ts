/** Steps of the load at the moments when an order changes: seen also where something else changes in between. */
import type { PhaseLoad } from './circuit.ts';

/** A step of one phase's load, up or down, VA. */
export interface Edge {
	readonly phase: number;
	readonly stepVA: number;
}

/** The steps of an attempt. */
export interface AttemptEdges {
	/** Up, when it was told to draw; and all the time that it was. */
	readonly begun: readonly Edge[];
	readonly during: readonly Edge[];
	/** Down, when it was held again. */
	readonly ended: readonly Edge[];
}

/** What a load varies by without being taken for a step, VA; or this much of how coarse the meter's figures are. */
const STILL_VA = 60;
const STILL_STEPS = 1.1;

/**
 * The steps of all phases between two moments: figures that go on rising, or falling, are one step. Those of the other
 * direction are left out.
 */
export function edgesOf(
	samples: readonly PhaseLoad[],
	fromMs: number,
	toMs: number,
	direction: 'up' | 'down',
): readonly Edge[] {
	const phases = [...new Set(samples.map(({ phase }) => phase))];
	const sign = direction === 'up' ? 1 : -1;
	return phases.flatMap((phase) => {
		const steps: Edge[] = [];
		let stepVA = 0;
		const own = samples.filter((sample) => sample.phase === phase && sample.atMs <= toMs);
		for (const [at, { loadVA, stepVA: coarseVA, atMs }] of own.entries()) {
			const risenVA = sign * (loadVA - (own[at - 1]?.loadVA ?? loadVA));
			const isStep = atMs >= fromMs && risenVA > Math.max(STILL_VA, STILL_STEPS * coarseVA);
			if (isStep) stepVA += risenVA;
			else if (stepVA > 0) {
				steps.push({ phase, stepVA });
				stepVA = 0;
			}
		}
		return stepVA > 0 ? [...steps, { phase, stepVA }] : steps;
	});
}

/** The one step that came with the order and went with it; undefined where there is none, or more than one. */
export function pairOf({ begun, ended }: AttemptEdges, leastVA: number, sameVA: number): Edge | undefined {
	const pairs = begun.flatMap(({ phase, stepVA }) => {
		const back = ended.find((edge) => edge.phase === phase && Math.abs(edge.stepVA - stepVA) <= sameVA);
		return back === undefined || stepVA < leastVA ? [] : [{ phase, stepVA: (stepVA + back.stepVA) / 2 }];
	});
	return pairs.length === 1 ? pairs[0] : undefined;
}
