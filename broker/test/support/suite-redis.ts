// A Redis of the distribution for the tests of a suite.
import { atTheEnd } from '@pilotwire/test/hooks';
import { need, redis } from '@pilotwire/test/parts';
import { type RedisProcess, startRedis } from '@pilotwire/test/redis';
import { Redis } from 'ioredis';

export interface SuiteRedis {
	readonly url: string;
	/** To look into it, and to meddle. */
	readonly inside: Redis;
}

/** Call it in the body of `describe`; it ends after all that the suite has ended. */
export function suiteRedis(): SuiteRedis {
	let open: { readonly server: RedisProcess; readonly inside: Redis } | undefined;
	atTheEnd('suite', async () => {
		open?.inside.disconnect();
		await open?.server.remove();
	});
	before(async function () {
		need(this, redis);
		const server = await startRedis();
		open = { server, inside: new Redis(server.url) };
	});
	const there = () => {
		if (open === undefined) throw new Error('Redis runs only while its tests do');
		return open;
	};
	return {
		get url() {
			return there().server.url;
		},
		get inside() {
			return there().inside;
		},
	};
}
