import type { BrokerOptions } from '../../src/index.ts';

/**
 * What makes a broker a node of a cluster, at the Redis of a test. `messages`: what a home's log keeps.
 */
export function nodeOf(url: string, name: string, messages = 20_000): Pick<BrokerOptions, 'cluster'> {
	return { cluster: { url, name, bounds: { messages, bytes: messages * 1700, keptForS: 86_400 } } };
}
