import { commonAppliances as common, type HouseDescription, parseHouse } from '@pilotwire/house';

const POWERS_W = { 1: [1500, 1500, 1250, 1000, 1000, 750, 750], 3: [1000, 1000, 750, 750, 500, 500, 500, 500] };

/** A cold house whose radiators alone are more than the subscription, with what people switch on during a day. */
export function coldHouse(phases: 1 | 3, mode: 'historic' | 'standard' = 'standard'): HouseDescription {
	const list = ([1, 2, 3] as const).slice(0, phases);
	const at = (phase: 1 | 2 | 3) => (phases === 1 ? 1 : phase);
	const radiators = list.flatMap((phase) =>
		POWERS_W[phases].map((powerW, index) => ({ id: `r${phase}${index + 1}`, phase, powerW, wire: index + 1 })),
	);
	const parsed = parseHouse({
		name: 'Cold house',
		startsAt: '2026-01-12T15:00:00Z',
		rooms: radiators.map(({ id, powerW }) => ({
			id,
			name: id,
			lossWK: powerW / 38,
			heatCapacityJK: powerW * 950,
			startC: 19.5,
		})),
		radiators: radiators.map((radiator) => ({
			...radiator,
			name: radiator.id,
			room: radiator.id,
			board: 0x1f + radiator.phase,
		})),
		appliances: [common.oven(at(1)), common.kettle(at(2)), common.hob(at(3)), common.fridge(1), common.standingLoad(1)],
		waterHeater: { phase: at(3), powerW: phases === 1 ? 1500 : 2000, litres: 150 },
		weather: { meanC: 0, swingK: 4, noiseK: 1.5 },
		meter: { phases, prefKVA: phases === 1 ? 6 : 12, mode },
	});
	if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
	return parsed.house;
}
