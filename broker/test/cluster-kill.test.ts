// Nodes of a cluster that are killed under load, and a Redis that is.
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type BrokerProcess, startBroker } from '@pilotwire/test/broker-process';
import { need, redis } from '@pilotwire/test/parts';
import { type RedisProcess, startRedis } from '@pilotwire/test/redis';
import { type Door, openDoor } from '@pilotwire/test/tcp-door';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { until } from '@pilotwire/test/until';
import { expect } from 'chai';
import { nodeOf } from './support/cluster.ts';
import { LoadPublisher, LoadSubscriber } from './support/load.ts';
import { WireClient } from './support/wire-client.ts';

const soak = process.env['PILOTWIRE_SOAK'] === '1';
const rounds = soak ? Number(process.env['PILOTWIRE_SOAK_ROUNDS'] ?? 20) : 2;
/** How long what was killed stays away. Milliseconds. */
const awayMs = 300;
/** Nothing takes so long, unless it never comes. Milliseconds. */
const neverMs = 100_000;

describe('a cluster whose nodes are killed', function () {
	this.timeout(soak ? rounds * 30_000 : 120_000);
	const folder = temporaryDirectory('suite');
	const wires: WireClient[] = [];
	let server: RedisProcess;
	/** Between the first node and Redis. */
	let door: Door;
	let nodes: BrokerProcess[] = [];

	before(async function () {
		need(this, redis);
		server = await startRedis();
		door = await openDoor();
		door.leadTo(server.url);
		const way = door.url.replace('mqtt', 'redis');
		nodes = await Promise.all([startNode('a', way), startNode('b'), startNode('c')]);
	});

	afterEach(() => {
		for (const { socket } of wires.splice(0)) socket.destroy();
	});

	after(async () => {
		await Promise.all(nodes.map((node) => node.kill()));
		await door?.close();
		await server?.remove();
	});

	/** Logs that hold all of it: publishers that nothing slows down fill the usual ones while a subscriber is away. */
	function startNode(name: string, url = server.url): Promise<BrokerProcess> {
		return startBroker(join(folder.path, `${name}.db`), {}, nodeOf(url, name, 1_000_000));
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
	function judge(publishers: readonly LoadPublisher[], { got }: LoadSubscriber, mayLose = false): void {
		let missing = 0;
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
			const lost = [...acknowledged].filter((number) => !seen.has(number));
			missing += lost.length;
			if (!mayLose) expect(lost, `${topic}: lost`).to.deep.equal([]);
		}
		if (!soak) return;
		const said = publishers.reduce((sum, { acknowledged }) => sum + acknowledged.size, 0);
		const again = got.filter(({ dup }) => dup).length;
		console.log(`      ${said} acknowledged, ${got.length} came, ${again} of them again, ${missing} lost`);
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
			nodes[at] = await startNode(`again-${round}`, at === 0 ? door.url.replace('mqtt', 'redis') : server.url);
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
		nodes[0] = await startNode('heir', door.url.replace('mqtt', 'redis'));
	});

	/** Something happens under load that takes nothing away. */
	async function endures(name: string, happens: () => Promise<void>, mayLose = false): Promise<void> {
		const subscriber = new LoadSubscriber(name, `${name}/+/log`, urls(0));
		await subscriber.start();
		const publishers = [0, 1].map((index) => new LoadPublisher(`${name}/${index}/log`, urls(index)));
		await goesOn(subscriber);
		await happens();
		await goesOn(subscriber);
		await finished(publishers, subscriber);
		judge(publishers, subscriber, mayLose);
	}

	it('loses nothing that was acknowledged where Redis is killed and comes back', () =>
		endures('redis-killed', async () => {
			await server.kill();
			await pause(awayMs);
			await server.restart();
		}));

	if (!soak) return;

	it('loses nothing that was acknowledged where Redis hangs for ten seconds', () =>
		endures('redis-hangs', () => server.hang(10_000)));

	it('loses nothing that was acknowledged where one node is cut off from Redis for ten seconds', () =>
		endures('node-cut', async () => {
			door.cut();
			await pause(10_000);
			door.mend();
		}));

	for (const appendFsync of ['always', 'everysec'] as const) {
		const what =
			appendFsync === 'always' ? 'loses nothing that was acknowledged' : 'goes on, less what its disk lacked,';
		it(`${what} where Redis is killed again and again that has appendfsync ${appendFsync}`, async () => {
			const [own, before] = [await startRedis(appendFsync), nodes];
			const kill = async (): Promise<void> => {
				await own.kill();
				await pause(awayMs);
				await own.restart();
			};
			try {
				nodes = await Promise.all(['a', 'b'].map((name) => startNode(name, own.url)));
				// While a disk is at work, Redis answers before it has handed over what it was told.
				for (let round = 0; round < rounds; round += 1)
					await endures(`${appendFsync}-${round}`, kill, appendFsync === 'everysec');
			} finally {
				await Promise.all(nodes.map((node) => node.kill()));
				nodes = before;
				await own.remove();
			}
		});
	}
});
