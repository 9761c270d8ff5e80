/** What goes wrong in a twin run. Times are in seconds since the start. */
export interface TwinFault {
	/**
	 * `meter_silent`: nothing arrives. `meter_absurd`: the figures are absurd (48,370 VA), with right checksums.
	 * `board_silent`: board `which` doesn't answer and keeps what stands on its wires. `board_unpowered`: it doesn't answer
	 * and its radiators hear no signal. `board_reset`: its chip has lost its state, once. `radiator_deaf`: radiator `which`
	 * does not obey. `plug_silent`: circuit `which` neither obeys nor says so. `shedder_hung`: it neither hears nor says
	 * anything. `shedder_restart`: a new life, once. `late`: each message up to `amount` seconds late. `lost`: a share of
	 * `amount` of the messages never arrives. `clock_jump`: the clocks of shedder and actuator jump by `amount` seconds, once.
	 */
	readonly kind:
		| 'meter_silent'
		| 'meter_absurd'
		| 'board_silent'
		| 'board_unpowered'
		| 'board_reset'
		| 'radiator_deaf'
		| 'plug_silent'
		| 'shedder_hung'
		| 'shedder_restart'
		| 'late'
		| 'lost'
		| 'clock_jump';
	readonly fromS: number;
	/** For ever where not given. */
	readonly forS?: number;
	/** Again and again, so many seconds from one beginning to the next. */
	readonly everyS?: number;
	/** Index of a radiator, or a board's I2C address. */
	readonly which?: number;
	readonly amount?: number;
}

/** The faults of a run, by moment. */
export class Faults {
	readonly #list: readonly TwinFault[];

	constructor(list: readonly TwinFault[]) {
		this.#list = list;
	}

	/** The first fault of a kind that holds at a moment. @param which one that concerns this circuit or board */
	at(kind: TwinFault['kind'], atS: number, which?: number): TwinFault | undefined {
		for (const fault of this.#list) {
			if (fault.kind !== kind || (which !== undefined && fault.which !== which)) continue;
			const sinceS = sinceBegin(fault, atS);
			if (sinceS >= 0 && sinceS < (fault.forS ?? Number.POSITIVE_INFINITY)) return fault;
		}
		return undefined;
	}

	/** The first of a kind that happens in the second that ends now. */
	now(kind: TwinFault['kind'], nowS: number): TwinFault | undefined {
		for (const fault of this.#list) {
			const sinceS = sinceBegin(fault, nowS);
			if (fault.kind === kind && sinceS >= 0 && sinceS < 1) return fault;
		}
		return undefined;
	}
}

/** Seconds since the fault last began; below 0 before. */
function sinceBegin({ fromS, everyS }: TwinFault, atS: number): number {
	const sinceS = atS - fromS;
	return everyS === undefined || sinceS < 0 ? sinceS : sinceS % everyS;
}
