import { Twin, type TwinOptions } from '@pilotwire/house';
import { NoRoom } from './no-room.ts';

/** A radiator gives at most this much more than its rating: the mains may be above 230 V. */
const OVER_RATING = 1.05;
/** What a meter never reaches: a breaker that never opens. */
const NEVER_OPENS_KVA = 1_000;

/** What nobody can fall below, and what the house does without any circuit of ours. */
export interface Floor {
	readonly degreeHours: number;
	readonly openings: number;
	readonly minutesAbove: number;
	readonly heatingKWh: number;
	/** The longest that a radiator had no room even with all others off, s: {@link NoRoom}. */
	readonly noRoomS: number;
}

/** A course by minute, of one value or of one a room or phase. */
type Course = Float64Array[];

/**
 * A floor under the degree-hours of anyone who knows the whole future and keeps each minute's mean load within the
 * subscription. Two runs feed it: one without our circuits (each phase's own load and the weather), one in which nothing
 * is ever shed and no breaker opens (each room's temperature under its thermostat and programme).
 *
 * Why it is a floor. All rooms of a bench house have the same time constant. So for any set K of a phase's rooms the heat
 * E = sum of C T obeys dE/dt = Q + gains - (E - sum of C outside) / tau, whatever the shares. Two bounds hold for every
 * controller: Q is at most K's ratings and at most what the subscription leaves over the phase's own load; and no room is
 * ever warmer than where nothing is shed, since its thermostat only ever gives more to a colder room. Heating as much as
 * both allow at every minute therefore gives the highest E that K can have, at every minute at once: K alone, as if it had
 * the phase to itself. What is missing, sum of C (wanted - T) over K, is at least what this E leaves. From these bounds,
 * for the sets of the one, two, three ... rooms with the least heat capacity, follows the least sum of degrees: what must
 * be missing is put where it costs the fewest degrees, in the largest room. Rooms may lend each other warmth and heat
 * ahead in it, so the floor is lower than what can be had.
 */
export function floorOf(options: TwinOptions, forS: number): Floor {
	const without = recordWithout(options, forS);
	const unshed = recordUnshed(options, forS);
	const { radiators, rooms, meter } = options.house;
	const limitVA = (meter.prefKVA * 1000) / meter.phases;
	let degreeHours = 0;
	for (let phase = 0; phase < meter.phases; phase++) {
		const members = [...radiators.keys()].filter((index) => radiators[index]?.phase === phase + 1);
		const room = (index: number) => rooms[index] as (typeof rooms)[number];
		members.sort((a, b) => room(a).heatCapacityJK - room(b).heatCapacityJK);
		degreeHours += phaseFloor(
			members.map((index) => ({
				powerW: (radiators[index]?.powerW ?? 0) * OVER_RATING,
				capacityJK: room(index).heatCapacityJK,
				lossWK: room(index).lossWK,
				gainsW: room(index).gainsW,
				startC: room(index).startC,
				highestC: unshed.roomC[index] as Float64Array,
				wantedC: unshed.wantedC[index] as Float64Array,
			})),
			(without.phaseW[phase] as Float64Array).map((watts) => Math.max(0, limitVA - watts)),
			without.outsideC,
		);
	}
	const { openings, minutesAbove, noRoomS } = without;
	return { degreeHours, openings, minutesAbove, heatingKWh: unshed.heatingKWh, noRoomS };
}

interface Room {
	readonly powerW: number;
	readonly capacityJK: number;
	readonly lossWK: number;
	readonly gainsW: number;
	readonly startC: number;
	/** Where nothing is shed. */
	readonly highestC: Float64Array;
	readonly wantedC: Float64Array;
}

/** @param rooms of one phase, the least heat capacity first @param leftW what the subscription leaves, by minute */
function phaseFloor(rooms: readonly Room[], leftW: Float64Array, outsideC: Float64Array): number {
	/** Highest heat that the first so many rooms can have, J. */
	const heatJ = new Float64Array(rooms.length);
	let sum = 0;
	for (const [index, room] of rooms.entries()) {
		sum += room.capacityJK * room.startC;
		heatJ[index] = sum;
	}
	let degreeMinutes = 0;
	for (let minute = 0; minute < leftW.length; minute++) {
		let powerW = 0;
		let lossWK = 0;
		let gainsW = 0;
		let capacityJK = 0;
		let capJ = 0;
		let wantedJ = 0;
		let missingJ = 0;
		for (const [index, room] of rooms.entries()) {
			powerW += room.powerW;
			lossWK += room.lossWK;
			gainsW += room.gainsW;
			capacityJK += room.capacityJK;
			capJ += room.capacityJK * (room.highestC[minute] as number);
			wantedJ += room.capacityJK * (room.wantedC[minute] as number);
			const before = heatJ[index] as number;
			const heatW = Math.min(powerW, leftW[minute] as number) + gainsW;
			const lostW = (lossWK * before) / capacityJK - lossWK * (outsideC[minute] as number);
			const heat = Math.min(capJ, before + (heatW - lostW) * 60);
			heatJ[index] = heat;
			const droop = (room.wantedC[minute] as number) - (room.highestC[minute] as number);
			const degrees = Math.max(0, droop, (wantedJ - heat - missingJ) / room.capacityJK);
			missingJ += degrees * room.capacityJK;
			degreeMinutes += degrees;
		}
	}
	return degreeMinutes / 60;
}

function recordWithout(options: TwinOptions, forS: number) {
	const minutes = Math.floor(forS / 60);
	const { house } = options;
	const phaseW: Course = Array.from({ length: house.meter.phases }, () => new Float64Array(minutes));
	const outsideC = new Float64Array(minutes);
	const twin = new Twin({
		...withoutRadiators(options),
		onMinute: ({ atS, meanW, house: { weather } }) => {
			const minute = atS / 60 - 1;
			for (const [phase, course] of phaseW.entries()) course[minute] = meanW[phase] as number;
			outsideC[minute] = weather.outsideC;
		},
	});
	const noRoom = new NoRoom(house);
	for (let second = 1; second <= forS; second++) {
		twin.run(1);
		noRoom.second(second, twin.house.watts);
	}
	const { openings, minutesAbove } = twin.figures();
	return { phaseW, outsideC, openings, minutesAbove, noRoomS: noRoom.longestS };
}

function withoutRadiators(options: TwinOptions): TwinOptions {
	const { controller: _, ...rest } = options;
	return { ...rest, house: { ...options.house, radiators: [] } };
}

function recordUnshed(options: TwinOptions, forS: number) {
	const minutes = Math.floor(forS / 60);
	const { house } = options;
	const course = (): Course => house.radiators.map(() => new Float64Array(minutes));
	const [roomC, wantedC] = [course(), course()];
	const { controller: _, ...rest } = options;
	const twin = new Twin({
		...rest,
		house: { ...house, meter: { ...house.meter, pcoupKVA: NEVER_OPENS_KVA } },
		onMinute: ({ atS, house: now, wantedC: wanted }) => {
			const minute = atS / 60 - 1;
			for (const [index, temperatureC] of now.roomC.entries()) {
				(roomC[index] as Float64Array)[minute] = temperatureC;
				(wantedC[index] as Float64Array)[minute] = wanted[index] as number;
			}
		},
	}).run(forS);
	return { roomC, wantedC, heatingKWh: twin.figures().heatingKWh };
}
