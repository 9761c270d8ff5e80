import type { Order } from '@pilotwire/circuit';
import type { HouseDescription } from '../description.ts';
import { createHouse, type House } from '../house.ts';
import { legalTime } from '../legal-time.ts';
import { TwinActuator } from './actuator.ts';
import { type Controller, noController, type TwinCircuit } from './controller.ts';
import { Faults, type TwinFault } from './faults.ts';
import { FaultyWorld } from './faulty-world.ts';
import type { LoadSteps } from './load-steps.ts';
import { Measures, type TwinFigures, type TwinMinute } from './measures.ts';
import { TwinReader } from './reader.ts';

/** eco is this far below comfort (GIFAM), K. */
const ECO_BELOW_K = 3.5;
const MINUTE_S = 60;
/** The time constant of a Linky's filter, s: who has been off for so long hardly counts in it any more. */
const FILTER_S = 125;

/** What is wanted of a circuit at a minute of the day, local. */
export type TwinProgramme = (index: number, minuteOfDay: number) => 'comfort' | 'eco';

export interface TwinOptions {
	readonly house: HouseDescription;
	readonly seed: number;
	/** Makes who decides; nobody where not given. */
	readonly controller?: (circuits: readonly TwinCircuit[]) => Controller;
	/** Comfort all day where not given. */
	readonly programme?: TwinProgramme;
	/** 1 is the most important; all equal where not given. */
	readonly priority?: (index: number) => number;
	readonly loads?: LoadSteps;
	/** What a radiator is said to draw, W; its rating where not given. */
	readonly saidPowerW?: (index: number) => number | undefined;
	/** What goes wrong; then messages, leases and the fallback are run too, which costs speed. */
	readonly faults?: readonly TwinFault[];
	/** The breaker is closed again this long after it opened, s. */
	readonly closeAfterS?: number;
	readonly onMinute?: (minute: TwinMinute) => void;
}

/**
 * A house on model time with its meter, its actuator and whoever decides in the loop: no bytes, no bus, no clock.
 * The same options give the same figures to the last bit.
 */
export class Twin {
	readonly house: House;
	readonly actuator: TwinActuator;
	readonly controller: Controller;
	readonly reader: TwinReader;
	readonly #options: TwinOptions;
	readonly #measures: Measures;
	readonly #circuits: readonly TwinCircuit[];
	readonly #roomOf: Uint16Array;
	readonly #wantedC: Float64Array;
	readonly #stepAt: Uint32Array;
	readonly #faulty: FaultyWorld | undefined;
	readonly #hear: (phase: number, va: number, limitVA: number, amps: number, atMs: number) => void;
	#nextLoadS = 0;
	#openingsWithNoneOn = 0;
	#closeAtS = Number.POSITIVE_INFINITY;

