// What a cluster leaves behind in its Redis, and a Redis that is full.
import { silentLog } from '@pilotwire/runtime';
import { need, redis } from '@pilotwire/test/parts';
import { type RedisProcess, startRedis } from '@pilotwire/test/redis';
import { openDoor } from '@pilotwire/test/tcp-door';
import { until } from '@pilotwire/test/until';
import { expect } from 'chai';
import { Redis } from 'ioredis';
import { drop, release, say, sayLater, set } from '../src/cluster/ops.ts';
import { Bench, Inbox } from './support/clients.ts';
import { nodeOf } from './support/cluster.ts';
import { message, nodeStores } from './support/redis-stores.ts';

/** Of one account; see redis-prelude.ts. */
const mostAbsent = 1000;
/** What is there once, however many clients, homes and nodes there were. */
const lasting = ['head', 'live', 'epochs', 'nodes', 'nodes-told', 'shards'].map((name) => `pilotwire:${name}`);

describe('what a cluster leaves in its Redis', function () {
	this.timeout(60_000);
	const nodes = nodeStores();
	const { open, claimed, redis: shared } = nodes;

	async function silence(node: string): Promise<void> {
		const [seconds = 0] = await shared.inside.time();
		await shared.inside.zadd('pilotwire:nodes', Number(seconds) * 1000 - 10_000, node);
	}

	/** What would stay for good of clients, homes and nodes. */
	async function endless(): Promise<string[]> {
		const found: string[] = [];
		for (const key of await shared.inside.keys('*')) {
			if (!lasting.includes(key) && (await shared.inside.pttl(key)) < 0) found.push(key);
		}
		return found;
	}

	it('has an end, whatever clients, homes and nodes came and went', async () => {
		const [a, dies, leaves] = [await open('a'), await open('dies'), await open('leaves')];
		for (const store of [a, dies, leaves]) await store.beat(0);
		for (const store of [a, dies, leaves]) {
			const name = store === a ? 'a' : store === dies ? 'dies' : 'leaves';
			const [kept, passing, will] = [
				await claimed(store, `kept-${name}`),
				await claimed(store, `passing-${name}`, 0),
				await claimed(store, `will-${name}`),
			];
			await store.commit(1, [
				set(kept, 's:#', '{}'),
				set(passing, 'will', 'w'),
				set(passing, 'willMs', '0'),
				say(message(`pilotwire/${name}/state`, 'x', { retain: true }), kept),
				say(message(`pilotwire/${name}/state`, '', { retain: true }), kept),
				['group', '{"k":"group"}\n', '$share/g/t', '1'],
				sayLater(will, Buffer.from('w'), 0),
				release(will, '0-0', '', 60_000),
				['tell', '{}\n'],
			]);
			if (store !== a) continue;
			await store.commit(2, [release(kept, '0-0', '', 60_000), drop(passing), ['group', '{}\n', '$share/g/t', '0']]);
		}
		await leaves.leave();
		await silence('dies');
		expect(await a.beat(0)).to.deep.include({ dead: ['dies'] });
		await a.reap('dies');
		for (const { token } of await a.due()) await a.commit(3, [['will', token, '', '', '', '', '']]).catch(() => {});
		const wills = await a.due();
		await a.commit(
			4,
			wills.map(({ token }) => ['will', token, '', '', '', '', '']),
		);
		expect(await endless()).to.deep.equal([]);
		expect(await shared.inside.zrange('pilotwire:nodes', '0', '-1')).to.deep.equal(['a']);
		expect(await shared.inside.hkeys('pilotwire:nodes-told')).to.deep.equal(['a']);
	});

	it('is of one account no more than so many sessions whose clients are absent', async () => {
		const a = await open('a');
		await a.beat(0);
		const other = await claimed(a, 'other', 60, 'home:b');
		const holds = await Promise.all(Array.from({ length: mostAbsent + 5 }, (_, index) => claimed(a, `c${index}`)));
		const gone = holds.map((hold, index) => release(hold, '0-0', '', 60_000 + index));
		await a.commit(1, [release(other, '0-0', '', 1000), ...gone.slice(0, 500)]);
		await a.commit(2, gone.slice(500));
		const kept = await shared.inside.keys('pilotwire:session:*');
		expect(kept).to.have.length(mostAbsent + 1);
		expect(kept).to.include.members(['pilotwire:session:other', `pilotwire:session:c${mostAbsent + 4}`]);
		expect(kept).not.to.include('pilotwire:session:c4');
		// Who is back is absent no more.
		await claimed(a, 'c900');
		expect(await shared.inside.zcard('pilotwire:absent:home:a')).to.equal(mostAbsent - 1);
	});

	it('is nothing of a client whose claim nobody heard the answer of', async () => {
		const a = await open('a');
		await a.beat(0);
		await claimed(a, 'unheard', 0);
		await a.commit(1, [['disown', 'unheard']]);
		expect(await shared.inside.exists('pilotwire:session:unheard', 'pilotwire:clients:a')).to.equal(0);
		const b = await open('b');
		await b.beat(0);
		await claimed(b, 'theirs', 0);
		await a.commit(2, [['disown', 'theirs']]);
		expect(await shared.inside.exists('pilotwire:session:theirs')).to.equal(1);
	});

	it('is told again where the answer was lost: what could not be done too', async () => {
		const a = await open('a');
		await shared.inside.set('pilotwire:retained', 'not a hash');
		const broken = [say(message('t', 'x', { retain: true }))];
		const { fault } = await a.commit(1, broken);
		expect(fault).to.contain('WRONGTYPE');
		expect((await a.commit(1, broken)).fault).to.equal(fault);
		expect((await a.commit(2, [say(message('t', 'x'))])).fault).to.equal(undefined);
		expect((await a.commit(2, [say(message('t', 'x'))])).fault).to.equal(undefined);
	});

	it('takes nothing where it is full but what keeps nodes alive, and goes on where it has room again', async () => {
		const [a, b] = [await open('a'), await open('b')];
		for (const store of [a, b]) await store.beat(0);
		await silence('a');
		await shared.inside.config('SET', 'maxmemory', '1');
		try {
			const problem = await a.commit(1, [say(message('t', 'x'))]).catch((error: Error) => error);
			expect(problem).to.include({ name: 'ReplyError' });
			expect((problem as Error).message).to.match(/^OOM /);
			expect(await b.beat(0)).to.deep.equal({ lost: false, dead: ['a'] });
			await b.reap('a');
			expect(await shared.inside.zrange('pilotwire:nodes', '0', '-1')).to.deep.equal(['b']);
			await b.leave();
			expect(await shared.inside.zcard('pilotwire:nodes')).to.equal(0);
		} finally {
			await shared.inside.config('SET', 'maxmemory', '0');
		}
		expect((await a.commit(1, [say(message('t', 'x'))])).fault).to.equal(undefined);
		expect(
			(await a.read('0-0', 100)).map(({ bytes }) => bytes.toString()).filter((text) => text.includes('"t"')),
		).to.have.length(1);
	});

	it('is heard of again where a connection was cut without a word', async () => {
		const door = await openDoor();
		try {
			door.leadTo(shared.url);
			const a = await open('a', { answerMs: 300, url: door.url.replace('mqtt', 'redis') });
			await a.beat(0);
			door.cut();
			expect(await a.beat(0).catch((error: Error) => error)).to.be.instanceOf(Error);
			door.mend();
			const beat = () => a.beat(0).catch(() => undefined);
			expect(await until('it beats again', beat)).to.deep.equal({ lost: false, dead: [] });
			expect(await until('it reads again', () => a.read('0-0', 1).catch(() => undefined))).to.deep.equal([]);
		} finally {
			await door.close();
		}
	});
});

