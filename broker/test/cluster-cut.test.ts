// A node that is cut off from Redis while the others are not: what its clients see, and what is true after it is back.
import { need, redis } from '@pilotwire/test/parts';
import { type RedisProcess, startRedis } from '@pilotwire/test/redis';
import { type Door, openDoor } from '@pilotwire/test/tcp-door';
import { until } from '@pilotwire/test/until';
import { expect } from 'chai';
import { Redis } from 'ioredis';
import type { Broker } from '../src/index.ts';
import { Bench, Inbox } from './support/clients.ts';
import { nodeOf } from './support/cluster.ts';
import { WireClient } from './support/wire-client.ts';

describe('a node that is cut off from Redis', function () {
	this.timeout(60_000);
	const nodes = new Bench();
	const bench = new Bench();
	const wires: WireClient[] = [];
	let server: RedisProcess;
	let inside: Redis;
	let door: Door;
	let cut: Broker;
	let other: Broker;

	before(function () {
		need(this, redis);
	});

	beforeEach(async () => {
		server = await startRedis();
		inside = new Redis(server.url);
		door = await openDoor();
		door.leadTo(server.url);
		const node = (url: string, name: string) => {
			const { cluster } = nodeOf(url, name);
			return nodes.broker(cluster === undefined ? {} : { cluster: { ...cluster, answerMs: 400 } });
		};
		cut = await node(door.url.replace('mqtt', 'redis'), 'cut');
		other = await node(server.url, 'other');
	});

	afterEach(async () => {
		for (const { socket } of wires.splice(0)) socket.destroy();
		await bench.close();
		door?.mend();
		await nodes.close();
		await door?.close();
		inside?.disconnect();
		await server?.remove();
	});

	async function wire(node: Broker, clientId: string, options: Record<string, unknown> = {}): Promise<WireClient> {
		const client = await WireClient.signIn(node, 4, { clientId, clean: false, ...options });
		wires.push(client);
		return client;
	}

	const say = (client: WireClient, topic: string, text: string, more: object = {}): void =>
		client.send({ cmd: 'publish', topic, payload: text, qos: 0, ...more });

	const sees = async (topic: string): Promise<Inbox> => {
		const client = await bench.client(other);
		const inbox = new Inbox(client);
		await client.subscribeAsync(topic, { qos: 1 });
		return inbox;
	};

	/** The others take it for dead, as they do where it is silent for six seconds. */
	async function takenForDead(): Promise<void> {
		const name = async () =>
			(await inside.zrange('pilotwire:nodes', '0', '-1')).find((node) => node.startsWith('cut-'));
		const [seconds] = await inside.time();
		await inside.zadd('pilotwire:nodes', 'XX', Number(seconds) * 1000 - 10_000, (await name()) ?? '');
		await until('the others have ended it', async () => (await name()) === undefined);
	}

	it('acknowledges nothing, and is itself again though its connections never hear of it', async () => {
		const mine = await bench.client(cut);
		const elsewhere = await sees('t');
		door.cut();
		let isAcknowledged = false;
		const saying = mine.publishAsync('t', 'meanwhile', { qos: 1 }).then(() => {
			isAcknowledged = true;
		});
		const stranger = await WireClient.connect(cut, 4, { clientId: 'stranger', clean: true });
		wires.push(stranger);
		expect(await stranger.next()).to.include({ cmd: 'connack', returnCode: 3 });
		expect([isAcknowledged, elsewhere.all.length, mine.connected]).to.deep.equal([false, 0, true]);
		door.mend();
		await saying;
		expect((await elsewhere.until((all) => all.length > 0))[0]?.text).to.equal('meanwhile');
		const holds = async () => (await inside.keys('pilotwire:session:stranger')).length;
		await until('nothing is left of who was turned away', async () => (await holds()) === 0);
	});

	it('says nothing late: what its clients have said elsewhere since is newer', async () => {
		const will = { topic: 'box/status', payload: Buffer.from('offline'), qos: 1, retain: true };
		const box = await wire(cut, 'box', { will });
		say(box, 'box/status', 'online', { retain: true });
		say(box, 'box/value', 'first', { retain: true, qos: 1, messageId: 1 });
		expect(await box.next()).to.include({ cmd: 'puback', messageId: 1 });
		const status = await sees('box/status');
		door.cut();
		// As far as it knows it is connected, and has the broker's ear.
		say(box, 'box/value', 'late', { retain: true });
		say(box, 'box/value', 'late too', { retain: true, qos: 1, messageId: 2 });
		await takenForDead();
		await status.until((all) => all.some(({ text }) => text === 'offline'));
		const again = await wire(other, 'box', { will });
		say(again, 'box/status', 'online', { retain: true });
		say(again, 'box/value', 'newest', { retain: true, qos: 1, messageId: 2 });
		expect(await again.next()).to.include({ cmd: 'puback', messageId: 2 });
		// Its old connection ends where it was, with a will of its own: that was said already.
		box.socket.destroy();
		door.mend();
		const third = await until('a node that takes clients again', () => bench.client(cut).catch(() => undefined));
		await third.publishAsync('marker', 'x', { qos: 1 });
		const [late, value] = [await sees('box/status'), await sees('box/value')];
		await late.until((all) => all.length > 0);
		await value.until((all) => all.length > 0);
		expect([late.all[0]?.text, value.all[0]?.text]).to.deep.equal(['online', 'newest']);
		expect(status.all.map(({ text }) => text).slice(1)).to.deep.equal(['offline', 'online']);
		// The client id is where it was taken to.
		await again.settle();
	});

	it('has its clients begin again once it hears that they were taken for gone', async () => {
		const mine = await wire(cut, 'mine');
		await mine.subscribe('t', { qos: 1 });
		const publisher = await bench.client(other);
		door.cut();
		await takenForDead();
		await publisher.publishAsync('t', 'missed', { qos: 1 });
		door.mend();
		// It may get what comes before that is known; nobody has it that it acknowledged it.
		for (let came = await mine.next(); came.cmd !== 'closed'; came = await mine.next())
			expect(came.cmd).to.equal('publish');
		const back = await wire(cut, 'mine').catch(() =>
			until('it is back', () => wire(cut, 'mine').catch(() => undefined)),
		);
		const came = (await back.next()) as { payload?: Buffer };
		expect(String(came.payload)).to.equal('missed');
	});
});
