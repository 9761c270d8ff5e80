// Nodes of a cluster that are killed under load, and a Redis that is.
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type BrokerProcess, startBroker } from '@pilotwire/test/broker-process';
import { need, redis } from '@pilotwire/test/parts';
import { type RedisProcess, startRedis } from '@pilotwire/test/redis';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { until } from '@pilotwire/test/until';
import { expect } from 'chai';
import { nodeOf } from './support/cluster.ts';
import { LoadPublisher, LoadSubscriber } from './support/load.ts';
import { WireClient } from './support/wire-client.ts';

const soak = process.env['PILOTWIRE_SOAK'] === '1';
const rounds = soak ? 20 : 2;
/** How long what was killed stays away. Milliseconds. */
const awayMs = 300;
/** Nothing takes so long, unless it never comes. Milliseconds. */
const neverMs = 100_000;

describe('a cluster whose nodes are killed', function () {
	this.timeout(soak ? 600_000 : 120_000);
	const folder = temporaryDirectory('suite');
	const wires: WireClient[] = [];
	let server: RedisProcess;
	let nodes: BrokerProcess[] = [];

	before(async function () {
		need(this, redis);
		server = await startRedis();
		nodes = await Promise.all(['a', 'b', 'c'].map((name) => startNode(name)));
	});

	afterEach(() => {
		for (const { socket } of wires.splice(0)) socket.destroy();
	});

	after(async () => {
		await Promise.all(nodes.map((node) => node.kill()));
		await server?.remove();
	});

	function startNode(name: string): Promise<BrokerProcess> {
		return startBroker(join(folder.path, `${name}.db`), {}, nodeOf(server.url, name));
	}

	/** Where a client goes: another node each time it asks. */
	function urls(from: number): () => string {
		let at = from - 1;
		return () => {
			at += 1;
			return (nodes[at % nodes.length] as BrokerProcess).url;
		};
	}

	async function killed(at: number): Promise<void> {
		await nodes[at]?.kill();
	}

	/** Another 200 messages have come. */
	async function goesOn({ got }: LoadSubscriber): Promise<void> {
		const before = got.length;
		await until('200 messages more', () => got.length > before + 200, neverMs);
	}

	/** The publishers have said all, and the subscriber has got the last of it. */
	async function finished(publishers: readonly LoadPublisher[], subscriber: LoadSubscriber): Promise<void> {
		await Promise.all(publishers.map((publisher) => publisher.finish()));
		for (const { topic, acknowledged } of publishers) {
			const last = Math.max(...acknowledged);
			const isLast = (one: LoadSubscriber['got'][number]): boolean => one.topic === topic && one.number === last;
			await until(`number ${last} of ${topic}`, () => subscriber.got.some(isLast), neverMs);
		}
		await subscriber.stop();
	}

	async function signedIn(node: BrokerProcess, clientId: string, options: object = {}): Promise<WireClient> {
		const client = await WireClient.signIn(node, 4, { clientId, ...options });
		wires.push(client);
		return client;
	}

	/** All that was acknowledged has come, in the order it was said; what came twice was said twice, or is marked so. */
	function judge(publishers: readonly LoadPublisher[], { got }: LoadSubscriber): void {
		for (const { topic, acknowledged, repeated } of publishers) {
			const came = got.filter((one) => one.topic === topic);
			const seen = new Set<number>();
			let newest = -1;
			for (const { number, dup } of came) {
				if (seen.has(number)) {
					expect(dup || repeated.has(number), `${topic}: ${number} came twice`).to.equal(true);
					continue;
				}
				expect(number, `${topic}: out of order`).to.be.greaterThan(newest);
				newest = number;
				seen.add(number);
			}
			expect(
				[...acknowledged].filter((number) => !seen.has(number)),
				`${topic}: lost`,
			).to.deep.equal([]);
		}
	}

	it('loses nothing that was acknowledged, and keeps each publisher in order', async () => {
		const subscriber = new LoadSubscriber('nodes-killed', 'home/+/log', urls(0));
		await subscriber.start();
		const publishers = [0, 1, 2].map((index) => new LoadPublisher(`home/${index}/log`, urls(index)));
		for (let round = 0; round < rounds; round += 1) {
			const at = round % nodes.length;
			await goesOn(subscriber);
			await killed(at);
			await pause(awayMs);
			nodes[at] = await startNode(`again-${round}`);
		}
		await finished(publishers, subscriber);
		judge(publishers, subscriber);
	});

	it('says the wills of a node that was killed, and gives others what its shared subscriptions had', async () => {
		const [doomed, other] = nodes as [BrokerProcess, BrokerProcess];
		const watcher = await signedIn(other, 'watcher');
		await watcher.subscribe('testament', { qos: 1 });
		const will = { topic: 'testament', payload: Buffer.from('gone'), qos: 1, retain: false };
		await signedIn(doomed, 'testator', { will });
		const member = await signedIn(doomed, 'member');
		await member.subscribe('$share/g/work', { qos: 1 });
		watcher.send({ cmd: 'publish', topic: 'work', payload: 'a task', qos: 1, messageId: 9 });
		expect(String(((await member.next()) as { payload?: Buffer }).payload)).to.equal('a task');
		const successor = await signedIn(other, 'successor');
		await successor.subscribe('$share/g/work', { qos: 1 });
		expect(await watcher.next()).to.include({ cmd: 'puback', messageId: 9 });
		await killed(0);
		expect(String(((await watcher.next()) as { payload?: Buffer }).payload)).to.equal('gone');
		expect(String(((await successor.next()) as { payload?: Buffer }).payload)).to.equal('a task');
		nodes[0] = await startNode('heir');
	});

	it('loses nothing that was acknowledged where Redis is killed and comes back', async () => {
		const subscriber = new LoadSubscriber('redis-killed', 'house/+/log', urls(0));
		await subscriber.start();
		const publishers = [0, 1].map((index) => new LoadPublisher(`house/${index}/log`, urls(index)));
		await goesOn(subscriber);
		await server.kill();
		await pause(awayMs);
		await server.restart();
		await goesOn(subscriber);
		await finished(publishers, subscriber);
		judge(publishers, subscriber);
	});
});
