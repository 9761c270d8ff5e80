// The house that a load curve is replayed in: the radiators of the configuration, the rest of it from the curve.
import { demoHouse, type HouseDescription, parseHouse } from '@pilotwire/house';
import { type Order, orderFor, SIGNAL_HALVES, type Signal } from '@pilotwire/pilot-wire';
import type { House } from '../config.ts';
import { houseImpossible } from '../errors.ts';

/** What the file of a curve can't say. */
export interface Surroundings {
	/** Subscription, kVA; that of a simulated house, or 6 and 12 kVA for one and three phases, unless given. */
	readonly kva?: number;
	/** Mean temperature outside, °C. */
	readonly outsideC: number;
}

const PHASE_ONE_KVA = 6;
const PHASE_THREE_KVA = 12;
/** Radiators of the one-phase house that is replayed in where no file names one: a board has eight wires. */
const ONE_PHASE_RADIATORS = 7;
const ONE_PHASE_BOARD = 0x20;
/** It takes as much heat to keep a room warm for each degree of difference: three fifths of the radiator at -5 °C. */
const LOSS_SHARE_PER_K = 1 / 40;
/** Thermal mass for each watt of the radiator, J/K: hours to cool by a few degrees. */
const MASS_PER_W = 1_200;

/** The signal that stands for each order but comfort. */
const STEADY: Readonly<Partial<Record<Order, Signal>>> = {
	eco: 'full_wave',
	frost_protection: 'negative_half',
	off: 'positive_half',
};

/** The demonstration house on one phase: its first radiators, all on one board. */
export function onePhaseHouse(): HouseDescription {
	const demo = demoHouse();
	const radiators = demo.radiators.slice(0, ONE_PHASE_RADIATORS).map((radiator, at) => {
		return { ...radiator, phase: 1 as const, board: ONE_PHASE_BOARD, wire: at + 1 };
	});
	const { waterHeater: _, ...rest } = demo;
	const rooms = demo.rooms.filter(({ id }) => radiators.some(({ room }) => room === id));
	const meter = { ...demo.meter, phases: 1 as const, prefKVA: PHASE_ONE_KVA };
	return { ...rest, meter, rooms, radiators, appliances: [], events: [] };
}

/** The house of a configuration without what the curve holds already: appliances, water heater, panels, events. */
export function describeHouse(house: House, { kva, outsideC }: Surroundings): HouseDescription {
	const { waterHeater: _, panels: __, ...plain } = house.simulated ?? builtHouse(house);
	const weather = { ...plain.weather, meanC: outsideC };
	const meter = { ...plain.meter, prefKVA: kva ?? plain.meter.prefKVA };
	// Somebody lives there: it doesn't begin with every room cold.
	const rooms = plain.rooms.map((room) => ({ ...room, startC: Math.max(room.startC, room.comfortC) }));
	return checked({ ...plain, rooms, meter, weather, appliances: [], events: [] });
}

/** A room for each radiator, as large as the radiator can warm. */
function builtHouse({ radiators, boards, meters, switches }: House): HouseDescription {
	const moduleOf = (address: number) => boards.modules.find((module) => module.address === address);
	const phaseOf = (address: number) => moduleOf(address)?.phase ?? 1;
	const fed = [...radiators.map(({ board }) => phaseOf(board)), ...switches.map(({ phase }) => phase)];
	const phases = fed.some((phase) => phase > 1) ? 3 : 1;
	return checked({
		name: 'The house of the configuration',
		rooms: radiators.map(({ id, name = id, powerW }) => ({
			id,
			name,
			lossWK: powerW * LOSS_SHARE_PER_K,
			heatCapacityJK: powerW * MASS_PER_W,
		})),
		radiators: radiators.map(({ id, name = id, powerW, orders, board, wire }) => {
			return { id, name, room: id, phase: phaseOf(board), powerW, orders, board, wire };
		}),
		meter: {
			mode: meters[0]?.mode === 'historic' ? 'historic' : 'standard',
			phases,
			prefKVA: phases === 1 ? PHASE_ONE_KVA : PHASE_THREE_KVA,
		},
	});
}

function checked(description: unknown): HouseDescription {
	const result = parseHouse(description);
	if ('house' in result) return result.house;
	throw houseImpossible(result.faults.map(({ path, message }) => `${path}: ${message}`));
}

/** The signal on each radiator's wire where nobody sheds: its programme's order. Bit 0 the positive half, bit 1 the negative. */
export function programmeSignals(house: House, description: HouseDescription): Uint8Array {
	return Uint8Array.from(description.radiators, ({ id }) => {
		const programme = house.radiators.find((radiator) => radiator.id === id)?.programme ?? 'comfort';
		const { positive, negative } = SIGNAL_HALVES[STEADY[orderFor(programme, 4)] ?? 'none'];
		return (positive ? 1 : 0) | (negative ? 2 : 0);
	});
}
