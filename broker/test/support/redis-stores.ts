// The Redis of a cluster for the tests of a suite, and the ends that its nodes have of it.
import { need, redis } from '@pilotwire/test/parts';
import { type RedisProcess, startRedis } from '@pilotwire/test/redis';
import { Redis } from 'ioredis';
import type { Hold } from '../../src/cluster/ops.ts';
import type { SharedStore } from '../../src/cluster/shared-store.ts';
import { RedisStore, type RedisStoreOptions } from '../../src/io/redis.ts';
import type { Message } from '../../src/persistence/message.ts';

export const MiB = 1024 * 1024;

/** A message of quality of service 1 that is not retained. */
export const message = (topic: string, text: string, more: Partial<Message> = {}): Message => ({
	...{ topic, payload: Buffer.from(text), qos: 1, retain: false },
	...more,
});

/** Redis itself, empty for each test, and whoever has opened it as a node. */
export interface NodeStores {
	readonly url: string;
	/** To look into it, and to meddle. */
	readonly inside: Redis;
	open(node: string, more?: Partial<RedisStoreOptions>): Promise<RedisStore>;
	/** Takes a session that nobody else has. */
	claimed(store: SharedStore, client: string, expiryS?: number, owner?: string): Promise<Hold>;
}

/** Call it in the body of `describe`. */
export function nodeStores(): NodeStores {
	let server: RedisProcess | undefined;
	let inside: Redis | undefined;
	const stores: SharedStore[] = [];

	before(async function () {
		need(this, redis);
		server = await startRedis();
		inside = new Redis(server.url);
	});
	afterEach(async () => {
		await Promise.all(stores.splice(0).map((store) => store.close()));
		await inside?.flushall();
	});
	after(async () => {
		inside?.disconnect();
		await server?.remove();
	});

	const there = (): { server: RedisProcess; inside: Redis } => {
		if (server === undefined || inside === undefined) throw new Error('Redis runs only while its tests do');
		return { server, inside };
	};
	return {
		get url() {
			return there().server.url;
		},
		get inside() {
			return there().inside;
		},
		open: async (node, more = {}) => {
			const store = await RedisStore.open({
				...{ url: there().server.url, node, version: '1.0.0', sessionForS: 600, onTrouble: () => {} },
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
