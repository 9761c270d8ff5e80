import type { Metric } from '@pilotwire/runtime';
import type { Probe } from './probe.ts';
import type { Thermostat } from './thermostat.ts';

type Samples = Exclude<ReturnType<Metric['read']>, number>;

/** Probes and thermostats for Prometheus. `nowMs`: monotonic clock. */
export function thermostatMetrics(
	probes: ReadonlyMap<string, Probe>,
	thermostats: ReadonlyMap<string, Thermostat>,
	nowMs: () => number,
): Metric[] {
	const ofProbes = (read: (probe: Probe) => number | undefined) => (): Samples =>
		[...probes].flatMap(([probe, one]) => {
			const value = read(one);
			return value === undefined ? [] : [{ labels: { probe }, value }];
		});
	return [
		{
			name: 'pilotwire_probe_temperature_celsius',
			help: 'Temperature by a probe that is right.',
			type: 'gauge',
			read: ofProbes((probe) => probe.temperatureC(nowMs())),
		},
		{
			name: 'pilotwire_probe_fault',
			help: '1 while a probe gives no right figure.',
			type: 'gauge',
			read: ofProbes((probe) => (probe.state(nowMs()).fault === undefined ? 0 : 1)),
		},
		{
			name: 'pilotwire_thermostat_running',
			help: '1 while it asks for heat or cold.',
			type: 'gauge',
			read: () => [...thermostats].map(([thermostat, one]) => ({ labels: { thermostat }, value: one.runs ? 1 : 0 })),
		},
	];
}
