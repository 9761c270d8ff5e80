import { expect } from 'chai';
import { judgeRedis } from '../../src/doctor/redis.ts';
import { redisCli, shownAddress } from '../../src/redis-address.ts';

describe("the doctor's judgement of a cluster's Redis", () => {
	const facts = {
		...{ version: '7.0.15', isSharded: false, isReplica: false, appendOnly: true, appendFsync: 'always' },
		...{ writes: true, maxMemoryPolicy: 'allkeys-lru', maxMemoryBytes: 0 },
	};
	const words = (over: Partial<typeof facts>): string[] =>
		judgeRedis('redis://cache', { kind: 'accepted', facts: { ...facts, ...over } }).map(({ code }) => code ?? 'ok');

	it('takes 6.2 and later, alone, with room on its disk', () => {
		for (const version of ['6.2.0', '7.0.15', '10.1.0']) expect(words({ version })).to.deep.equal(['ok', 'ok']);
		for (const version of ['6.0.16', '5.0.14']) expect(words({ version })).to.deep.equal(['REDIS_UNSUITED', 'ok']);
		expect(words({ isSharded: true })).to.deep.equal(['REDIS_UNSUITED', 'ok']);
		expect(words({ writes: false })).to.deep.equal(['ok', 'REDIS_CANNOT_WRITE']);
	});

	it('minds what is thrown away only where there is a bound', () => {
		expect(words({ maxMemoryBytes: 1e8 })).to.deep.equal(['ok', 'ok', 'REDIS_EVICTS']);
		expect(words({ maxMemoryBytes: 1e8, maxMemoryPolicy: 'noeviction' })).to.deep.equal(['ok', 'ok']);
	});

	it('shows an address without what signs in there, whatever the password holds', () => {
		for (const url of [
			'redis://cache.example.org:6379',
			'redis://user:word@cache.example.org:6379',
			'redis://:p@ss/w@rd@cache.example.org:6379?password=x',
		])
			expect(shownAddress(url)).to.equal('redis://cache.example.org:6379');
		expect(shownAddress('/run/redis/redis.sock')).to.equal('/run/redis/redis.sock');
	});

	it('says what to type without the password', () => {
		expect(redisCli('/run/redis/redis.sock')).to.equal('redis-cli -s /run/redis/redis.sock');
		expect(redisCli('redis://cache:6379')).to.equal('redis-cli -h cache');
		expect(redisCli('rediss://user:word@[::1]:6380/2')).to.equal(
			'redis-cli --tls -h ::1 -p 6380 --user user --askpass',
		);
	});
});
