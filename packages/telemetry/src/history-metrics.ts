import type { TelemetryState } from '@pilotwire/contract';
import type { Metric } from '@pilotwire/runtime';

type StoreState = TelemetryState['stores'][number];

/** What Prometheus is told of the history: by store. */
export function historyMetrics(state: () => Pick<TelemetryState, 'stores'>): Metric[] {
	const metric = (type: Metric['type'], name: string, help: string, value: (store: StoreState) => number): Metric => ({
		name: `pilotwire_history_${name}`,
		help,
		type,
		read: () => state().stores.map((store) => ({ labels: { store: store.store }, value: value(store) })),
	});
	return [
		metric('counter', 'written_total', 'Points that the store confirmed.', ({ written }) => written),
		metric('gauge', 'waiting', 'Points in the spool that wait for the store.', ({ waiting }) => waiting),
		metric('counter', 'dropped_total', 'Points given up because too many waited.', ({ dropped }) => dropped),
		metric('counter', 'refused_total', 'Points that the store would not take.', ({ refused }) => refused),
		metric('gauge', 'problem', '1 while something is wrong with the store.', ({ problem }) =>
			problem === undefined ? 0 : 1,
		),
	];
}
