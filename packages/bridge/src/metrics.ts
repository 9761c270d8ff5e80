import type { BridgeState } from '@pilotwire/contract';
import type { Metric } from '@pilotwire/runtime';

/** The bridge for Prometheus. */
export function metricsOf(state: () => BridgeState): Metric[] {
	const metric = (type: Metric['type'], name: string, help: string, read: (state: BridgeState) => number): Metric => ({
		...{ name: `pilotwire_bridge_${name}`, help, type },
		read: () => read(state()),
	});
	return [
		metric('gauge', 'up', '1 while the house is shown outside.', ({ doing }) => Number(doing === 'bridging')),
		metric('gauge', 'waiting_messages', 'Messages that wait to go out.', ({ waiting }) => waiting),
		metric('counter', 'sent_messages_total', 'Messages that went out.', ({ sent }) => sent),
		metric('counter', 'received_messages_total', 'Messages that came in.', ({ received }) => received),
		metric('counter', 'refused_messages_total', 'Messages from outside that were refused.', ({ refused }) => refused),
		metric('counter', 'dropped_messages_total', 'Messages dropped for want of room.', ({ dropped }) => dropped),
	];
}
