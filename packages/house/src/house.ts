import { Appliances } from './appliances.ts';
import type { HouseDescription } from './description.ts';
import { HouseError } from './errors.ts';
import { legalTime } from './legal-time.ts';
import { Meter } from './meter/meter.ts';
import { findFaults } from './parse.ts';
import { Radiators } from './radiators.ts';
import { createRandom } from './random.ts';
import { Supply } from './supply.ts';
import { TrueBreaker } from './true-breaker.ts';
import { WaterHeater } from './water-heater.ts';
import { Weather } from './weather.ts';

const SECOND_MS = 1000;

/** Streams of random numbers, one a part. */
const STREAM = { radiators: 1, appliances: 2, water: 3, weather: 4, supply: 5 };

export interface HouseOptions {
	/** When its time starts, ms since 1970 UTC, instead of the description's `startsAt`. */
	readonly startMs?: number;
}

/**
 * Builds a house. The same description, seed and calls give the same house to the last bit.
 * @throws HouseError HOUSE_INVALID with every fault of the description
 */
export function createHouse(description: HouseDescription, seed: number, options: HouseOptions = {}): House {
	const faults = findFaults(description);
	if (faults.length > 0) throw new HouseError('HOUSE_INVALID', faults);
	return new House(description, seed, options.startMs ?? Date.parse(description.startsAt));
}

/** A house under way. Arrays by phase, room and radiator keep the description's order and live as long as the house. */
export class House {
	readonly description: HouseDescription;
	readonly startMs: number;
	/** True power now, by phase, W; below 0 where panels feed in. */
	readonly watts: Float64Array;
	/** True apparent power now, by phase, VA. */
	readonly va: Float64Array;
	/** Current now, by phase, A, unsigned. */
	readonly amps: Float64Array;
	readonly roomC: Float64Array;
	readonly radiators: Radiators;
	readonly appliances: Appliances;
	readonly waterHeater: WaterHeater | undefined;
	readonly weather: Weather;
	readonly breaker: TrueBreaker;
	readonly meter: Meter;
	readonly supply: Supply;
	/** Time since the start, ms. */
	elapsedMs = 0;
	readonly #var: Float64Array;
	readonly #otherW: Float64Array;
	readonly #roomW: Float64Array;
	readonly #heatCapacityJK: Float64Array;
	readonly #lossWK: Float64Array;
	readonly #gainsW: Float64Array;
	/** Sums over the second under way. */
	readonly #drawnVAs: Float64Array;
	readonly #drawnAs: Float64Array;
	readonly #ampSeconds: Float64Array;
	#wattSeconds = 0;
	readonly #eventMs: Float64Array;
	#nextEventMs = 0;
	#nextMinuteMs = 0;

	constructor(description: HouseDescription, seed: number, startMs: number) {
		const phases = description.meter.phases;
		const { rooms, waterHeater, meter } = description;
		this.description = description;
		this.startMs = startMs;
		this.watts = new Float64Array(phases);
		this.va = new Float64Array(phases);
		this.amps = new Float64Array(phases);
		this.#var = new Float64Array(phases);
		this.#otherW = new Float64Array(phases);
		this.#drawnVAs = new Float64Array(phases);
		this.#drawnAs = new Float64Array(phases);
		this.#ampSeconds = new Float64Array(phases);
		this.roomC = Float64Array.from(rooms, ({ startC }) => startC);
		this.#roomW = new Float64Array(rooms.length);
		this.#heatCapacityJK = Float64Array.from(rooms, ({ heatCapacityJK }) => heatCapacityJK);
		this.#lossWK = Float64Array.from(rooms, ({ lossWK }) => lossWK);
		this.#gainsW = Float64Array.from(rooms, ({ gainsW }) => gainsW);
		this.radiators = new Radiators(description, createRandom(seed, STREAM.radiators));
		this.appliances = new Appliances(description.appliances, createRandom(seed, STREAM.appliances));
		this.meter = new Meter(meter, description.breaker.branch?.ratedA, startMs);
		const water = createRandom(seed, STREAM.water);
		this.waterHeater = waterHeater && new WaterHeater(waterHeater, this.meter.offPeak, water);
		const sky = createRandom(seed, STREAM.weather);
		this.weather = new Weather(description.weather, description.panels, phases, sky);
		this.supply = new Supply(description.supply, phases, createRandom(seed, STREAM.supply));
		this.breaker = new TrueBreaker(description);
		this.#eventMs = Float64Array.from(description.events, ({ atS }) => atS * SECOND_MS);
		this.#renewNextEvent();
		this.#minute();
		this.supply.second(this.amps);
		this.meter.second(startMs, this.va, this.amps, this.supply.volts, 0);
	}

