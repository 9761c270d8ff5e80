import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** The simulated house's ends: the meter's line, the I2C bus, and the hand of whoever plays with it. */
export type SimulatorEnd = 'line' | 'i2c' | 'control';

/** Linux takes Unix socket paths of at most 107 bytes. */
const MAX_PATH_BYTES = 107;

/**
 * Where the simulator of a data folder listens, as a Unix socket's path: what `simulator:` means in a configuration.
 * A folder too deep for a socket's path gets a name of its own in the system's temporary folder.
 */
export function simulatorSocket(dataDir: string, end: SimulatorEnd): string {
	const path = join(resolve(dataDir), `simulator-${end}.sock`);
	if (Buffer.byteLength(path) <= MAX_PATH_BYTES) return path;
	return join(tmpdir(), `pilotwire-${createHash('sha256').update(path).digest('hex').slice(0, 16)}.sock`);
}
