import type { BrokerOptions } from '../../src/index.ts';
import { Bench } from './clients.ts';
import { type SuiteRedis, suiteRedis } from './suite-redis.ts';
import type { WireClient } from './wire-client.ts';

/**
 * What makes a broker a node of a cluster, at the Redis of a test. `messages`: what a home's log keeps.
 */
export function nodeOf(url: string, name: string, messages = 20_000): Pick<BrokerOptions, 'cluster'> {
	return { cluster: { url, name, bounds: { messages, bytes: messages * 1700, keptForS: 86_400 } } };
}

/** Nodes of a cluster for a suite, and the clients of each of its tests. */
export interface ClusterStage {
	readonly redis: SuiteRedis;
	readonly nodes: Bench;
	readonly bench: Bench;
	/** What is put there goes with its test. */
	readonly wires: WireClient[];
}

/** Call it in the body of `describe`. */
export function clusterStage(): ClusterStage {
	const redis = suiteRedis();
	const nodes = new Bench();
	const bench = new Bench();
	const wires: WireClient[] = [];
	afterEach(async () => {
		for (const { socket } of wires.splice(0)) socket.destroy();
		await bench.close();
	});
	after(() => nodes.close());
	return { redis, nodes, bench, wires };
}
