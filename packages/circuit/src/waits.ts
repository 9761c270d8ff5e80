/** Who has waited since when: what the rotation is fair by. */
import type { FallbackCircuit } from './rotation.ts';

/** When each circuit last had what it wants, and last had frost_protection because it had waited (monotonic ms). */
export interface Waits {
	readonly turnMs: ReadonlyMap<string, number>;
	readonly frostMs: ReadonlyMap<string, number>;
}

/** The circuits that have their wanted order, or frost_protection under rule 2, at one moment. */
export interface Served {
	readonly turn: ReadonlySet<string>;
	readonly frost: ReadonlySet<string>;
}

/** Before anything is known of any circuit. */
export const NO_WAITS: Waits = { turnMs: new Map(), frostMs: new Map() };

/**
 * Brings the waits to `nowMs`: a wait begins anew for who is served, wants nothing, or is new. Circuits that are gone are
 * forgotten.
 */
export function updateWaits(
	former: Waits,
	circuits: readonly FallbackCircuit[],
	nowMs: number,
	served: Served = { turn: new Set(), frost: new Set() },
): Waits {
	const turnMs = new Map<string, number>();
	const frostMs = new Map<string, number>();
	for (const { id, wanted } of circuits) {
		const hasTurn = wanted === 'off' || served.turn.has(id);
		turnMs.set(id, hasTurn ? nowMs : (former.turnMs.get(id) ?? nowMs));
		const frost = served.frost.has(id) ? nowMs : former.frostMs.get(id);
		if (frost !== undefined) frostMs.set(id, frost);
	}
	return { turnMs, frostMs };
}
