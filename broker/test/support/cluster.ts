import type { BrokerOptions } from '../../src/index.ts';

/** What makes a broker a node of a cluster, at the Redis of a test. */
export function nodeOf(url: string, name: string): Pick<BrokerOptions, 'cluster'> {
	return { cluster: { url, name, bounds: { messages: 20_000, bytes: 32 * 1024 * 1024, keptForS: 86_400 } } };
}