	constructor(options: TwinOptions) {
		const { house: description, seed, priority = () => 1, controller } = options;
		const house = createHouse(description, seed);
		this.house = house;
		this.#options = options;
		this.#circuits = description.radiators.map(({ id, phase, powerW }, index) => ({
			id,
			phase,
			powerW: options.saidPowerW?.(index) ?? powerW,
			priority: priority(index),
		}));
		const { rooms, radiators } = description;
		this.#roomOf = Uint16Array.from(radiators, ({ room }) => rooms.findIndex(({ id }) => id === room));
		this.reader = new TwinReader(house);
		this.controller = controller?.(this.#circuits) ?? noController(radiators.length);
		this.#wantedC = new Float64Array(radiators.length);
		const { minuteOfDay } = legalTime(house.nowMs);
		this.actuator = new TwinActuator(
			house,
			radiators.map((_, index) => this.#programmed(index, minuteOfDay)),
		);
		this.#measures = new Measures(house, this.reader.limitVA, this.#wantedC);
		this.#stepAt = new Uint32Array(house.watts.length);
		this.#faulty =
			options.faults &&
			new FaultyWorld(house, this.controller, this.actuator, this.#circuits, new Faults(options.faults), seed);
		this.#hear = (phase, va, limitVA, amps, atMs) => {
			if (this.#faulty !== undefined) this.#faulty.load(phase, va, limitVA, amps);
			else if (this.controller.load(phase, va, limitVA, amps, atMs)) this.#obey(atMs);
		};
		for (let index = 0; index < radiators.length; index++) this.#tell(index, house.elapsedMs);
		this.#minute();
	}

	/** Lets whole seconds pass. */
	run(forS: number): this {
		const { house, reader, controller } = this;
		const measures = this.#measures;
		for (let second = 0; second < forS; second++) {
			const startS = house.elapsedMs / 1000;
			if (startS >= this.#nextLoadS) this.#setLoads(startS);
			reader.compose();
			house.step(1);
			reader.deliver(this.#hear);
			if (this.#faulty !== undefined) this.#faulty.second();
			else if (controller.tick(house.elapsedMs)) this.#obey(house.elapsedMs);
			measures.second();
			if (house.breaker.open) this.#watchBreaker(startS + 1);
			if (house.elapsedMs % 60_000 === 0) this.#minute();
		}
		return this;
	}

	/** What the run cost so far. */
	figures(): TwinFigures {
		const { house, actuator } = this;
		const measures = this.#measures;
		actuator.finish();
		const simulatedS = house.elapsedMs / 1000;
		const count = Math.max(1, house.radiators.count);
		const switchings = actuator.switchings.reduce((sum, of) => sum + of, 0);
		return {
			simulatedS,
			openings: house.breaker.openings.length,
			openingsWithNoneOn: this.#openingsWithNoneOn,
			minutesAbove: measures.secondsAbove / 60,
			degreeHours: measures.degreeHours,
			switchingsPerRadiatorDay: (switchings / count / simulatedS) * 86_400,
			longestWaitS: actuator.longestWaitS,
			longestWaitWithRoomS: actuator.longestWaitWithRoomS,
			heatingKWh: house.radiators.energyWh.reduce((sum, wh) => sum + wh, 0) / 1000,
			energyKWh: measures.wattSeconds / 3_600_000,
			coldestC: measures.coldestC,
			minutesShed: measures.minutesShed,
		};
	}

	#obey(atMs: number): void {
		const { actuator, controller } = this;
		for (let index = 0; index < this.#circuits.length; index++) {
			if (actuator.obey(index, controller.verdict)) this.#tell(index, atMs);
		}
	}

	/** An actuator's news can change the verdict; it is looked at again with the next load or second. */
	#tell(index: number, atMs: number): void {
		this.controller.circuit(index, this.actuator.wanted[index] as Order, this.actuator.inForce[index] as Order, atMs);
	}

	#minute(): void {
		const { house, actuator, controller } = this;
		if (house.elapsedMs > 0) {
			const anyWaits = actuator.anyWaits;
			if (anyWaits) this.#watchRoom();
			const minute = this.#measures.close(anyWaits);
			this.#options.onMinute?.(minute);
		}
		const { minuteOfDay } = legalTime(house.nowMs);
		for (let index = 0; index < this.#circuits.length; index++) {
			const changed = actuator.want(index, this.#programmed(index, minuteOfDay));
			if (changed && this.#faulty === undefined) {
				this.#tell(index, house.elapsedMs);
				if (actuator.obey(index, controller.verdict)) this.#tell(index, house.elapsedMs);
			}
			const temperatureC = house.roomC[this.#roomOf[index] as number] as number;
			controller.room?.(index, temperatureC, house.elapsedMs);
		}
	}

	/** Whose wait nobody could have ended in the past minute, by what its phase draws now beside the circuits. */
	#watchRoom(): void {
		const { house, actuator, reader } = this;
		const otherW = house.watts.slice();
		for (const [index, { phase }] of this.#circuits.entries()) {
			otherW[phase - 1] = (otherW[phase - 1] as number) - (house.radiators.watts[index] as number);
		}
		for (const [index, { phase, powerW }] of this.#circuits.entries()) {
			const waits = (actuator.waitingSinceS[index] as number) >= 0;
			if (waits && (otherW[phase - 1] as number) + powerW > reader.limitVA) actuator.noRoom(index, MINUTE_S);
		}
	}

	/** The order a circuit's programme gives now; sets the temperature that goes with it. */
	#programmed(index: number, minuteOfDay: number): Order {
		const { house } = this;
		const order = this.#options.programme?.(index, minuteOfDay) ?? 'comfort';
		const comfortC = house.description.rooms[this.#roomOf[index] as number]?.comfortC ?? 0;
		this.#wantedC[index] = order === 'eco' ? comfortC - ECO_BELOW_K : comfortC;
		return order;
	}

	#setLoads(nowS: number): void {
		const { loads } = this.#options;
		this.#nextLoadS = Number.POSITIVE_INFINITY;
		if (loads === undefined) return;
		for (let phase = 0; phase < this.#stepAt.length; phase++) {
			const atS = loads.atS[phase] as Uint32Array;
			let at = this.#stepAt[phase] as number;
			while (at < atS.length && (atS[at] as number) <= nowS) at++;
			if (at > 0 && at !== this.#stepAt[phase]) {
				this.house.setOtherLoad(phase + 1, (loads.watts[phase] as Float64Array)[at - 1] as number);
			}
			this.#stepAt[phase] = at;
			if (at < atS.length) this.#nextLoadS = Math.min(this.#nextLoadS, atS[at] as number);
		}
	}

	#watchBreaker(nowS: number): void {
		if (this.#closeAtS === Number.POSITIVE_INFINITY) {
			this.#closeAtS = nowS + (this.#options.closeAfterS ?? 300);
			if (this.#noneWasOn(nowS)) this.#openingsWithNoneOn++;
		}
		if (nowS < this.#closeAtS) return;
		this.house.closeBreaker();
		this.#closeAtS = Number.POSITIVE_INFINITY;
	}

	/** Whether the radiators of the phase that has just opened the breaker were off long before. */
	#noneWasOn(nowS: number): boolean {
		const opened = this.house.breaker.openings.at(-1)?.phase;
		return this.#circuits.every(({ phase }, index) => {
			const sinceS = this.actuator.heldSinceS[index] as number;
			return phase !== opened || (sinceS >= 0 && nowS - sinceS >= FILTER_S);
		});
	}
}
