import { hostname } from 'node:os';
import { idSetting } from '@pilotwire/runtime';
import * as z from 'zod';

/** The machine's own name as an id of the bus. */
function ownId(): string {
	const id = hostname()
		.toLowerCase()
		.replaceAll(/[^a-z0-9-]+/g, '-')
		.slice(0, 64);
	return idSetting.safeParse(id).success ? id : 'machine';
}

/** The configuration section that host-monitor owns. */
export const hostMonitorSections = {
	host: z
		.strictObject({
			enabled: z.boolean().default(true).describe('Whether this machine is on the bus.'),
			id: idSetting.optional().describe('Its name in topics: hosts/<id>. Default: its host name.'),
			name: z.string().min(1).max(64).optional().describe('What people call it. Default: its host name.'),
			history: z.boolean().default(true).describe('Whether its figures go into the history, once a minute.'),
			processes: z.int().min(0).max(500).default(150).describe('The busiest processes that a watcher is shown.'),
		})
		.prefault({})
		.describe("The machine's own CPU, memory, temperature, disks and processes."),
};

/** The section as its schema reads it. */
export type HostSection = z.output<typeof hostMonitorSections.host>;

/** What host-monitor is given. */
export interface HostMonitorConfig {
	readonly host: HostSection;
}

/** The machine's name in topics. */
export function hostId({ host }: HostMonitorConfig): string {
	return host.id ?? ownId();
}

/** What people call it. */
export function hostName({ host }: HostMonitorConfig): string {
	return host.name ?? hostname();
}
