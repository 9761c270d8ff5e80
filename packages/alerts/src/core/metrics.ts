import type { Metric } from '@pilotwire/runtime';

/** What is measured of alerts. */
export function alertMetrics(
	keeper: { readonly on: readonly unknown[] },
	channels: {
		readonly all: readonly {
			readonly id: string;
			readonly kept: { readonly waiting: readonly unknown[] };
			readonly counts: { readonly sent: number; readonly failed: number };
		}[];
	},
): Metric[] {
	const each = (read: (channel: (typeof channels.all)[number]) => number) => () =>
		channels.all.map((channel) => ({ labels: { channel: channel.id }, value: read(channel) }));
	return [
		{
			...{ name: 'pilotwire_alerts_on', type: 'gauge', help: 'Alerts that are on.' },
			read: () => keeper.on.length,
		},
		{
			...{ name: 'pilotwire_alerts_waiting', type: 'gauge', help: 'Notices that a channel has still to tell.' },
			read: each(({ kept }) => kept.waiting.length),
		},
		{
			...{ name: 'pilotwire_alerts_sent_total', type: 'counter', help: 'Messages that a channel took.' },
			read: each(({ counts }) => counts.sent),
		},
		{
			...{ name: 'pilotwire_alerts_failures_total', type: 'counter', help: 'Messages that a channel did not take.' },
			read: each(({ counts }) => counts.failed),
		},
	];
}
