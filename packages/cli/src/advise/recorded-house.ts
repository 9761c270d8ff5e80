/** What the history says of whole days, minute by minute; the days follow one another, those with gaps are left out. */
export interface RecordedHouse {
	/** By phase: apparent power that the meter saw, means over each minute, VA. */
	readonly loadVA: readonly Float64Array[];
	readonly circuits: readonly RecordedCircuit[];
	/** Hour of the day of each minute, local. */
	readonly hours: Uint8Array;
	readonly days: number;
	/** Days asked for that have too many gaps, or nothing at all. */
	readonly daysLeftOut: number;
	/** Minutes without a load, which repeat the one before. */
	readonly filledMinutes: number;
}

/** A circuit whose heating is to be taken out. */
export interface RecordedCircuit {
	readonly id: string;
	readonly phase: 1 | 2 | 3;
	/** What it draws while it heats, W, and whether that was learned from the meter. */
	readonly powerW: number;
	readonly learned: boolean;
	/** Share of each minute in which its order let it heat to comfort (or 1 or 2 °C less), and to eco. */
	readonly comfort: Float32Array;
	readonly eco: Float32Array;
	/** 1 where a programme or a person decided all through the minute: neither shedding nor a fallback nor a fault. */
	readonly chosen: Uint8Array;
}
