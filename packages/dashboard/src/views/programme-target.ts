// Whom a programme is for, in words.
import type { Programme, ProgrammesState } from '@pilotwire/contract';
import { house, t } from '../app/store.ts';
import { roomName } from '../core/rooms.ts';

/** The house, a zone, a room, a thermostat or a circuit by its name. */
export function targetText(target: Programme['for'], plans: ProgrammesState | undefined): string {
	if (target === 'house') return t.value('programmes.house');
	if ('room' in target) return t.value('programmes.room', { name: roomName(house.value, target.room) });
	if ('thermostat' in target) return t.value('programmes.thermostat', { name: target.thermostat });
	if ('zone' in target) {
		const name = plans?.zones.find(({ id }) => id === target.zone)?.name ?? target.zone;
		return t.value('programmes.zone', { name });
	}
	const name = house.value.circuits.get(target.circuit)?.value.name ?? target.circuit;
	return t.value('programmes.circuit', { name });
}
