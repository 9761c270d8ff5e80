// Whose a session is in a cluster, and what becomes of a client whose session is its node's no more.
import { silentLog } from '@pilotwire/runtime';
import { need, redis as part } from '@pilotwire/test/parts';
import { type RedisProcess, startRedis } from '@pilotwire/test/redis';
import { until } from '@pilotwire/test/until';
import { expect } from 'chai';
import { count, say } from '../src/cluster/ops.ts';
import type { Broker } from '../src/index.ts';
import { RedisStore } from '../src/io/redis.ts';
import { Bench, Inbox, knownAccount } from './support/clients.ts';
import { clusterStage, nodeOf } from './support/cluster.ts';
import { WireClient } from './support/wire-client.ts';

describe('a session in a cluster', function () {
	this.timeout(60_000);
	const { redis, nodes, bench, wires } = clusterStage();
	let node: Broker;

	before(async () => {
		const stranger = { kind: 'person', name: 'stranger', role: 'admin' } as const;
		const accounts = [knownAccount, { ...knownAccount, principal: stranger }];
		node = await nodes.broker({ ...nodeOf(redis.url, 'a'), accounts });
	});

	async function wire(version: 4 | 5, clientId: string, options: Record<string, unknown> = {}): Promise<WireClient> {
		const client = await WireClient.signIn(node, version, { clientId, ...options });
		wires.push(client);
		return client;
	}

	async function listening(topic: string): Promise<Inbox> {
		const client = await bench.client(node);
		const inbox = new Inbox(client);
		await client.subscribeAsync(topic, { qos: 1 });
		return inbox;
	}

	for (const kept of [false, true]) {
		it(`keeps its client where another account names its id at the same node (${kept ? 'kept' : 'clean'})`, async () => {
			const topic = `gone/${kept}`;
			const inbox = await listening(topic);
			const will = { topic, payload: Buffer.from('offline'), qos: 1, retain: false };
			const bridge = await wire(4, 'house-dupont', { clean: !kept, will });
			const thief = await WireClient.connect(node, 4, { clientId: 'house-dupont', clean: !kept, username: 'stranger' });
			wires.push(thief);
			expect(await thief.next()).to.include({ cmd: 'connack', returnCode: 2 });
			expect(await bridge.settle()).to.deep.equal([]);
			expect(await inbox.settle()).to.deep.equal([]);
		});
	}

	it('keeps the identifier of a message of QoS 2 with the message', async () => {
		// Where there is no room for a session, nothing else writes its identifiers.
		const full = await bench.broker({ ...nodeOf(redis.url, 'full'), limits: { sessions: 1 } });
		for (const clientId of ['first', 'second']) {
			const client = await WireClient.signIn(full, 4, { clientId, clean: false });
			wires.push(client);
			client.send({ cmd: 'publish', topic: 'once', payload: 'x', qos: 2, messageId: 7 });
			expect(await client.next()).to.include({ cmd: 'pubrec', messageId: 7 });
		}
		expect(await redis.inside.hget('pilotwire:session:second', 'i:7')).to.equal('1');
	});

	const refusals = {
		'a PUBLISH of QoS 2': { cmd: 'publish', topic: 'undone', payload: 'x', qos: 2, messageId: 7 },
		'a SUBSCRIBE': { cmd: 'subscribe', messageId: 7, subscriptions: [{ topic: 'undone', qos: 1 }] },
	};
	for (const [what, packet] of Object.entries(refusals)) {
		it(`is told nothing of ${what} that was not done, for others took it for dead`, async () => {
			const inbox = await listening('undone');
			const will = { topic: 'undone', payload: Buffer.from('a will'), qos: 1, retain: false };
			const client = await wire(4, 'cut-off', { clean: false, will });
			await redis.inside.hset('pilotwire:session:cut-off', { epoch: 'of another', node: 'another' });
			client.send(packet);
			expect(await client.next()).to.deep.equal({ cmd: 'closed' });
			expect(await inbox.settle()).to.deep.equal([]);
			await redis.inside.del('pilotwire:session:cut-off');
		});
	}
});

