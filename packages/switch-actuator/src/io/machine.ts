import { uptime } from 'node:os';

/** How long this machine has been up, milliseconds. */
export function machineUpMs(): number {
	return uptime() * 1000;
}
