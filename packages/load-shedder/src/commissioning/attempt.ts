/** One attempt on a circuit: what the meter showed while it was told to draw, and what that means. */
import type { TrialCircuit } from './circuit.ts';
import { type AttemptEdges, pairOf } from './edges.ts';
import { above, between, type Levels } from './levels.ts';

/** The levels of one attempt, by phase, VA. */
export interface AttemptLevels {
	/** Held, before it was told to draw. */
	readonly before: Levels;
	/** Told to draw: the highest that lasted, and the level at the beginning. */
	readonly comfort: Levels;
	readonly early: Levels;
	/** Told `off`; absent where holding is `off` already. */
	readonly off: Levels | undefined;
	/** Held again. */
	readonly after: Levels;
	/** How coarse the meter's figures were, VA. */
	readonly stepVA: number;
	/** What rose and fell with the orders. */
	readonly edges?: AttemptEdges | undefined;
}

/** What the meter showed in an attempt. */
export type Sight =
	/** Something else changed meanwhile: it says nothing. */
	| { readonly kind: 'disturbed' }
	| { readonly kind: 'nothing' }
	| {
			/**
			 * It draws when told to; or also under `off`; or under frost_protection, so that `off` takes it away; or it draws
			 * while held and stops when told to draw.
			 */
			readonly kind: 'draws' | 'off_heats' | 'frost_heats' | 'inverted';
			readonly phase: number;
			/** On that phase. */
			readonly powerVA: number;
			/** It was so from the beginning; otherwise it may be something else that was switched on. */
			readonly steady: boolean;
			/** Something else changed meanwhile: it is known by the steps that came and went with the orders. */
			readonly byEdges?: true;
			/** Others on which as much as that changed. */
			readonly alsoPhases: readonly number[];
	  };

/** A step below this is no heater, VA. */
const LEAST_VA = 120;
/** What stands on both sides of an attempt may differ by this and is taken for the same, VA; or this share of the power. */
const SAME_VA = 80;
const SAME_SHARE = 0.12;
/** Where no step is as high as this share of its power, it drew nothing. */
const NOTHING_SHARE = 0.4;
/** A second phase that shows this share of the first draws too. */
const ALSO_SHARE = 0.5;
/** A power within this share of the configured one is the configured one: a rating holds at 230 V, and rounds. */
const FITS_SHARE = 0.15;
/** Two attempts that show powers within this share of each other show the same. */
const AGREES_SHARE = 0.15;

/** Reads an attempt, on the phases on which nothing else changed for good meanwhile. */
export function sightOf(levels: AttemptLevels, powerVA: number): Sight {
	const { before, comfort, early, off, after, stepVA, edges } = levels;
	const sameVA = Math.max(SAME_VA, SAME_SHARE * powerVA, 1.1 * stepVA);
	const quiet = [...above(after, before)].filter(([, stepOf]) => Math.abs(stepOf) <= sameVA).map(([phase]) => phase);
	const leastVA = Math.max(LEAST_VA, 1.2 * stepVA);
	const held = between(before, after);
	const risen = only(quiet, above(comfort, held));
	const fallen = off === undefined ? undefined : only(quiet, above(off, held));
	const drawn = highest(risen);
	if (drawn.powerVA >= leastVA) {
		const earlyVA = (early.get(drawn.phase) ?? 0) - (held.get(drawn.phase) ?? 0);
		const steady = Math.abs(drawn.powerVA - earlyVA) <= sameVA;
		// What fits is more likely than what doesn't: a thermostat may begin late, another appliance be switched on.
		const isEarly = earlyVA >= leastVA && Math.abs(earlyVA - powerVA) < Math.abs(drawn.powerVA - powerVA);
		const seen = { ...drawn, powerVA: isEarly ? earlyVA : drawn.powerVA, steady };
		const underOff = fallen?.get(drawn.phase) ?? 0;
		return { kind: underOff >= ALSO_SHARE * drawn.powerVA ? 'off_heats' : 'draws', ...seen };
	}
	const gone = highest(new Map([...(fallen ?? [])].map(([phase, stepOf]) => [phase, -stepOf])));
	if (gone.powerVA >= leastVA) return { kind: 'frost_heats', ...gone, steady: true };
	const less = highest(new Map([...risen].map(([phase, stepOf]) => [phase, -stepOf])));
	if (less.powerVA >= leastVA) return { kind: 'inverted', ...less, steady: true };
	if (quiet.length === before.size) return { kind: 'nothing' };
	return edges === undefined ? { kind: 'disturbed' } : sightOfEdges(edges, powerVA, leastVA, sameVA);
}

/** What the steps say where levels say nothing: others were switched in between, but hardly ever twice at the same second. */
function sightOfEdges(edges: AttemptEdges, powerVA: number, leastVA: number, sameVA: number): Sight {
	const pair = pairOf(edges, leastVA, sameVA);
	if (pair !== undefined) {
		return { kind: 'draws', phase: pair.phase, powerVA: pair.stepVA, steady: true, byEdges: true, alsoPhases: [] };
	}
	const couldBe = Math.max(leastVA, NOTHING_SHARE * powerVA);
	return { kind: edges.during.some(({ stepVA }) => stepVA >= couldBe) ? 'disturbed' : 'nothing' };
}

/** Whether an attempt shows the circuit as it is configured. What a charger draws, the car decides. */
export function fits(sight: Sight, circuit: TrialCircuit, stepVA: number): boolean {
	if (sight.kind !== 'draws' || sight.phase !== circuit.phase || sight.alsoPhases.length > 0) return false;
	return circuit.kind === 'charger' || isPower(sight.powerVA, circuit.powerVA, stepVA);
}

/** Whether a power that was seen is the configured one. */
export function isPower(seenVA: number, powerVA: number, stepVA: number): boolean {
	return Math.abs(seenVA - powerVA) <= FITS_SHARE * powerVA + stepVA / 2;
}

/** Whether two attempts surely show the same: where one of them was not steady, only the circuit's own power is sure. */
export function agrees(one: Sight, other: Sight, circuit: TrialCircuit, stepVA: number): boolean {
	if (one.kind !== other.kind || one.kind === 'disturbed') return false;
	if (one.kind === 'nothing' || !('phase' in one) || !('phase' in other)) return true;
	const isOwn = ({ powerVA }: { readonly powerVA: number }): boolean => isPower(powerVA, circuit.powerVA, stepVA);
	if (!(one.steady && other.steady) && !((one.steady || other.steady) && isOwn(one) && isOwn(other))) return false;
	const far = Math.abs(one.powerVA - other.powerVA);
	const isSame = one.phase === other.phase && one.alsoPhases.join() === other.alsoPhases.join();
	return isSame && far <= Math.max(SAME_VA, AGREES_SHARE * one.powerVA, stepVA);
}

const only = (phases: readonly number[], levels: Levels): Levels =>
	new Map([...levels].filter(([phase]) => phases.includes(phase)));

/** The phase with the highest step, and those that show nearly as much. */
function highest(steps: Levels): { phase: number; powerVA: number; alsoPhases: number[] } {
	const sorted = [...steps].sort(([, a], [, b]) => b - a);
	const [phase, powerVA] = sorted[0] ?? [1, 0];
	const also = sorted.slice(1).filter(([, stepOf]) => stepOf >= Math.max(LEAST_VA, ALSO_SHARE * powerVA));
	return { phase, powerVA, alsoPhases: also.map(([other]) => other).sort() };
}
