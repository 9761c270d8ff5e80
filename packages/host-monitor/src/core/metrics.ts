import type { HostState } from '@pilotwire/contract';
import type { Metric } from '@pilotwire/runtime';

/** The machine for Prometheus, as of the last minute. */
export function metricsOf(state: () => HostState | undefined): Metric[] {
	const gauge = (name: string, help: string, read: (state: HostState) => number | undefined): Metric => ({
		name: `pilotwire_host_${name}`,
		help,
		type: 'gauge',
		read: () => {
			const now = state();
			const value = now === undefined ? undefined : read(now);
			return value === undefined ? [] : value;
		},
	});
	return [
		gauge('cpu_ratio', 'Use of all cores in the last minute, 0 to 1.', ({ cpuPercent }) => cpuPercent / 100),
		gauge('memory_used_bytes', 'Memory in use.', ({ memory }) => memory.usedBytes),
		gauge('temperature_celsius', 'Temperature of the processor.', ({ temperatureC }) => temperatureC),
		gauge(
			'under_voltage',
			'1 while the supply is too weak.',
			({ throttling }) => throttling && Number(throttling.underVoltage),
		),
		gauge('watchers', 'Who watches the machine live.', ({ watch }) => watch?.watchers ?? 0),
	];
}
