/** What a core has done since the machine started, in any one unit of time. */
export interface CoreTimes {
	readonly busy: number;
	readonly idle: number;
}

/** How busy the cores were since the figures before, percent. */
export interface CpuUse {
	readonly cpuPercent: number;
	readonly coresPercent: number[];
}

const percent = (busy: number, idle: number): number => {
	const all = busy + idle;
	// Counters may step back a little: a core that was switched off, or idle time that is corrected.
	return all <= 0 ? 0 : Math.round(Math.min(Math.max((busy / all) * 100, 0), 100) * 10) / 10;
};

/** Turns counters into use. The first figures are the mean since the machine started. */
export class CpuMeter {
	#before: readonly CoreTimes[] = [];

	use(cores: readonly CoreTimes[]): CpuUse {
		const steps = cores.map(({ busy, idle }, core) => {
			const before = this.#before[core] ?? { busy: 0, idle: 0 };
			return { busy: Math.max(busy - before.busy, 0), idle: Math.max(idle - before.idle, 0) };
		});
		this.#before = cores;
		const sum = (of: 'busy' | 'idle'): number => steps.reduce((total, step) => total + step[of], 0);
		return {
			cpuPercent: percent(sum('busy'), sum('idle')),
			coresPercent: steps.map(({ busy, idle }) => percent(busy, idle)),
		};
	}
}
