// What a phase's gauge shows: load against limit, and how near the breaker is.
import { firstMeter, type House } from './house.ts';

/** The gauge's top, as a share of the limit: a Linky never opens below 1.3 times its setting. */
export const GAUGE_TOP = 1.3;
/** From this share of the limit on, the phase is called nearly full. */
const NEAR = 0.85;

/** `calm`, `near` its limit, `over` it, or `missing`: a phase without voltage. */
export type Severity = 'calm' | 'near' | 'over' | 'missing';

/** One phase's figures. */
export interface Gauge {
	readonly phase: number;
	readonly loadVA: number;
	readonly limitVA: number;
	/** Limit minus load; negative while over. */
	readonly headroomVA: number;
	readonly severity: Severity;
	/** The highest load of the last minutes, VA; undefined where none was heard. */
	readonly peakVA: number | undefined;
	/** Share of the breaker's filter used, 0 to 1; undefined while the shedder says nothing. */
	readonly filterUsed: number | undefined;
	/** Seconds at this load until the breaker opens; undefined where it never would. */
	readonly tripInS: number | undefined;
}

/** The gauges, phase 1 first. `shedderLive`: the shedder's figures are of these seconds. */
export function gauges(house: House, peaks: ReadonlyMap<number, number>, shedderLive: boolean): Gauge[] {
	const load = firstMeter(house.loads)?.value;
	const said = shedderLive ? house.shedder?.value.phases : undefined;
	return [...(load?.phases ?? [])]
		.sort((a, b) => a.phase - b.phase)
		.map(({ phase, apparentPowerVA, limitVA, over, missing }) => {
			const margin = said?.find((one) => one.phase === phase);
			return {
				phase,
				loadVA: apparentPowerVA,
				limitVA,
				headroomVA: limitVA - apparentPowerVA,
				severity: severityOf(apparentPowerVA, limitVA, over, missing === true),
				peakVA: peaks.get(phase),
				filterUsed: margin?.filterUsed,
				tripInS: margin?.tripInS,
			};
		});
}

function severityOf(loadVA: number, limitVA: number, over: boolean, missing: boolean): Severity {
	if (missing) return 'missing';
	if (over || loadVA > limitVA) return 'over';
	return loadVA >= limitVA * NEAR ? 'near' : 'calm';
}

/** Where a figure stands on the gauge, 0 (empty) to 1 (its top). */
export function gaugeShare(va: number, limitVA: number): number {
	if (limitVA <= 0) return 0;
	return Math.min(1, Math.max(0, va / limitVA / GAUGE_TOP));
}

/** What is left of the breaker's patience on the phase where least is, 0 (it opens) to 1; undefined where nobody says. */
export function breakerMargin(all: readonly Gauge[]): number | undefined {
	const used = all.map(({ filterUsed }) => filterUsed).filter((share) => share !== undefined);
	return used.length === 0 ? undefined : Math.max(0, 1 - Math.max(...used));
}

/** The whole house's load and limit, VA. */
export function total(all: readonly Gauge[]): { loadVA: number; limitVA: number } {
	return {
		loadVA: all.reduce((sum, { loadVA }) => sum + loadVA, 0),
		limitVA: all.reduce((sum, { limitVA }) => sum + limitVA, 0),
	};
}
