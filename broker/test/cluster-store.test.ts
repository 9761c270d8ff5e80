// What Redis is told to do for a cluster, and what it makes of it.
import { expect } from 'chai';
import { drop, forget, type Hold, say, set } from '../src/cluster/ops.ts';
import type { SharedStore } from '../src/cluster/shared-store.ts';
import type { Message } from '../src/persistence/message.ts';
import { MiB, message, nodeStores } from './support/redis-stores.ts';

const terms = { clean: false, expiryS: 60, owner: 'device:box' };

const state = (topic: string, text: string, more: Partial<Message> = {}): Message =>
	message(topic, text, { retain: true, ...more });

describe('the Redis of a cluster', function () {
	this.timeout(60_000);
	const nodes = nodeStores();
	const { open, redis: shared } = nodes;
	const claimed = (store: SharedStore, client: string): Promise<Hold> =>
		nodes.claimed(store, client, terms.expiryS, terms.owner);

	/** As if no node had been heard for so long. */
	async function silence(ms: number, ...names: string[]): Promise<void> {
		const [seconds = 0] = await shared.inside.time();
		for (const node of names) await shared.inside.zadd('pilotwire:nodes', seconds * 1000 - ms, node);
	}

	/** All that stands in the log: its topic, and whether there was no room to retain it. */
	async function logged(store: SharedStore): Promise<string[]> {
		const entries = await store.read('0-0', 100);
		return entries.map(({ bytes, unkept }) => {
			const { t } = JSON.parse(bytes.toString().split('\n')[0] ?? '') as { t: string };
			return unkept === true ? `${t} unkept` : t;
		});
	}

	const retainedNow = async (): Promise<string[]> => (await shared.inside.hkeys('pilotwire:retained')).sort();

	it('takes no node for dead where Redis was away, and all of them were silent', async () => {
		const [a, b] = [await open('a'), await open('b')];
		for (const store of [a, b]) await store.beat(0);
		await silence(10_000, 'a', 'b');
		expect(await a.beat(0)).to.deep.equal({ lost: false, dead: [] });
		expect(await b.beat(0)).to.deep.equal({ lost: false, dead: [] });
		await silence(10_000, 'b');
		expect(await a.beat(0)).to.deep.equal({ lost: false, dead: ['b'] });
	});

	it("gives nobody another account's client id because Redis was away", async () => {
		const [a, b] = [await open('a'), await open('b')];
		for (const store of [a, b]) await store.beat(0);
		await a.claim('bridge', { clean: true, expiryS: 0, owner: 'home:a' }, 'ask');
		await silence(10_000, 'a', 'b');
		const answer = await b.claim('bridge', { clean: true, expiryS: 0, owner: 'home:b' }, 'ask');
		expect(answer).to.deep.equal({ kind: 'others' });
	});

	it("tells what it did not do, for the session is another node's by then, also where the first answer was lost", async () => {
		const [a, b] = [await open('a'), await open('b')];
		const hold = await claimed(a, 'box');
		await b.claim('box', terms, 'take');
		const mine = await claimed(a, 'other');
		const operations = [
			say(message('t', 'once', { qos: 2 }), hold, 7),
			set(hold, 's:t', '{}'),
			say(message('u', 'once', { qos: 2 }), mine, 8),
		];
		const lost = { client: hold.client, epoch: hold.epoch };
		const committed = await a.commit(1, operations);
		expect(committed).to.deep.include({ unheld: [lost], fault: undefined });
		expect(await a.commit(1, operations)).to.deep.equal(committed);
		expect((await logged(a)).filter((topic) => topic === 't' || topic === 'u')).to.deep.equal(['u']);
		expect(await shared.inside.hgetall('pilotwire:session:box')).not.to.have.any.keys('i:7', 's:t');
	});

	it('keeps a message of QoS 2 and its identifier in one step', async () => {
		const a = await open('a');
		const hold = await claimed(a, 'box');
		await a.commit(1, [say(message('t', 'once', { qos: 2 }), hold, 7)]);
		expect(await shared.inside.hgetall('pilotwire:session:box')).to.include({ 'i:7': '1' });
		const passing = await a.claim('passing', { ...terms, expiryS: 0 }, 'ask');
		const epoch = passing.kind === 'mine' ? passing.epoch : '';
		await a.commit(2, [say(message('t', 'once', { qos: 2 }), { client: 'passing', epoch, isOver: false }, 7)]);
		expect(await shared.inside.hgetall('pilotwire:session:passing')).not.to.have.any.keys('i:7');
	});

	it('does the rest of a batch of which it could not do something, says so, and does nothing twice', async () => {
		const a = await open('a');
		const hold = await claimed(a, 'box');
		await shared.inside.set('pilotwire:retained', 'not a hash');
		const operations = [say(message('before', 'x')), say(state('broken', 'x')), say(message('after', 'x')), drop(hold)];
		const { fault } = await a.commit(1, operations);
		expect(fault).to.contain('WRONGTYPE');
		await a.commit(1, operations);
		expect((await logged(a)).filter((topic) => topic !== 'broken')).to.deep.equal(['before', 'after']);
		expect(await shared.inside.exists('pilotwire:session:box')).to.equal(0);
	});

	it('retains so many topics of a home and of all, and clears what it has no room to replace', async () => {
		const [home, all] = [
			{ topics: 2, bytes: 4096 },
			{ topics: 3, bytes: MiB },
		];
		const a = await open('a', { retained: { home, all } });
		const topics = ['pilotwire/one/a', 'pilotwire/one/b', 'pilotwire/one/c', 'lamp/1/state', 'plug/1/state'];
		await a.commit(
			1,
			topics.map((topic) => say(state(topic, 'x'))),
		);
		expect(await logged(a)).to.deep.equal([
			...topics.slice(0, 2),
			'pilotwire/one/c unkept',
			'lamp/1/state',
			'plug/1/state unkept',
		]);
		expect(await retainedNow()).to.deep.equal(['lamp/1/state', 'pilotwire/one/a', 'pilotwire/one/b']);
		await a.commit(2, [say(state('pilotwire/one/a', 'x'.repeat(4096), { qos: 0 })), say(state('lamp/1/state', ''))]);
		expect(await retainedNow()).to.deep.equal(['pilotwire/one/b']);
		await a.commit(3, [say(state('plug/1/state', 'x')), say(state('pilotwire/one/c', 'x'))]);
		expect(await retainedNow()).to.deep.equal(['pilotwire/one/b', 'pilotwire/one/c', 'plug/1/state']);
		await a.commit(
			4,
			topics.map((topic) => say(state(topic, ''))),
		);
		expect(await shared.inside.hgetall('pilotwire:retained-sums')).to.deep.equal({});
	});

	it('forgets what is past its expiry, unless another message has taken its place', async () => {
		const a = await open('a');
		const [old, other] = [1000, 2000].map((expiresAt) => state('pilotwire/one/a', 'x', { expiresAt }));
		if (old === undefined || other === undefined) return;
		await a.commit(1, [say(other), forget(old)]);
		expect(await retainedNow()).to.deep.equal(['pilotwire/one/a']);
		await a.commit(2, [say(old), forget(old), forget(old)]);
		expect(await retainedNow()).to.deep.equal([]);
		expect(await shared.inside.hgetall('pilotwire:retained-sums')).to.deep.equal({});
	});
});
