// Rooms: circuits that heat one, and how warm it is.
import type { CircuitState } from '@pilotwire/contract';
import type { House } from './house.ts';
import { sortedCircuits } from './reasons.ts';

/** A room with what heats it. */
export interface Room {
	/** Empty for circuits that belong to none. */
	readonly id: string;
	readonly circuits: readonly (readonly [id: string, circuit: CircuitState])[];
	/** °C; undefined where no probe of the room says. */
	readonly temperatureC: number | undefined;
}

/** All rooms by name; circuits without a room last. */
export function roomsOf(house: House): Room[] {
	const rooms = new Map<string, (readonly [string, CircuitState])[]>();
	for (const entry of sortedCircuits(house)) {
		const id = entry[1].room ?? '';
		rooms.set(id, [...(rooms.get(id) ?? []), entry]);
	}
	return [...rooms]
		.map(([id, circuits]) => ({ id, circuits, temperatureC: temperatureOf(house, id) }))
		.sort((a, b) => Number(a.id === '') - Number(b.id === '') || a.id.localeCompare(b.id));
}

function temperatureOf(house: House, room: string): number | undefined {
	if (room === '') return undefined;
	for (const { value } of house.probes.values()) {
		if (value.room === room && value.temperatureC !== undefined) return value.temperatureC;
	}
	return undefined;
}

/** A room's name: that of its only radiator, or its id as words. */
export function roomName(house: House, id: string): string {
	const names = new Set(sortedCircuits(house).flatMap(([, { room, name }]) => (room === id ? [name] : [])));
	const [only] = names;
	if (names.size === 1 && only !== undefined) return only;
	const words = id.replaceAll('-', ' ');
	return words.charAt(0).toUpperCase() + words.slice(1);
}
