// The busiest processes as a table that people sort and search, and that holds still while they read.
import type { HostLog } from '@pilotwire/contract';

export type Process = HostLog['processes'][number];
export type ProcessColumn = 'name' | 'cpuPercent' | 'memoryBytes' | 'user' | 'pid';

export interface Sorting {
	readonly by: ProcessColumn;
	readonly descending: boolean;
}

/** Figures are of interest from the top, names from A. */
export function sortingFor(by: ProcessColumn, before: Sorting): Sorting {
	if (by === before.by) return { by, descending: !before.descending };
	return { by, descending: by === 'cpuPercent' || by === 'memoryBytes' };
}

/** Those that a search finds, in order. `held`: processes in the order in which they stay; newcomers follow them. */
export function tableOf(
	processes: readonly Process[],
	{ by, descending }: Sorting,
	search: string,
	held?: readonly number[],
): Process[] {
	const words = search
		.toLowerCase()
		.split(/\s+/)
		.filter((word) => word !== '');
	const found = processes.filter(({ name, command, user, pid }) => {
		const text = `${name} ${command} ${user} ${pid}`.toLowerCase();
		return words.every((word) => text.includes(word));
	});
	const sign = descending ? -1 : 1;
	const compare = (a: Process, b: Process): number => {
		const [one, other] = [a[by], b[by]];
		const order = typeof one === 'string' ? one.localeCompare(String(other)) : one - Number(other);
		return sign * order || a.pid - b.pid;
	};
	const sorted = found.sort(compare);
	if (held === undefined) return sorted;
	const place = new Map(held.map((pid, index) => [pid, index]));
	const at = ({ pid }: Process): number => place.get(pid) ?? held.length;
	return sorted
		.map((one, index) => ({ one, index }))
		.sort((a, b) => at(a.one) - at(b.one) || a.index - b.index)
		.map(({ one }) => one);
}
