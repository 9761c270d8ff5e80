import { messageOf } from '@pilotwire/runtime';
import type { Redis } from 'ioredis';
import { prefix } from './redis-prelude.ts';

/** What the Redis of a cluster says of itself. */
export interface RedisFacts {
	/** Such as `7.0.15`. */
	readonly version: string;
	/** Whether it is a part of a Redis Cluster, whose parts have a share of the keys each. */
	readonly isSharded: boolean;
	/** Whether it follows another one, and takes nothing itself. */
	readonly isReplica: boolean;
	/** Whether it writes what it is told to its disk, and when that is waited for; undefined where it may not be asked. */
	readonly appendOnly: boolean;
	readonly appendFsync: string | undefined;
	/** Whether it could write to its disk the last time that it tried. */
	readonly writes: boolean;
	/** What it throws away once it has this many bytes; 0: there is no bound. */
	readonly maxMemoryPolicy: string;
	readonly maxMemoryBytes: number;
	/** What it has now. */
	readonly usedMemoryBytes: number;
	/** The brokers of the cluster that say they live. */
	readonly nodes: readonly NodeFacts[];
}

/** What one broker of a cluster says of itself. */
export interface NodeFacts {
	/** Its name, with a mark of when it was started. */
	readonly node: string;
	readonly version: string;
	/** How long it has said nothing, ms; it speaks every second. */
	readonly silentMs: number;
	/** How far its machine's clock is ahead of Redis', ms; negative where behind. */
	readonly aheadMs: number;
}

/** Whether a Redis answers, lets us in, and what it says. */
export type RedisAnswer =
	| { readonly kind: 'away' | 'refused'; readonly problem: string }
	| { readonly kind: 'accepted'; readonly facts: RedisFacts };

/** How long it has to answer, ms. */
const answerMs = 5000;
const REFUSED = /^(NOAUTH|WRONGPASS|NOPERM|ERR (invalid password|AUTH|Client sent AUTH))/i;

/** Asks the Redis of a cluster how it keeps what it is told; changes nothing. Never rejects. */
export async function askRedis({
	url,
	password,
}: {
	url: string;
	password?: string | undefined;
}): Promise<RedisAnswer> {
	const { Redis } = await import('ioredis');
	const redis = new Redis(url, {
		...(password === undefined ? {} : { password }),
		...{ lazyConnect: true, enableReadyCheck: false, enableOfflineQueue: false, maxRetriesPerRequest: 0 },
		...{ protocol: 2, disableClientInfo: true, connectTimeout: answerMs, commandTimeout: answerMs },
		retryStrategy: () => null,
	});
	let said: unknown;
	redis.on('error', (error) => {
		said ??= error;
	});
	try {
		await redis.connect();
		const facts = factsOf(await redis.info());
		const nodes = facts.isSharded ? [] : await nodesOf(redis);
		return { kind: 'accepted', facts: { ...facts, appendFsync: await appendFsyncOf(redis), nodes } };
	} catch (error) {
		const problem = messageOf(said ?? error);
		return { kind: REFUSED.test(problem) ? 'refused' : 'away', problem };
	} finally {
		redis.disconnect();
	}
}

/** Whoever rents a Redis may often not ask for its settings. */
async function appendFsyncOf(redis: Redis): Promise<string | undefined> {
	try {
		const [, value] = (await redis.config('GET', 'appendfsync')) as string[];
		return value;
	} catch {
		return undefined;
	}
}

/** Who says that it lives, and what it said of itself last. */
async function nodesOf(redis: Redis): Promise<NodeFacts[]> {
	const [seconds, microseconds] = await redis.time();
	const nowMs = Number(seconds) * 1000 + Number(microseconds) / 1000;
	const beats = await redis.zrange(`${prefix}nodes`, '0', '-1', 'WITHSCORES');
	const told = await redis.hgetall(`${prefix}nodes-told`);
	const nodes: NodeFacts[] = [];
	for (let at = 0; at + 1 < beats.length; at += 2) {
		const node = beats[at] ?? '';
		// One of an earlier version says nothing else.
		const { version = 'unknown', aheadMs = 0 } = JSON.parse(told[node] ?? '{}') as Partial<NodeFacts>;
		nodes.push({ node, version, aheadMs, silentMs: Math.max(0, nowMs - Number(beats[at + 1])) });
	}
	return nodes;
}

/** The answer to INFO: lines of `name:value`. */
function factsOf(text: string): Omit<RedisFacts, 'appendFsync' | 'nodes'> {
	const values = new Map([...text.matchAll(/^(\w+):(.*?)\r?$/gm)].map(([, name = '', value = '']) => [name, value]));
	const failed = ['aof_last_write_status', 'aof_last_bgrewrite_status', 'rdb_last_bgsave_status'];
	return {
		version: values.get('redis_version') ?? 'unknown',
		isSharded: values.get('redis_mode') === 'cluster',
		isReplica: values.get('role') === 'slave',
		appendOnly: values.get('aof_enabled') === '1',
		writes: failed.every((name) => values.get(name) !== 'err'),
		maxMemoryPolicy: values.get('maxmemory_policy') ?? 'unknown',
		maxMemoryBytes: Number(values.get('maxmemory') ?? 0),
		usedMemoryBytes: Number(values.get('used_memory') ?? 0),
	};
}
