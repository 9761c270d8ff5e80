// The ends that nodes have of the Redis of their cluster, for the tests of a suite.
import type { Hold } from '../../src/cluster/ops.ts';
import type { SharedStore } from '../../src/cluster/shared-store.ts';
import { RedisStore, type RedisStoreOptions } from '../../src/io/redis.ts';
import type { Message } from '../../src/persistence/message.ts';
import { type SuiteRedis, suiteRedis } from './suite-redis.ts';

export const MiB = 1024 * 1024;

/** A message of quality of service 1 that is not retained. */
export const message = (topic: string, text: string, more: Partial<Message> = {}): Message => ({
	...{ topic, payload: Buffer.from(text), qos: 1, retain: false },
	...more,
});

/** Redis itself, empty for each test, and whoever has opened it as a node. */
export interface NodeStores {
	readonly redis: SuiteRedis;
	open(node: string, more?: Partial<RedisStoreOptions>): Promise<RedisStore>;
	/** Takes a session that nobody else has. */
	claimed(store: SharedStore, client: string, expiryS?: number, owner?: string): Promise<Hold>;
}

/** Call it in the body of `describe`. */
export function nodeStores(): NodeStores {
	const redis = suiteRedis();
	const stores: SharedStore[] = [];

	afterEach(async () => {
		await Promise.all(stores.splice(0).map((store) => store.close()));
		await redis.inside.flushall();
	});

	return {
		redis,
		open: async (node, more = {}) => {
			const store = await RedisStore.open({
				...{ url: redis.url, node, version: '1.0.0', sessionForS: 600, onTrouble: () => {} },
				bounds: { messages: 1000, bytes: MiB, keptForS: 600 },
				retained: { home: { topics: 100, bytes: MiB }, all: { topics: 1000, bytes: 10 * MiB } },
				...more,
			});
			stores.push(store);
			return store;
		},
		claimed: async (store, client, expiryS = 60, owner = 'home:a') => {
			const answer = await store.claim(client, { clean: false, expiryS, owner }, 'take');
			if (answer.kind !== 'mine') throw new Error(answer.kind);
			return { client, epoch: answer.epoch, isOver: false };
		},
	};
}