describe('a node of a cluster', function () {
	this.timeout(60_000);
	const bench = new Bench();
	const wires: WireClient[] = [];
	let server: RedisProcess;

	before(function () {
		need(this, part);
	});

	beforeEach(async () => {
		server = await startRedis();
	});

	afterEach(async () => {
		for (const { socket } of wires.splice(0)) socket.destroy();
		await bench.close();
		await server?.remove();
	});

	it('leaves out wills and takes no subscriptions where too much waits for Redis', async () => {
		const warned: string[] = [];
		const log = { ...silentLog, warn: (_: object, text: string) => void warned.push(text) } as typeof silentLog;
		const limits = { queuedBytesInAll: 10_000 };
		const node = await bench.broker({ ...nodeOf(server.url, 'a'), limits, log });
		const sign = async (clientId: string, options: object = {}): Promise<WireClient> => {
			const client = await WireClient.signIn(node, 5, { clientId, ...options });
			wires.push(client);
			return client;
		};
		const will = { topic: 'gone', payload: Buffer.from('gone'), qos: 1, retain: false };
		const testator = await sign('testator', { will });
		const [talker, asker] = [await sign('talker'), await sign('asker')];
		await asker.subscribe('before', { qos: 1 });
		await server.kill();
		talker.send({ cmd: 'publish', topic: 't', payload: Buffer.alloc(20_000), qos: 0 });
		await talker.settle();
		expect(await asker.subscribe('after', { qos: 1 })).to.deep.include({ cmd: 'suback', granted: [0x97] });
		asker.send({ cmd: 'unsubscribe', messageId: 2, unsubscriptions: ['before'] });
		expect(await asker.next()).to.include({ cmd: 'disconnect', reasonCode: 0x97 });
		testator.socket.destroy();
		await until('the warning', () => warned.some((text) => text.startsWith('A will could not be said')));
		expect(await talker.settle()).to.deep.equal([]);
		await server.restart();
	});

	it('stops while Redis is away', async () => {
		const node = await bench.broker(nodeOf(server.url, 'a'));
		const client = await WireClient.signIn(node, 4, { clientId: 'kept', clean: false });
		wires.push(client);
		await client.subscribe('t', { qos: 1 });
		await server.kill();
		client.send({ cmd: 'publish', topic: 't', payload: 'x', qos: 1, messageId: 7 });
		await client.settle();
		await node.stop();
	});

	it('gives messages of shared subscriptions to nobody that is gone, after a gap in the log', async () => {
		const node = await bench.broker(nodeOf(server.url, 'a'));
		const ghost = await storeOf(server.url, 'ghost');
		await ghost.commit(1, [count('ghost', '$share/g/t', 1)]);
		await ghost.close();
		const client = await bench.client(node);
		await client.subscribeAsync('seen', { qos: 1 });
		const ended = new Promise<void>((resolve) => client.once('close', () => resolve()));
		await server.lose();
		await ended;
		const member = await bench.client(node);
		const inbox = new Inbox(member);
		await member.subscribeAsync('$share/g/t', { qos: 1 });
		const texts = ['0', '1', '2', '3', '4', '5'];
		for (const text of texts) await member.publishAsync('t', text, { qos: 1 });
		await inbox.settle();
		expect(inbox.all.filter(({ topic }) => topic === 't').map(({ text }) => text)).to.deep.equal(texts);
	});

	it('retains what all nodes retain, whatever there is no room for, and nothing past its expiry', async () => {
		const limits = { retainedTopicsOfHome: 2, retainedBytesOfHome: 4096 };
		const start = (name: string): Promise<Broker> => bench.broker({ ...nodeOf(server.url, name), limits });
		const past = await storeOf(server.url, 'past');
		const old = { topic: 'pilotwire/x/old', payload: Buffer.from('x'), qos: 1, retain: true, expiresAt: 1000 } as const;
		await past.commit(1, [say(old)]);
		await past.close();
		const [a, b] = [await start('a'), await start('b')];
		const publisher = await bench.client(a);
		const publish = (name: string, payload: string) =>
			publisher.publishAsync(`pilotwire/x/${name}`, payload, { qos: 1, retain: true });
		for (const name of ['one', 'two', 'three']) await publish(name, 'x');
		await publish('one', 'x'.repeat(4096));
		await publish('four', 'x');
		for (const node of [a, b, await start('c')]) {
			const reader = await bench.client(node);
			const inbox = new Inbox(reader);
			await reader.subscribeAsync('pilotwire/x/+', { qos: 0 });
			const got = await inbox.settle();
			expect(got.map(({ topic }) => topic)).to.have.members(['pilotwire/x/two', 'pilotwire/x/four']);
		}
	});
});

function storeOf(url: string, node: string): Promise<RedisStore> {
	const bound = { topics: 100, bytes: 1_000_000 };
	return RedisStore.open({
		...{ url, node, version: '1.0.0', sessionForS: 600, onTrouble: () => {} },
		bounds: { messages: 1000, bytes: 1_000_000, keptForS: 600 },
		retained: { home: bound, all: bound },
	});
}
