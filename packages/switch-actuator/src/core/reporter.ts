import type { Circuits, Decision, Moment } from '@pilotwire/circuit';
import { type CircuitState, topics } from '@pilotwire/contract';
import { type Bus, instantOf } from '@pilotwire/runtime';
import type { HotWater } from './hot-water.ts';
import type { Plug } from './plug.ts';
import type { Switched } from './switched.ts';

/** Powers are said to this, W, and energies to this, Wh: a state is published when it changes. */
const POWER_STEP_W = 50;
const ENERGY_STEP_WH = 100;

const NOBODY: ReadonlySet<Switched> = new Set();

/** What a reporter reads from. */
export interface ReporterParts {
	readonly bus: Bus;
	readonly circuits: Circuits<Switched>;
	readonly plugs: ReadonlyMap<string, Plug>;
	readonly tanks: ReadonlyMap<string, HotWater>;
}

/** Publishes what is in force on each switched circuit, on every change and only then. */
export class Reporter {
	readonly #parts: ReporterParts;

	constructor(parts: ReporterParts) {
		this.#parts = parts;
	}

	report(decision: Decision, now: Moment): void {
		const { bus, circuits } = this.#parts;
		const safe = this.#protected(now);
		for (const circuit of circuits.all) {
			const common = circuits.report(circuit, decision, now);
			if (common === undefined) continue;
			const state: Omit<CircuitState, 'at'> = {
				...common,
				kind: circuit.config.kind,
				...this.#particulars(circuit, safe),
			};
			if (!circuits.isNews(circuit.id, state)) continue;
			bus.publish(topics.circuit, { circuit: circuit.id }, { at: instantOf(now.wallMs), ...state });
		}
	}

	/** The water heaters that are short and protected now. */
	#protected({ monotonicMs }: Moment): ReadonlySet<Switched> {
		const { circuits, tanks } = this.#parts;
		if (tanks.size === 0) return NOBODY;
		const short = circuits.all.filter(({ id }) => tanks.get(id)?.isShort === true);
		const fitting = circuits.learning.fitTogether(short);
		return new Set(fitting.filter(({ phase }) => !circuits.learning.isOver(phase, monotonicMs)));
	}

	#particulars(circuit: Switched, safe: ReadonlySet<Switched>): Partial<CircuitState> {
		const { plugs, tanks } = this.#parts;
		const { minOnS, minOffS, maxWaitS, power } = circuit.config;
		const measured = power === undefined ? undefined : plugs.get(circuit.id)?.powerW;
		return {
			...(minOnS === undefined ? {} : { minOnS }),
			...(minOffS === undefined ? {} : { minOffS }),
			...(maxWaitS === undefined ? {} : { maxWaitS }),
			...(measured === undefined ? {} : { measuredPowerW: Math.round(measured / POWER_STEP_W) * POWER_STEP_W }),
			...ofTank(tanks.get(circuit.id), safe.has(circuit)),
		};
	}
}

/**
 * A water heater that is short is protected: it must not be shed. But nothing is protected against the breaker: only
 * those are that fit together beside the load nobody controls, and only while their phase is within its limit; any other
 * goes before all else, and can be shed.
 */
function ofTank(tank: HotWater | undefined, isProtected: boolean): Partial<CircuitState> {
	if (tank === undefined) return {};
	return {
		dayEnergyWh: Math.floor(tank.dayWh / ENERGY_STEP_WH) * ENERGY_STEP_WH,
		...(tank.minimumWh > 0 ? { dayMinimumWh: tank.minimumWh } : {}),
		...(tank.isShort && isProtected ? { controllable: false } : {}),
		...(tank.isShort && !isProtected ? { priority: 1 } : {}),
	};
}
