import { type Logger, type Metrics, type MetricsAddress, MetricsServer, messageOf } from '@pilotwire/runtime';
import type { House } from './config.ts';

/** Serves the metrics where that is wanted; where it can't, the house runs on without. */
export async function serveMetrics(
	{ metrics: { enabled, host, port } }: Pick<House, 'metrics'>,
	metrics: Metrics,
	log: Logger,
	place = 0,
): Promise<{ close(): Promise<void> }> {
	const off = { close: async () => {} };
	if (!enabled) return off;
	const address: MetricsAddress = { host, port: port === 0 ? 0 : port + place };
	try {
		return await MetricsServer.start(address, metrics, log);
	} catch (error) {
		log.error({ err: error }, messageOf(error));
		return off;
	}
}