describe('a cluster whose Redis is full', function () {
	this.timeout(60_000);
	const bench = new Bench();
	let server: RedisProcess | undefined;
	let inside: Redis | undefined;

	before(function () {
		need(this, redis);
	});
	afterEach(async () => {
		await bench.close();
		inside?.disconnect();
		await server?.remove();
	});

	it('acknowledges nothing, turns clients away, and loses nothing that it acknowledged', async () => {
		server = await startRedis();
		inside = new Redis(server.url);
		const said: string[] = [];
		const error = (_: object, text: string): void => void said.push(text);
		const log = { ...silentLog, error } as unknown as typeof silentLog;
		const node = await bench.broker({ ...nodeOf(server.url, 'a'), log });
		const sleeper = await bench.client(node, { clientId: 'sleeper', clean: false });
		await sleeper.subscribeAsync('t', { qos: 1 });
		await sleeper.endAsync();
		const publisher = await bench.client(node);
		await publisher.publishAsync('t', 'before', { qos: 1 });
		await inside.config('SET', 'maxmemory', '1');
		let isAcknowledged = false;
		const saying = publisher.publishAsync('t', 'meanwhile', { qos: 1 }).then(() => {
			isAcknowledged = true;
		});
		await until('the log says so', () => said.length > 0);
		expect(said[0]).to.match(/^The Redis of the cluster refuses what it is told: .*: OOM /);
		expect(await bench.client(node).catch((error: Error) => error)).to.be.instanceOf(Error);
		expect([isAcknowledged, publisher.connected]).to.deep.equal([false, true]);
		await inside.config('SET', 'maxmemory', '0');
		await saying;
		const inboxes: Inbox[] = [];
		await bench.client(node, { clientId: 'sleeper', clean: false }, 'tcp', (early) => inboxes.push(new Inbox(early)));
		const got = await (inboxes[0] as Inbox).until((all) => all.length >= 2);
		expect(got.map(({ text }) => text)).to.deep.equal(['before', 'meanwhile']);
	});
});
