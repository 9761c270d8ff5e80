import { join } from 'node:path';
import { JsonFile } from '@pilotwire/runtime';
import * as z from 'zod';
import { meterMemory } from '../core/meter-view.ts';

const announced = z.record(z.string(), z.object({ thing: z.string(), entities: z.record(z.string(), z.string()) }));

/** What outlives a restart: what was announced, and each meter's registers. */
const remembered = z.object({ announced, meters: z.record(z.string(), meterMemory) });
export type Remembered = z.output<typeof remembered>;

/** Where it is kept. */
export interface Memory {
	/** Nothing where there is none, or none that can be read. */
	read(): Promise<Remembered>;
	write(value: Remembered): Promise<void>;
}

/** The file in the data folder. */
export function memoryOf(dataDir: string): Memory {
	const file = new JsonFile(join(dataDir, 'home-assistant.json'));
	return {
		read: async () => {
			const result = remembered.safeParse(await file.read());
			return result.success ? result.data : { announced: {}, meters: {} };
		},
		write: (value) => file.write(value),
	};
}
