/** What commissioning knows of circuits and phases. Times are the caller's monotonic clock, ms; powers are VA. */
import type { Order } from '@pilotwire/contract';

/** A circuit as its actuator and the probes of its room say it is. */
export interface TrialCircuit {
	readonly id: string;
	readonly name: string;
	readonly kind: 'radiator' | 'switch' | 'water_heater' | 'charger';
	/** As configured. */
	readonly phase: number;
	readonly powerVA: number;
	/** Its output, such as board `1-32` and wire 3; absent for what has none. */
	readonly board?: string | undefined;
	readonly wire?: number | undefined;
	readonly inForce: Order;
	readonly reachable: boolean;
	/** False while it must not be held off. */
	readonly controllable: boolean;
	/** Its room is colder than its guard temperature: it heats, whatever it is told. */
	readonly frostGuard: boolean;
	/** A person's order, as one text: another one means that somebody wants something else of it. */
	readonly byHand: string;
	/** What it bears, s. */
	readonly minOnS: number;
	readonly minOffS: number;
	/** Its room, °C, where a probe says it. */
	readonly roomC?: number | undefined;
}

/** What a meter says of one phase. */
export interface PhaseLoad {
	readonly phase: number;
	readonly loadVA: number;
	readonly limitVA: number;
	/** How coarse the figure is: 10 or less, or 230 where it follows from whole amperes. */
	readonly stepVA: number;
	readonly atMs: number;
}

/** What a circuit that isn't tried is told: no more than keeps a cold room from freezing. */
export function holdOrder({ kind }: Pick<TrialCircuit, 'kind'>): Order {
	return kind === 'radiator' ? 'frost_protection' : 'off';
}
