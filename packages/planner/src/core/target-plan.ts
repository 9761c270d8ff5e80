/** The temperature that a thermostat is asked for at any instant: its programme, and an absence. Pure. */
import type { Calendar } from '@pilotwire/calendar';
import type { Order, Programme } from '@pilotwire/contract';
import { type Away, phaseAt } from './away.ts';
import { type KnownCircuit, restsInAbsence } from './targets.ts';
import { Week } from './week.ts';

/** A week has every change of a programme. Milliseconds. */
const WEEK_MS = 8 * 86_400_000;

/** A thermostat as the bus tells of it. */
export interface KnownThermostat {
	readonly id: string;
	/** What people set, °C: what holds without a programme. */
	readonly setC: number;
	/** The circuits that it heats and cools with. */
	readonly heats: string | undefined;
	readonly cools: string | undefined;
}

/** What is said to a thermostat. Without a temperature nothing is: what people set holds. */
interface Target {
	readonly temperatureC: number;
	readonly programme: string | undefined;
	readonly why: 'programme' | 'absence' | 'return';
}

/** How much less each order is than comfort, K (GIFAM); below eco, nothing is kept warm. */
const LESS_K: Readonly<Partial<Record<Order, number>>> = { comfort: 0, 'comfort_-1': 1, 'comfort_-2': 2, eco: 3.5 };

/** What the plans of all thermostats have in common. */
export interface TargetParts {
	readonly calendar: Calendar;
	readonly away: Away | undefined;
	/** What an absence at frost protection asks of thermostats, °C. */
	readonly frostC: number;
}

/**
 * One thermostat's plan. An absence lowers what heats a room or water, and nothing that may cool: neither a fridge nor a
 * fermenter may rest, and a lower target would make a cooler run.
 */
export class TargetPlan {
	readonly thermostat: string;
	readonly #week: Week<number> | undefined;
	readonly #programme: string | undefined;
	readonly #parts: TargetParts;
	readonly #setC: number | undefined;
	readonly #rests: boolean;

	/** `known`: undefined where nobody has heard of it yet. */
	constructor(
		parts: TargetParts,
		thermostat: string,
		programme: Programme | undefined,
		known: KnownThermostat | undefined,
		circuits: ReadonlyMap<string, KnownCircuit>,
	) {
		this.thermostat = thermostat;
		this.#parts = parts;
		this.#programme = programme?.id;
		if (programme !== undefined) {
			this.#week = new Week(parts.calendar, programme.changes, ({ temperatureC }) => temperatureC);
		}
		this.#setC = known?.setC;
		const heater = known?.heats === undefined ? undefined : circuits.get(known.heats);
		this.#rests = heater !== undefined && known?.cools === undefined && restsInAbsence(heater);
	}

	/** What is said at an instant. */
	at(atMs: number): Target | undefined {
		const week = this.#week?.at(atMs);
		const said = week === undefined ? undefined : this.#target(week, 'programme');
		const { away, frostC } = this.#parts;
		const phase = phaseAt(away, atMs);
		const base = week ?? this.#setC;
		if (away === undefined || !this.#rests || base === undefined || phase === 'none' || phase === 'planned')
			return said;
		const less = LESS_K[away.order];
		const wanted =
			phase === 'away'
				? Math.min(base, less === undefined ? frostC : Math.max(frostC, base - less))
				: Math.max(base, this.#week?.at(away.untilMs ?? atMs) ?? base);
		return wanted === base ? said : this.#target(wanted, phase === 'away' ? 'absence' : 'return');
	}

	/** When the temperature will be another one by its programme, and that temperature. */
	next(
		atMs: number,
		edges: readonly number[],
	): { readonly atMs: number; readonly temperatureC: number | undefined } | undefined {
		const now = this.at(atMs)?.temperatureC;
		const all = [...(this.#week?.changes(atMs, atMs + WEEK_MS) ?? []), ...edges];
		for (const edgeMs of all.filter((edge) => edge > atMs && Number.isFinite(edge)).sort((one, other) => one - other)) {
			const then = this.at(edgeMs)?.temperatureC;
			if (then !== now) return { atMs: edgeMs, temperatureC: then };
		}
		return undefined;
	}

	/** The instants at which its programme changes. */
	changes(fromMs: number, toMs: number): number[] {
		return this.#week?.changes(fromMs, toMs) ?? [];
	}

	#target(temperatureC: number, why: Target['why']): Target {
		return { temperatureC: Math.round(temperatureC * 10) / 10, programme: this.#programme, why };
	}
}
