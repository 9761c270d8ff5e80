import type { Order } from '@pilotwire/pilot-wire';
import type { HouseDescription, RadiatorDescription } from './description.ts';
import type { Random } from './random.ts';

/** What a radiator obeys, in the order of its codes in `Radiators.obeyed`. */
export const OBEYED_ORDERS = [
	'comfort',
	'eco',
	'frost_protection',
	'off',
	'comfort_-1',
	'comfort_-2',
] as const satisfies readonly Order[];

const COMFORT = 0;
const ECO = 1;
const FROST_PROTECTION = 2;
const OFF = 3;
const COMFORT_1 = 4;
const COMFORT_2 = 5;
/** Below comfort, by code. */
const BELOW_COMFORT_K = [0, 3.5, 0, 0, 1, 2];

/** Signals on a wire: bit 0 the positive half, bit 1 the negative half. */
const NO_SIGNAL = 0;
const POSITIVE_HALF = 1;
const NEGATIVE_HALF = 2;
const FULL_WAVE = 3;

/** A full wave of 3 s means comfort_-1, of 7 s comfort_-2; a longer one eco. GIFAM's pulses, with half the distance between each. */
const PULSE_MIN_S = 1.5;
const PULSE_BETWEEN_S = 5;
const PULSE_MAX_S = 9;
/** Pulses come every 300 s; one may come late. */
const PULSE_VALID_S = 330;
/** A thermostat doesn't switch for less, s. */
const SHORTEST_SWITCH_S = 2;

/**
 * All radiators of a house, each with its own thermostat and its own ear on the wire:
 * what it obeys follows from the signal it saw and for how long, never from an order's name.
 */
export class Radiators {
	readonly count: number;
	/** What each draws, W. */
	readonly watts: Float64Array;
	/** Codes of {@link OBEYED_ORDERS}. */
	readonly obeyed: Uint8Array;
	readonly energyWh: Float64Array;
	readonly #list: readonly RadiatorDescription[];
	readonly #room: Uint16Array;
	readonly #phase: Uint8Array;
	readonly #powerW: Float64Array;
	readonly #responseS: Float64Array;
	readonly #ecoAfterS: Float64Array;
	readonly #comfortC: Float64Array;
	readonly #frostC: Float64Array;
	/** 0 where the thermostat is one of hysteresis. */
	readonly #periodS: Float64Array;
	/** Proportional band, or hysteresis, K. */
	readonly #bandK: Float64Array;
	readonly #signal: Uint8Array;
	readonly #heldS: Float64Array;
	readonly #pulse: Uint8Array;
	readonly #pulseLeftS: Float64Array;
	readonly #cycleS: Float64Array;
	readonly #heatS: Float64Array;
	readonly #heating: Uint8Array;

