import type { HostLog } from '@pilotwire/contract';

/** What a watcher sees besides the figures; reading it costs some, so that it is read only while somebody watches. */
export interface Activity {
	readonly network: HostLog['network'];
	readonly processes: HostLog['processes'];
	readonly processCount: number;
}

/** Longest command line that is shown, characters. */
const MOST_COMMAND = 300;
const MOST_INTERFACES = 16;
const MOST_WORD = 64;

/** The activity of this machine, the busiest processes first, at most so many. */
export type ReadActivity = (most: number) => Promise<Activity>;

/** By systeminformation, which takes 10 MB: it is loaded once somebody watches. */
export const readActivity: ReadActivity = async (most) => {
	const { networkStats, processes } = await import('systeminformation');
	const [networks, all] = await Promise.all([networkStats('*'), processes()]);
	return {
		network: networks.slice(0, MOST_INTERFACES).map(({ iface, rx_sec, tx_sec }) => ({
			interface: iface.slice(0, MOST_WORD) || '?',
			// Nothing is known of a rate at the first look, nor below 0 after a counter went round.
			receivedBytesPerS: Math.max(Math.round(rx_sec ?? 0), 0),
			sentBytesPerS: Math.max(Math.round(tx_sec ?? 0), 0),
		})),
		processes: all.list
			.sort((a, b) => b.cpu - a.cpu || b.memRss - a.memRss)
			.slice(0, most)
			.map(({ pid, name, user, cpu, memRss, command, params }) => ({
				pid,
				name,
				user,
				cpuPercent: Math.round(Math.min(Math.max(cpu, 0), 100) * 10) / 10,
				memoryBytes: memRss * 1024,
				command: `${command} ${params}`.trim().slice(0, MOST_COMMAND),
			})),
		processCount: all.all,
	};
};
