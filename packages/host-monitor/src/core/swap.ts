import type { HostFigures } from '@pilotwire/contract';

/** Swap by /proc/meminfo (proc(5)); undefined where the machine has none. */
export function swapOf(meminfo: string): HostFigures['swap'] {
	const bytes = (name: string): number => {
		const [, kilobytes = '0'] = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(meminfo) ?? [];
		return Number(kilobytes) * 1024;
	};
	const totalBytes = bytes('SwapTotal');
	return totalBytes === 0 ? undefined : { totalBytes, usedBytes: Math.max(totalBytes - bytes('SwapFree'), 0) };
}
