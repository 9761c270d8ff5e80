import { join } from 'node:path';
import { JsonFile } from '@pilotwire/runtime';

/** What the service remembers; read at start, written when somebody changes something. */
export type Memory = Pick<JsonFile, 'read' | 'write'>;

/** The file in the data folder. */
export function memoryOf(dataDir: string): Memory {
	return new JsonFile(join(dataDir, 'planner.json'));
}
