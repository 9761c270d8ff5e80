import { needK, wornNow } from './comfort.ts';
import type { Circuit } from './state.ts';

/** What one more room that waits costs, with its switchings, beside a kelvin that another is colder. */
const ROOM = 2;
/** What each switching of the last hours costs on top. */
const WORN = 0.1;
/** What a kilowatt less costs: of two that are enough, the smaller waits. */
const KILOWATT = 0.5;
/** Below this a room's cold counts more than in proportion, K: rather several a little colder than one for good. */
const COLD_K = 1;
/** However warm and unimportant its room may be, a switching costs something. */
const LEAST = 0.1;

/**
 * What it costs to shed a circuit: a room that waits, and how much it needs its place. All rooms cool alike, however strong
 * their radiators are, so one strong radiator costs less than two weak ones.
 */
export function shedCost(circuit: Circuit, now: number): number {
	const worn = WORN * wornNow(circuit, now);
	const need = needK(circuit, now);
	const cold = Math.max(0, need - COLD_K) ** 2;
	return Math.max(LEAST, ROOM + worn + KILOWATT * (circuit.powerVA / 1000) + need + cold);
}
