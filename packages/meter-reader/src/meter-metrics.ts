import type { Metric } from '@pilotwire/runtime';
import type { ChannelFigures } from './channel.ts';

interface Measured {
	readonly id: string;
	readonly figures: ChannelFigures;
}

/** What Prometheus is told of the meters' lines. */
export function meterMetrics(channels: () => readonly Measured[]): Metric[] {
	const metric = (
		type: Metric['type'],
		name: string,
		help: string,
		value: (figures: ChannelFigures) => number,
	): Metric => ({
		name: `pilotwire_meter_${name}`,
		help,
		type,
		read: () => channels().map(({ id, figures }) => ({ labels: { meter: id }, value: value(figures) })),
	});
	return [
		metric('gauge', 'connected', '1 while the line is open.', ({ connected }) => (connected ? 1 : 0)),
		metric('counter', 'groups_good_total', 'Groups taken.', ({ groupsGood }) => groupsGood),
		metric('counter', 'groups_bad_total', 'Groups refused.', ({ groupsBad }) => groupsBad),
		metric('counter', 'samples_lost_total', 'Samples that the outbox had to drop.', ({ samplesLost }) => samplesLost),
		{
			name: 'pilotwire_meter_load_va',
			help: 'Apparent power by phase; absent while nothing fresh is known.',
			type: 'gauge',
			read: () =>
				channels().flatMap(({ id, figures }) =>
					figures.loads.map(({ phase, apparentPowerVA }) => ({
						labels: { meter: id, phase: String(phase) },
						value: apparentPowerVA,
					})),
				),
		},
	];
}
