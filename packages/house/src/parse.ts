import { pinMapFaults } from '@pilotwire/pilot-wire';
import { type HouseDescription, houseDescription } from './description.ts';
import type { HouseFault } from './errors.ts';

/** A description, or everything that is wrong with the data; never throws. */
export type ParsedHouse = { readonly house: HouseDescription } | { readonly faults: readonly HouseFault[] };

/** Checks data read from YAML or JSON and fills in the defaults. */
export function parseHouse(data: unknown): ParsedHouse {
	const parsed = houseDescription.safeParse(data);
	if (!parsed.success) {
		return { faults: parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })) };
	}
	const faults = findFaults(parsed.data);
	return faults.length === 0 ? { house: parsed.data } : { faults };
}

/** What each entry alone cannot show: names that lead nowhere, phases the meter lacks, a wire or an id used twice. */
export function findFaults(house: HouseDescription): HouseFault[] {
	const faults: HouseFault[] = [];
	const rooms = new Set(house.rooms.map((room) => room.id));
	const startable = new Set([...house.appliances.map(({ id }) => id), ...heaterIds(house)]);
	const wires = new Set<string>();
	findRepeated('rooms', house.rooms, faults);
	findRepeated('radiators', house.radiators, faults);
	findRepeated('appliances', house.appliances, faults);
	for (const [index, radiator] of house.radiators.entries()) {
		const path = `radiators.${index}`;
		const wire = `board 0x${radiator.board.toString(16)} wire ${radiator.wire}`;
		if (!rooms.has(radiator.room)) faults.push(fault(`${path}.room`, 'the id of a room', radiator.room));
		if (wires.has(wire)) faults.push(fault(`${path}.wire`, 'a wire that no other radiator has', wire));
		wires.add(wire);
		const board = house.boards.find(({ address }) => address === radiator.board);
		if (board !== undefined && radiator.wire > board.wires.length) {
			faults.push(fault(`${path}.wire`, `a wire from 1 to ${board.wires.length}`, radiator.wire));
		}
	}
	for (const [index, board] of house.boards.entries()) {
		for (const { message } of pinMapFaults(board)) faults.push({ path: `boards.${index}.wires`, message });
	}
	for (const [path, phase] of phasesUsed(house)) {
		if (phase > house.meter.phases)
			faults.push(fault(path, `a phase of this ${house.meter.phases}-phase meter`, phase));
	}
	for (const [index, { appliance }] of house.events.entries()) {
		if (!startable.has(appliance)) faults.push(fault(`events.${index}.appliance`, 'the id of an appliance', appliance));
	}
	if (house.meter.kind === 'electronic' && house.meter.mode === 'standard') {
		faults.push(fault('meter.mode', 'historic, the only mode an electronic meter has', 'standard'));
	}
	return faults;
}

function heaterIds(house: HouseDescription): string[] {
	return house.waterHeater === undefined ? [] : [house.waterHeater.id];
}

function findRepeated(path: string, list: readonly { id: string }[], faults: HouseFault[]): void {
	const seen = new Set<string>();
	for (const [index, { id }] of list.entries()) {
		if (seen.has(id)) faults.push(fault(`${path}.${index}.id`, 'an id that no other has', id));
		seen.add(id);
	}
}

function phasesUsed(house: HouseDescription): [string, number][] {
	return [
		...house.radiators.map(({ phase }, index): [string, number] => [`radiators.${index}.phase`, phase]),
		...house.appliances.map(({ phase }, index): [string, number] => [`appliances.${index}.phase`, phase]),
		...(house.waterHeater === undefined ? [] : [['waterHeater.phase', house.waterHeater.phase] as [string, number]]),
		...(house.panels?.phases ?? []).map((phase, index): [string, number] => [`panels.phases.${index}`, phase]),
	];
}

function fault(path: string, expected: string, came: string | number): HouseFault {
	return { path, message: `expected ${expected}, got ${came}` };
}
