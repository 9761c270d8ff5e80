import { missingK, wornNow } from './comfort.ts';
import type { Circuit } from './state.ts';

/** What a switching costs, and each one of the last hours on top of it. */
const SWITCHING = 2;
const WORN = 0.1;
/** What a kilowatt less costs, and a kilowatt less in a room that is a degree too cold. */
const KILOWATT = 0.5;
const COLD_KILOWATT = 1;
/** A degree above what is wanted is not worth more than this: its thermostat takes it back anyway. */
const WARMEST_K = 0.4;

/** What it costs to shed a circuit, beside what its priority says. */
export function shedCost(circuit: Circuit, now: number): number {
	const coldK = Math.max(-WARMEST_K, missingK(circuit, now));
	const powerKW = circuit.powerVA / 1000;
	return SWITCHING + WORN * wornNow(circuit, now) + powerKW * (KILOWATT + COLD_KILOWATT * coldK);
}
