import type { Order } from '@pilotwire/circuit';

/** A phase's load, as often as the meter says it: a finer figure of the same frame simply replaces the coarser. */
export interface LoadEvent {
	readonly kind: 'load';
	readonly phase: number;
	readonly apparentPowerVA: number;
	/** What may be drawn on this phase. A load at the limit is not over. */
	readonly limitVA: number;
	/** The meter's own alert (ADPS, ADIRn, STGE bit 7) says over, whatever the figure. */
	readonly sureOver?: boolean;
}

/** A circuit as its actuator last said it. */
export interface CircuitEvent {
	readonly kind: 'circuit';
	readonly id: string;
	readonly phase: number;
	/** Rated power, W. */
	readonly powerW: number;
	/** Power seen on the meter, W; used instead where known. */
	readonly learnedPowerW?: number;
	/** 1 is the most important: shed last, restored first. */
	readonly priority: number;
	readonly wanted: Order;
	readonly inForce: Order;
	/** False: never shed. */
	readonly controllable: boolean;
	/** False: its output doesn't answer, so nobody can take its load away. True where nothing is said. */
	readonly reachable?: boolean;
	/** Its room's temperature, °C, where it is known. */
	readonly roomC?: number;
	/** Its room is colder than its guard temperature: it is admitted first and shed last. */
	readonly frostGuard?: boolean;
	readonly minOnS?: number;
	readonly minOffS?: number;
	readonly maxWaitS?: number;
}

/** What the meter says of a phase's breaker. */
export interface BreakerEvent {
	readonly kind: 'breaker';
	readonly phase: number;
	/** Whether a Linky's filter opens it; null where nobody knows. */
	readonly linky: boolean | null;
	/** Highest apparent power of the last hours (SMAXSN), VA: it bounds the filter where nobody watched. */
	readonly peakVA?: number;
}

export type SheddingEvent =
	| LoadEvent
	| CircuitEvent
	| BreakerEvent
	| { readonly kind: 'circuit_removed'; readonly id: string }
	/** No load from one phase, or from the whole meter. */
	| { readonly kind: 'silence'; readonly phase?: number }
	/** Time passes: to be sent at least once a second. */
	| { readonly kind: 'tick' }
	/** Decisions stop, and start again with new windows. */
	| { readonly kind: 'paused' }
	| { readonly kind: 'resumed' };
