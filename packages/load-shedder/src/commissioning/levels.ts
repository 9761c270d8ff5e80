/** Levels of the load over a stretch of time, by phase. */
import type { PhaseLoad } from './circuit.ts';

/** By phase, VA. */
export type Levels = ReadonlyMap<number, number>;

/**
 * The load that is not passed during `share` (0 to 1) of the figures that came from `fromMs` on, by phase; undefined
 * where a phase of `phases` has fewer than `least` of them.
 */
export function levelsOf(
	samples: readonly PhaseLoad[],
	phases: readonly number[],
	fromMs: number,
	share: number,
	least: number,
): Levels | undefined {
	const levels = new Map<number, number>();
	for (const phase of phases) {
		const own = samples.filter((sample) => sample.phase === phase && sample.atMs >= fromMs);
		const figures = own.map(({ loadVA }) => loadVA);
		if (figures.length < least) return undefined;
		figures.sort((a, b) => a - b);
		levels.set(phase, figures[Math.min(figures.length - 1, Math.floor(figures.length * share))] as number);
	}
	return levels;
}

/** What one level stands above another, by phase. */
export function above(level: Levels, base: Levels): Levels {
	return new Map([...level].map(([phase, loadVA]) => [phase, loadVA - (base.get(phase) ?? loadVA)]));
}

/** The mean of two levels. */
export function between(one: Levels, other: Levels): Levels {
	return new Map([...one].map(([phase, loadVA]) => [phase, (loadVA + (other.get(phase) ?? loadVA)) / 2]));
}

/** How far two levels are apart at most, VA. */
export function apartVA(one: Levels, other: Levels): number {
	return Math.max(0, ...[...above(one, other).values()].map(Math.abs));
}
