import { expect } from 'chai';
import { judgeNodes } from '../../src/doctor/nodes.ts';
import { judgeRedis } from '../../src/doctor/redis.ts';
import { redisCli, shownAddress } from '../../src/redis-address.ts';

describe("the doctor's judgement of a cluster's Redis", () => {
	const facts = {
		...{ version: '7.0.15', isSharded: false, isReplica: false, appendOnly: true, appendFsync: 'always' },
		...{ writes: true, maxMemoryPolicy: 'allkeys-lru', maxMemoryBytes: 0, usedMemoryBytes: 12e6 },
		nodes: [{ node: 'north-0a1b2c3d', version: '0.9.0', silentMs: 400, aheadMs: -12.4 }],
	};
	const words = (over: Partial<typeof facts>): string[] =>
		judgeRedis('redis://cache', { kind: 'accepted', facts: { ...facts, ...over } }).map(({ code }) => code ?? 'ok');

	it('takes 6.2 and later, alone, with room on its disk', () => {
		for (const version of ['6.2.0', '7.0.15', '10.1.0']) expect(words({ version })).to.deep.equal(['ok', 'ok', 'ok']);
		for (const version of ['6.0.16', '5.0.14']) expect(words({ version })[0]).to.equal('REDIS_UNSUITED');
		expect(words({ isSharded: true })[0]).to.equal('REDIS_UNSUITED');
		expect(words({ writes: false })[1]).to.equal('REDIS_CANNOT_WRITE');
	});

	it('minds what is thrown away only where there is a bound', () => {
		expect(words({ maxMemoryBytes: 1e8 })[2]).to.equal('REDIS_EVICTS');
		expect(words({ maxMemoryBytes: 1e8, maxMemoryPolicy: 'noeviction' })).to.deep.equal(['ok', 'ok', 'ok']);
	});

	it('says before it is full that it will be, and when it is', () => {
		const of = (usedMemoryBytes: number) =>
			words({ maxMemoryBytes: 1e8, maxMemoryPolicy: 'noeviction', usedMemoryBytes })[2];
		expect([79e6, 80e6, 1e8, 2e8].map(of)).to.deep.equal(['ok', 'REDIS_NEARLY_FULL', 'REDIS_FULL', 'REDIS_FULL']);
	});

	it('minds nodes that are silent, whose clocks are wrong, or that are of different versions', () => {
		const north = { node: 'north-0a1b2c3d', version: '0.9.0', silentMs: 400, aheadMs: -12.4 };
		const judged = (...nodes: Partial<typeof north>[]) => judgeNodes(nodes.map((node) => ({ ...north, ...node })));
		const codes = (...nodes: Partial<typeof north>[]) => judged(...nodes).map(({ code }) => code ?? 'ok');
		expect(codes()).to.deep.equal(['NODES_AWAY']);
		expect(codes({ silentMs: 4000 })).to.deep.equal(['NODE_SILENT']);
		expect(codes({ aheadMs: -86_400_000 }, {})).to.deep.equal(['NODE_CLOCK']);
		expect(codes({}, { version: '0.8.0' })).to.deep.equal(['NODE_VERSIONS']);
		expect(judged({}, { node: 'my-south-ffffffff' })[0]?.found).to.equal(
			"2 live: my-south, north; version 0.9.0, clocks within 12 ms of Redis'",
		);
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