	/** Its own time, ms since 1970 UTC. */
	get nowMs(): number {
		return this.startMs + this.elapsedMs;
	}

	/** When the breaker last opened, s after the start; undefined while it is closed. */
	get breakerOpenAt(): number | undefined {
		return this.breaker.open ? this.breaker.openings.at(-1)?.atS : undefined;
	}

	/** Lets time pass, whole milliseconds; longer steps are cut at each second, which the breaker counts in. */
	step(dtS: number): void {
		const endMs = this.elapsedMs + Math.round(dtS * SECOND_MS);
		while (this.elapsedMs < endMs) {
			const untilSecondMs = SECOND_MS - (this.elapsedMs % SECOND_MS);
			const dtMs = Math.min(endMs - this.elapsedMs, untilSecondMs);
			this.#advance(dtMs / SECOND_MS);
			this.elapsedMs += dtMs;
			if (dtMs === untilSecondMs) this.#second();
		}
	}

	/**
	 * Puts a signal on a radiator's wire.
	 * @throws HouseError HOUSE_UNKNOWN_ID
	 */
	setWireSignal(radiatorId: string, positiveHalf: boolean, negativeHalf: boolean): void {
		const index = this.radiators.indexOf(radiatorId);
		if (index < 0) throw unknown('radiator', radiatorId);
		this.radiators.setSignal(index, positiveHalf, negativeHalf);
	}

	/** Puts a signal on every wire: by radiator, bit 0 the positive half, bit 1 the negative half. */
	setSignals(signals: Uint8Array): void {
		for (let index = 0; index < this.radiators.count; index++) {
			const signal = signals[index] ?? 0;
			this.radiators.setSignal(index, (signal & 1) !== 0, (signal & 2) !== 0);
		}
	}

	/**
	 * Somebody starts an appliance, or forces the water heater on; nothing happens while the breaker is open.
	 * @param forS length of the run, s; one whole run (water heater: an hour) where not given
	 * @throws HouseError HOUSE_UNKNOWN_ID
	 */
	start(applianceId: string, forS?: number): void {
		const index = this.appliances.indexOf(applianceId);
		const isHeater = applianceId === this.description.waterHeater?.id;
		if (index < 0 && !isHeater) throw unknown('appliance', applianceId);
		if (this.breaker.open) return;
		if (isHeater) this.waterHeater?.force(forS ?? 3600);
		else this.appliances.start(index, forS);
	}

	/** Ends what {@link start} began. @throws HouseError HOUSE_UNKNOWN_ID */
	stop(applianceId: string): void {
		const index = this.appliances.indexOf(applianceId);
		if (index >= 0) this.appliances.stop(index);
		else if (applianceId === this.description.waterHeater?.id) this.waterHeater?.force(0);
		else throw unknown('appliance', applianceId);
	}

	/** A load from outside the description (a recorded curve), from now on, W. */
	setOtherLoad(phase: number, watts: number): void {
		this.#otherW[phase - 1] = watts;
	}

	/** Somebody closes the breaker again. */
	closeBreaker(): void {
		this.breaker.close();
	}

