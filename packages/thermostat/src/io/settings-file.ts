import { join } from 'node:path';
import { JsonFile } from '@pilotwire/runtime';
import * as z from 'zod';
import type { Kept } from '../core/thermostat.ts';

/** What survives a restart. */
export interface Memory {
	/** By thermostat. */
	readonly thermostats: Readonly<Record<string, Kept>>;
	/** By probe: the rhythm that somebody set, s. */
	readonly rhythms: Readonly<Record<string, number>>;
	/** The circuits that thermostats ran: what they said of those that they run no more is cleared. */
	readonly circuits: readonly string[];
}

const kept = z.object({
	mode: z.enum(['off', 'heat', 'cool', 'both']).optional(),
	setC: z.number().min(-30).max(120).optional(),
	hysteresisC: z.number().min(0.1).max(20).optional(),
	aside: z.object({ temperatureC: z.number(), untilMs: z.number().optional() }).optional(),
});
const memory = z.object({
	thermostats: z.record(z.string(), kept),
	rhythms: z.record(z.string(), z.number().min(1).max(3_600)).default({}),
	circuits: z.array(z.string()),
});

/** What people set, in one small file. */
export interface SettingsFile {
	/** What it holds; nothing where there is none, or it is damaged. */
	read(): Promise<Memory>;
	write(memory: Memory): Promise<void>;
}

/** The file below `dataDir`. */
export function settingsFile(dataDir: string): SettingsFile {
	const file = new JsonFile(join(dataDir, 'thermostats.json'));
	return {
		read: async () => {
			const { data } = memory.safeParse(await file.read());
			return (data as Memory | undefined) ?? { thermostats: {}, rhythms: {}, circuits: [] };
		},
		write: (value) => file.write(value),
	};
}
