import type { House } from '../house.ts';

/** One minute of the house, for whoever wants more than sums. Arrays are the twin's own: copy what is to be kept. */
export interface TwinMinute {
	/** Since the start, s. */
	readonly atS: number;
	readonly house: House;
	/** Wanted by each radiator's room, °C. */
	readonly wantedC: Float64Array;
	/** Means over the minute, by phase: active power, W, and what the meter calls drawn, VA. */
	readonly meanW: Float64Array;
	readonly meanVA: Float64Array;
}

/** Sums over a run. */
export interface TwinFigures {
	readonly simulatedS: number;
	/** Times that the breaker opened. */
	readonly openings: number;
	/** Of these, those of a phase whose radiators had all been off for two minutes: what else it drew was too much by itself. */
	readonly openingsWithNoneOn: number;
	/** Minutes in which a phase drew more than its share of the subscription, all phases added up; counted in seconds. */
	readonly minutesAbove: number;
	/** Below the wanted temperature, all rooms added up, K h. */
	readonly degreeHours: number;
	/** Changes of order that the programme didn't ask for, per radiator and day. */
	readonly switchingsPerRadiatorDay: number;
	/** The longest time that a radiator had less than it wanted, s. */
	readonly longestWaitS: number;
	/** The same, less the minutes in which its phase had no room for it even without any other circuit, s. */
	readonly longestWaitWithRoomS: number;
	/** What all radiators drew, kWh. */
	readonly heatingKWh: number;
	/** What the whole house drew, kWh. */
	readonly energyKWh: number;
	/** The coldest a room has been, °C. */
	readonly coldestC: number;
	/** Minutes in which at least one radiator had less than it wanted. */
	readonly minutesShed: number;
}

/** Counts what a run costs: seconds above at every second, temperatures once a minute. */
export class Measures {
	readonly minute: TwinMinute;
	degreeHours = 0;
	secondsAbove = 0;
	wattSeconds = 0;
	coldestC = Number.POSITIVE_INFINITY;
	minutesShed = 0;
	atS = 0;
	readonly #house: House;
	readonly #limitVA: number;
	readonly #sumW: Float64Array;
	readonly #sumVA: Float64Array;
	readonly #meanW: Float64Array;
	readonly #meanVA: Float64Array;
	readonly #roomOf: Uint16Array;
	#seconds = 0;

	constructor(house: House, limitVA: number, wantedC: Float64Array) {
		const phases = house.watts.length;
		const { rooms, radiators } = house.description;
		this.#house = house;
		this.#limitVA = limitVA;
		this.#sumW = new Float64Array(phases);
		this.#sumVA = new Float64Array(phases);
		this.#meanW = new Float64Array(phases);
		this.#meanVA = new Float64Array(phases);
		this.#roomOf = Uint16Array.from(radiators, ({ room }) => rooms.findIndex(({ id }) => id === room));
		this.minute = { atS: 0, house, wantedC, meanW: this.#meanW, meanVA: this.#meanVA };
	}

	/** A second has passed. */
	second(): void {
		const { watts, meter } = this.#house;
		const sumW = this.#sumW;
		const sumVA = this.#sumVA;
		for (let index = 0; index < watts.length; index++) {
			const va = meter.drawnVA[index] as number;
			if (va > this.#limitVA) this.secondsAbove++;
			sumW[index] = (sumW[index] as number) + (watts[index] as number);
			sumVA[index] = (sumVA[index] as number) + va;
		}
		this.#seconds++;
	}

	/** A minute has passed. @param anyWaits whether a radiator has less than it wants now */
	close(anyWaits: boolean): TwinMinute {
		const { roomC } = this.#house;
		const { wantedC } = this.minute;
		const hours = this.#seconds / 3600;
		for (let index = 0; index < wantedC.length; index++) {
			const temperatureC = roomC[this.#roomOf[index] as number] as number;
			const missing = (wantedC[index] as number) - temperatureC;
			if (missing > 0) this.degreeHours += missing * hours;
			if (temperatureC < this.coldestC) this.coldestC = temperatureC;
		}
		for (let index = 0; index < this.#sumW.length; index++) {
			this.#meanW[index] = (this.#sumW[index] as number) / this.#seconds;
			this.#meanVA[index] = (this.#sumVA[index] as number) / this.#seconds;
			this.wattSeconds += this.#sumW[index] as number;
		}
		this.#sumW.fill(0);
		this.#sumVA.fill(0);
		this.#seconds = 0;
		if (anyWaits) this.minutesShed++;
		return Object.assign(this.minute, { atS: this.#house.elapsedMs / 1000 });
	}
}
