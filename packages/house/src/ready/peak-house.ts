import type { HouseDescription, HouseInput } from '../description.ts';
import { described } from './described.ts';

export interface PeakHouseOptions {
	/** Phases of the meter; 1 unless given. */
	readonly phases?: 1 | 3;
	readonly prefKVA?: number;
	/** Radiators a phase, 1 to 8; 4 unless given. */
	readonly radiatorsAPhase?: number;
	/** What is drawn with everything on, over the subscription, a phase; 2 unless given. */
	readonly peakRatio?: number;
	/** When the peak begins and how long it lasts, s; 60 and 1800 unless given. */
	readonly peakAtS?: number;
	readonly peakForS?: number;
	readonly meter?: Partial<HouseInput['meter']>;
	readonly breaker?: HouseInput['breaker'];
}

/** Share of the subscription that the evening's appliance draws; what remains carries a radiator or two. */
const APPLIANCE_SHARE = 0.55;

/**
 * A plain house for tests of faults: cold, so that every radiator wants to heat all the time, with one appliance a
 * phase, `peak-<phase>`, that makes the evening's peak. Radiators are `radiator-<phase>-<wire>` on boards 0x20 and up.
 */
export function peakHouse(options: PeakHouseOptions = {}): HouseDescription {
	const { phases = 1, prefKVA = phases === 1 ? 6 : 12, radiatorsAPhase = 4, peakRatio = 2 } = options;
	const { peakAtS = 60, peakForS = 1800 } = options;
	const shareW = (prefKVA * 1000) / phases;
	const powerW = Math.round((shareW * (peakRatio - APPLIANCE_SHARE)) / radiatorsAPhase);
	const list = ([1, 2, 3] as const).slice(0, phases);
	const wires = Array.from({ length: radiatorsAPhase }, (_, at) => at + 1);
	const radiators = list.flatMap((phase) =>
		wires.map((wire) => ({ id: `radiator-${phase}-${wire}`, phase, wire, board: 0x1f + phase })),
	);
	return described({
		name: 'Peak house',
		rooms: radiators.map(({ id }) => ({
			id,
			name: id,
			lossWK: powerW / 35,
			heatCapacityJK: powerW * 3000,
			gainsW: 0,
			startC: 17,
		})),
		radiators: radiators.map((radiator) => ({ ...radiator, name: radiator.id, room: radiator.id, powerW })),
		appliances: list.map((phase) => ({
			id: `peak-${phase}`,
			name: `Peak on phase ${phase}`,
			phase,
			stages: [{ powerW: Math.round(shareW * APPLIANCE_SHARE), forS: 60 }],
		})),
		weather: { meanC: -10, swingK: 0, noiseK: 0 },
		supply: { voltageV: 230, noiseV: 0, lineOhm: 0 },
		meter: { ...options.meter, phases, prefKVA },
		breaker: options.breaker,
		events: list.map((phase) => ({ atS: peakAtS, appliance: `peak-${phase}`, forS: peakForS })),
	});
}
