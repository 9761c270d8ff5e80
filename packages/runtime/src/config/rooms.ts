import * as z from 'zod';
import { idSetting } from './common.ts';
import type { Fault } from './faults.ts';

const roomSetting = z.strictObject({
	id: idSetting.describe('Name of the room, as probes and circuits name it.'),
	name: z.string().min(1).optional().describe('Name that people read. Default: the id.'),
	wantedC: z.number().min(5).max(30).optional().describe('What comfort means in it, °C.'),
	guardC: z
		.number()
		.min(3)
		.max(16)
		.default(7)
		.describe('Below this its circuits get heat whatever was ordered, as far as the load allows, °C.'),
});

/** The rooms, which every service that heats or sheds reads. */
export const roomSections = {
	rooms: z.array(roomSetting).default([]).describe('The rooms that probes stand in and circuits heat.'),
};

export type RoomConfig = z.output<typeof roomSetting>;

/** Rooms named twice, whose guard has no end, and circuits of rooms that nobody named. */
export function roomFaults(config: {
	readonly rooms: readonly (Pick<RoomConfig, 'id'> & Partial<Pick<RoomConfig, 'wantedC' | 'guardC'>>)[];
	readonly radiators?: readonly { readonly room?: string | undefined }[];
	readonly switches?: readonly { readonly room?: string | undefined }[];
}): Fault[] {
	const known = config.rooms.map(({ id }) => id);
	const faults: Fault[] = [];
	for (const [index, id] of known.entries()) {
		if (known.indexOf(id) === index) continue;
		faults.push({ path: `rooms[${index}].id`, expected: 'an id of its own for each room', received: `${id} again` });
	}
	for (const [index, { wantedC, guardC }] of config.rooms.entries()) {
		if (wantedC === undefined || guardC === undefined || guardC < wantedC) continue;
		const expected = `less than its wantedC, ${wantedC} °C: a room that is as warm as wanted needs no guard`;
		faults.push({ path: `rooms[${index}].guardC`, expected, received: `${guardC} °C` });
	}
	for (const section of ['radiators', 'switches'] as const) {
		for (const [index, { room }] of (config[section] ?? []).entries()) {
			if (room === undefined || known.includes(room)) continue;
			const expected =
				known.length === 0 ? 'a room listed in rooms, which is empty' : `one of rooms (${known.join(', ')})`;
			faults.push({ path: `${section}[${index}].room`, expected, received: room });
		}
	}
	return faults;
}
