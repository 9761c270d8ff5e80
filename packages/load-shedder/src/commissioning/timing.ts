/** How long a run takes. Milliseconds. */
import { holdOrder, type TrialCircuit } from './circuit.ts';

/** After a change of orders radiators take up to 9 s to obey, and a slow meter 3 s to show it. */
export const SETTLE_MS = 10_000;
/** What is measured is measured over this: three frames of the slowest meter. */
export const MEASURE_MS = 9_000;
/** How long a circuit is told to draw: most of a chopping thermostat's period. */
const DRAW_MS = 26_000;
/** From here on a radiator that was told to draw can be seen to. */
export const FIRST_SEEN_MS = 8_000;
/** A step that belongs to an order comes this much before its output shows it, and this much after. */
export const BEFORE_SHOWN_MS = 2_000;
export const OBEYED_MS = 13_000;
/** An admission usually takes this. */
const ADMISSION_MS = 5_000;
/** Attempts are not evenly apart, by up to this: what switches evenly by itself can't keep step with them. */
const JITTER_MS = 8_000;
/** The longest wait for steady loads, for headroom, for an admission, for an output that shall show an order. */
export const CALM_WITHIN_MS = 20_000;
export const HEADROOM_WITHIN_MS = 60_000;
export const ADMITTED_WITHIN_MS = 90_000;
export const SHOWN_WITHIN_MS = 15_000;
/** Rounds at most: what is not as configured is tried again in the next one. */
export const MOST_ROUNDS = 4;
/** A run that has to repeat ends at this many times its shortest length, and this later. */
const LONGEST_FACTOR = 2;
const LONGEST_EXTRA_MS = 300_000;

/** How long a circuit is told to draw. */
export function drawMs({ minOnS }: TrialCircuit): number {
	return Math.max(DRAW_MS, minOnS * 1000);
}

/** How long it is held after that before it may be told to draw again. */
export function restMs(circuit: TrialCircuit, round: number): number {
	return SETTLE_MS + MEASURE_MS + jitterMs(circuit.id, round);
}

/** How long a run over these circuits takes: where nothing has to be repeated, and at the longest. */
export function lengthMs(circuits: readonly TrialCircuit[]): { expectedMs: number; atMostMs: number } {
	const perCircuit = circuits.map((circuit) => {
		const offMs = holdOrder(circuit) === 'off' ? 0 : SETTLE_MS + MEASURE_MS;
		return ADMISSION_MS + drawMs(circuit) + offMs + SETTLE_MS + MEASURE_MS + JITTER_MS;
	});
	const expectedMs = perCircuit.reduce((sum, ms) => sum + ms, SETTLE_MS + MEASURE_MS);
	return { expectedMs, atMostMs: LONGEST_FACTOR * expectedMs + LONGEST_EXTRA_MS };
}

/** The same for the same circuit and round, and as good as random otherwise (FNV-1a). */
function jitterMs(id: string, round: number): number {
	let hash = 0x811c9dc5;
	for (const letter of `${id} ${round}`) hash = Math.imul(hash ^ (letter.codePointAt(0) as number), 0x01000193) >>> 0;
	return hash % JITTER_MS;
}