	#advance(dtS: number): void {
		const { watts, roomC } = this;
		const roomW = this.#roomW;
		roomW.set(this.#gainsW);
		if (this.breaker.open) watts.fill(0);
		else this.#draw(dtS);
		this.#measure(dtS);
		const outsideC = this.weather.outsideC;
		for (let room = 0; room < roomC.length; room++) {
			const temperatureC = roomC[room] as number;
			const netW = (roomW[room] as number) - (this.#lossWK[room] as number) * (temperatureC - outsideC);
			roomC[room] = temperatureC + (netW * dtS) / (this.#heatCapacityJK[room] as number);
		}
	}

	/** Fills `watts` and the reactive power with all that draws, less what the panels give. */
	#draw(dtS: number): void {
		const { watts, supply, waterHeater } = this;
		watts.set(this.#otherW);
		this.#var.fill(0);
		this.appliances.step(dtS, supply.ratio, watts, this.#var);
		this.radiators.step(dtS, this.roomC, supply.ratio, watts, this.#roomW);
		if (waterHeater !== undefined) {
			const phase = waterHeater.phase - 1;
			watts[phase] = (watts[phase] as number) + waterHeater.step(dtS, supply.ratio);
		}
		const { panelsW } = this.weather;
		for (let phase = 0; phase < watts.length; phase++) {
			watts[phase] = (watts[phase] as number) - (panelsW[phase] as number);
		}
	}

	#measure(dtS: number): void {
		let total = 0;
		for (let phase = 0; phase < this.watts.length; phase++) {
			const watts = this.watts[phase] as number;
			const reactive = this.breaker.open ? 0 : (this.#var[phase] as number);
			const va = reactive === 0 ? Math.abs(watts) : Math.sqrt(watts * watts + reactive * reactive);
			const amps = va / (this.supply.volts[phase] as number);
			total += watts;
			this.va[phase] = va;
			this.amps[phase] = amps;
			this.#ampSeconds[phase] = (this.#ampSeconds[phase] as number) + amps * dtS;
			if (watts <= 0) continue;
			this.#drawnVAs[phase] = (this.#drawnVAs[phase] as number) + va * dtS;
			this.#drawnAs[phase] = (this.#drawnAs[phase] as number) + amps * dtS;
		}
		this.#wattSeconds += total * dtS;
		this.meter.count(total, dtS);
	}

	#second(): void {
		const wasOpen = this.breaker.open;
		this.breaker.second(this.elapsedMs / SECOND_MS, this.#drawnVAs, this.#drawnAs);
		this.meter.second(this.nowMs, this.#drawnVAs, this.#ampSeconds, this.supply.volts, this.#wattSeconds);
		this.#drawnVAs.fill(0);
		this.#drawnAs.fill(0);
		this.#ampSeconds.fill(0);
		this.#wattSeconds = 0;
		if (this.breaker.open && !wasOpen) this.#cut();
		this.supply.second(this.amps);
		if (this.elapsedMs >= this.#nextEventMs) this.#runEvents();
		if (this.nowMs >= this.#nextMinuteMs) this.#minute();
	}

	#cut(): void {
		this.radiators.cut();
		this.appliances.cut();
		this.waterHeater?.cut();
		this.watts.fill(0);
		this.va.fill(0);
		this.amps.fill(0);
	}

	#minute(): void {
		const { minuteOfDay, day } = legalTime(this.nowMs);
		this.#nextMinuteMs = this.nowMs - (this.nowMs % 60_000) + 60_000;
		this.weather.minute(minuteOfDay);
		this.supply.minute();
		this.meter.minute(minuteOfDay, day);
		if (this.breaker.open) return;
		this.appliances.minute(Math.floor(minuteOfDay / 60));
		this.waterHeater?.minute(minuteOfDay);
	}

	#runEvents(): void {
		for (const [index, { appliance, forS, everyS }] of this.description.events.entries()) {
			if (this.elapsedMs < (this.#eventMs[index] as number)) continue;
			this.start(appliance, forS);
			this.#eventMs[index] = everyS === undefined ? Number.POSITIVE_INFINITY : this.elapsedMs + everyS * SECOND_MS;
		}
		this.#renewNextEvent();
	}

	#renewNextEvent(): void {
		this.#nextEventMs = this.#eventMs.reduce((next, atMs) => Math.min(next, atMs), Number.POSITIVE_INFINITY);
	}
}

function unknown(kind: string, id: string): HouseError {
	return new HouseError('HOUSE_UNKNOWN_ID', [{ path: '', message: `expected the id of a ${kind}, got ${id}` }]);
}