	constructor(house: HouseDescription, random: Random) {
		const list = house.radiators;
		const reals = (value: (radiator: RadiatorDescription) => number): Float64Array => Float64Array.from(list, value);
		const rooms = new Map(house.rooms.map((room, index) => [room.id, index]));
		const roomOf = (radiator: RadiatorDescription): number => rooms.get(radiator.room) ?? 0;
		this.count = list.length;
		this.#list = list;
		this.watts = new Float64Array(list.length);
		this.obeyed = new Uint8Array(list.length);
		this.energyWh = new Float64Array(list.length);
		this.#room = Uint16Array.from(list, roomOf);
		this.#phase = Uint8Array.from(list, ({ phase }) => phase - 1);
		this.#powerW = reals(({ powerW }) => powerW);
		this.#responseS = reals(({ responseS }) => responseS);
		this.#ecoAfterS = reals(({ orders, responseS }) => (orders === 6 ? Math.max(PULSE_MAX_S, responseS) : responseS));
		this.#comfortC = reals((radiator) => (house.rooms[roomOf(radiator)]?.comfortC ?? 0) - radiator.offsetK);
		this.#frostC = reals(({ frostC, offsetK }) => frostC - offsetK);
		this.#periodS = reals(({ thermostat }) => (thermostat.kind === 'chopping' ? thermostat.periodS : 0));
		this.#bandK = reals(({ thermostat }) =>
			thermostat.kind === 'chopping' ? thermostat.bandK : thermostat.hysteresisK,
		);
		this.#signal = new Uint8Array(list.length);
		this.#heldS = new Float64Array(list.length).fill(PULSE_VALID_S);
		this.#pulse = new Uint8Array(list.length);
		this.#pulseLeftS = new Float64Array(list.length);
		this.#cycleS = this.#periodS.map((periodS) => periodS * random());
		this.#heatS = this.#periodS.map((periodS, index) => {
			const startC = house.rooms[this.#room[index] as number]?.startC ?? 0;
			return heatOfPeriod(periodS, ((this.#comfortC[index] as number) - startC) / (this.#bandK[index] as number));
		});
		this.#heating = new Uint8Array(list.length);
	}

	/** @returns the radiator's index, or -1 */
	indexOf(id: string): number {
		return this.#list.findIndex((radiator) => radiator.id === id);
	}

	/** What is on a radiator's wire from now on. */
	setSignal(index: number, positiveHalf: boolean, negativeHalf: boolean): void {
		const signal = (positiveHalf ? POSITIVE_HALF : 0) | (negativeHalf ? NEGATIVE_HALF : 0);
		const before = this.#signal[index];
		if (before === signal) return;
		const heldS = this.#heldS[index] as number;
		if (before === FULL_WAVE && signal === NO_SIGNAL) this.#hearPulse(index, heldS);
		else if (signal !== FULL_WAVE) this.#pulseLeftS[index] = 0;
		this.#signal[index] = signal;
		this.#heldS[index] = 0;
	}

	#hearPulse(index: number, widthS: number): void {
		if (this.#list[index]?.orders !== 6 || widthS < PULSE_MIN_S || widthS >= PULSE_MAX_S) return;
		this.#pulse[index] = widthS < PULSE_BETWEEN_S ? COMFORT_1 : COMFORT_2;
		this.#pulseLeftS[index] = PULSE_VALID_S;
	}

	/** The supply is cut: nothing draws, and each forgets what it had heard. */
	cut(): void {
		this.watts.fill(0);
		this.obeyed.fill(COMFORT);
		this.#heldS.fill(0);
		this.#pulseLeftS.fill(0);
		this.#heating.fill(0);
		this.#heatS.fill(0);
		this.#cycleS.fill(0);
	}

	/**
	 * @param roomC temperatures by room
	 * @param voltage power at this voltage over nominal power, by phase
	 * @param phaseW each radiator's draw is added here
	 * @param roomW and here
	 */
	step(dtS: number, roomC: Float64Array, voltage: Float64Array, phaseW: Float64Array, roomW: Float64Array): void {
		const { watts, obeyed, energyWh } = this;
		const hours = dtS / 3600;
		for (let index = 0; index < this.count; index++) {
			const heldS = (this.#heldS[index] as number) + dtS;
			this.#heldS[index] = heldS;
			const order = this.#hear(index, heldS, dtS);
			if (order !== obeyed[index]) {
				obeyed[index] = order;
				this.#cycleS[index] = this.#periodS[index] as number;
			}
			const room = this.#room[index] as number;
			let draw = 0;
			if (order !== OFF && this.#heats(index, order, roomC[room] as number, dtS)) {
				const phase = this.#phase[index] as number;
				draw = (this.#powerW[index] as number) * (voltage[phase] as number);
				phaseW[phase] = (phaseW[phase] as number) + draw;
				roomW[room] = (roomW[room] as number) + draw;
				energyWh[index] = (energyWh[index] as number) + draw * hours;
			}
			watts[index] = draw;
		}
	}

	/** The order the signal means once it has lasted long enough; until then the one obeyed so far. */
	#hear(index: number, heldS: number, dtS: number): number {
		const signal = this.#signal[index];
		const obeyed = this.obeyed[index] as number;
		if (signal === FULL_WAVE) {
			if (heldS < (this.#ecoAfterS[index] as number)) return obeyed;
			this.#pulseLeftS[index] = 0;
			return ECO;
		}
		if (signal === NO_SIGNAL) {
			const leftS = this.#pulseLeftS[index] as number;
			if (leftS > 0) {
				this.#pulseLeftS[index] = leftS - dtS;
				return this.#pulse[index] as number;
			}
			return heldS < (this.#responseS[index] as number) ? obeyed : COMFORT;
		}
		if (heldS < (this.#responseS[index] as number)) return obeyed;
		return signal === POSITIVE_HALF ? OFF : FROST_PROTECTION;
	}

	#heats(index: number, order: number, roomC: number, dtS: number): boolean {
		const targetC =
			order === FROST_PROTECTION
				? (this.#frostC[index] as number)
				: (this.#comfortC[index] as number) - (BELOW_COMFORT_K[order] as number);
		const periodS = this.#periodS[index] as number;
		const bandK = this.#bandK[index] as number;
		if (periodS === 0) {
			if (roomC < targetC - bandK) this.#heating[index] = 1;
			else if (roomC > targetC + bandK) this.#heating[index] = 0;
			return this.#heating[index] === 1;
		}
		let cycleS = (this.#cycleS[index] as number) + dtS;
		if (cycleS >= periodS) {
			cycleS %= periodS;
			this.#heatS[index] = heatOfPeriod(periodS, (targetC - roomC) / bandK);
		}
		this.#cycleS[index] = cycleS;
		return cycleS < (this.#heatS[index] as number);
	}
}

/** How much of a period heats, s. @param missing how far the room is below the set point, in proportional bands */
function heatOfPeriod(periodS: number, missing: number): number {
	const heatS = (missing + 0.5) * periodS;
	if (heatS < SHORTEST_SWITCH_S) return 0;
	return heatS > periodS - SHORTEST_SWITCH_S ? periodS : heatS;
}
