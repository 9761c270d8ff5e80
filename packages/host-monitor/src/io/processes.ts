import type { HostLog } from '@pilotwire/contract';
import type { Systeminformation } from 'systeminformation';
import { fitting } from '../core/fitting.ts';

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
		processes: shownOf(all.list, most),
		processCount: all.all,
	};
};

/** A process as systeminformation lists it. */
type Listed = Pick<
	Systeminformation.ProcessesProcessData,
	'pid' | 'name' | 'user' | 'cpu' | 'memRss' | 'command' | 'params'
>;

/** The busiest processes, at most so many and as many as a sample has room for. */
export function shownOf(list: readonly Listed[], most: number): Activity['processes'] {
	// Where `ps` leaves a figure out it is none.
	const figures = list.map((one) => ({ ...one, cpu: one.cpu || 0, memRss: one.memRss || 0 }));
	const busiest = figures.sort((a, b) => b.cpu - a.cpu || b.memRss - a.memRss).slice(0, most);
	return fitting(
		busiest.map(({ pid, name, user, cpu, memRss, command, params }) => ({
			pid,
			name: name.slice(0, MOST_WORD),
			user: user.slice(0, MOST_WORD),
			cpuPercent: Math.round(Math.min(Math.max(cpu, 0), 100) * 10) / 10,
			memoryBytes: Math.max(memRss, 0) * 1024,
			command: `${command} ${params}`.trim().slice(0, MOST_COMMAND),
		})),
	);
}
