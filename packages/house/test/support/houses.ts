import { createHouse, type House, type HouseDescription, type HouseInput, parseHouse } from '@pilotwire/house';

/** One room, one radiator, a steady 230 V, no weather: what a test changes is what it is about. */
export function plainHouse(changes: Partial<HouseInput> = {}): HouseDescription {
	const parsed = parseHouse({
		name: 'Plain house',
		rooms: [{ id: 'room', name: 'Room', heatCapacityJK: 2e6, lossWK: 40, gainsW: 0, startC: 18, comfortC: 20 }],
		radiators: [{ id: 'radiator', name: 'Radiator', room: 'room', phase: 1, powerW: 1500, board: 0x20, wire: 1 }],
		weather: { meanC: 0, swingK: 0, noiseK: 0 },
		supply: { voltageV: 230, noiseV: 0, lineOhm: 0 },
		meter: { prefKVA: 6 },
		breaker: { toleranceRatio: 0 },
		...changes,
	});
	if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
	return parsed.house;
}

/** A house that draws nothing but what the test sets. */
export function emptyHouse(changes: Partial<HouseInput> = {}): House {
	return createHouse(plainHouse({ rooms: [], radiators: [], ...changes }), 1);
}

/** Seconds until the breaker opens under a constant load on phase 1, from now; undefined within the limit. */
export function secondsToOpening(house: House, loadW: number, limitS = 3600): number | undefined {
	house.setOtherLoad(1, loadW);
	for (let second = 1; second <= limitS; second++) {
		house.step(1);
		if (house.breakerOpenAt !== undefined) return second;
	}
	return undefined;
}
