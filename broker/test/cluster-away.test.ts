// Accounts that all nodes share, and a Redis that is away.
import { accountsInRedis } from '@pilotwire/test/redis-accounts';
import { expect } from 'chai';
import { type Broker, brokerConfig, configuredCluster } from '../src/index.ts';
import { Bench, Inbox } from './support/clients.ts';
import { nodeOf } from './support/cluster.ts';
import { WireClient } from './support/wire-client.ts';

describe('what a cluster keeps in its Redis', function () {
	this.timeout(60_000);
	const bench = new Bench();
	afterEach(() => bench.close());
	const shared = accountsInRedis();

	const node = (name: string): Promise<Broker> =>
		bench.broker({ ...nodeOf(shared.server.url, name), openDirectory: () => shared.lend() });

	const closed = (client: { once(event: 'close', listener: () => void): unknown }): Promise<void> =>
		new Promise((resolve) => {
			client.once('close', () => resolve());
		});

	it('closes the connections of an account at every node, whichever changed it', async () => {
		const [a, b] = await Promise.all([node('a'), node('b')]);
		const book = await shared.open();
		const signIn = { username: 'box', password: (await book.addMachine('device', 'box')).secret };
		const { secret } = await book.addMachine('device', 'other');
		const one = await bench.client(a, signIn);
		const other = await bench.client(b, signIn);
		const stays = await bench.client(b, { username: 'other', password: secret });
		const both = Promise.all([closed(one), closed(other)]);
		await book.remove('box');
		await both;
		expect(stays.connected).to.equal(true);
		expect(await book.authenticateMachine('box', signIn.password)).to.equal(undefined);
	});

	it('turns clients away while Redis is away, keeps those it has, and acknowledges nothing until it is back', async () => {
		const [a, b] = await Promise.all([node('a'), node('b')]);
		const { client: subscriber, inbox } = await listening(b);
		const publisher = await bench.client(a);
		await publisher.publishAsync('t', 'before', { qos: 1 });
		await shared.server.kill();
		let acknowledged = false;
		const publishing = publisher.publishAsync('t', 'meanwhile', { qos: 1 }).then(() => {
			acknowledged = true;
		});
		const stranger = await WireClient.connect(b, 4, { clientId: 'stranger', clean: false });
		expect(await stranger.next()).to.include({ cmd: 'connack', returnCode: 3 });
		stranger.socket.destroy();
		expect(acknowledged).to.equal(false);
		expect([publisher.connected, subscriber.connected]).to.deep.equal([true, true]);
		await shared.server.restart();
		await publishing;
		const got = await inbox.until((all) => all.length >= 2);
		expect(got.map(({ text }) => text)).to.deep.equal(['before', 'meanwhile']);
	});

	it('has clients begin again where Redis came back with nothing', async () => {
		const a = await node('a');
		const { client } = await listening(a);
		await (await bench.client(a)).publishAsync('state', 'old', { qos: 1, retain: true });
		const ended = closed(client);
		await shared.server.lose();
		await ended;
		const { inbox } = await listening(a);
		await (await bench.client(a)).publishAsync('t', 'new', { qos: 1 });
		expect((await inbox.until((all) => all.length > 0)).map(({ text }) => text)).to.deep.equal(['new']);
	});

	it('says at the start where Redis is missing, without its password', async () => {
		await shared.server.kill();
		const error = await node('a').catch((reason: { code: string; message: string }) => reason);
		expect(error).to.include({ code: 'BROKER_CLUSTER_AWAY' });
		const url = 'redis://user:hush@127.0.0.1:1';
		const other = await bench.broker(nodeOf(url, 'a')).catch((reason: { message: string }) => reason);
		expect((other as { message: string }).message)
			.to.contain('redis://127.0.0.1:1')
			.and.not.to.contain('hush');
	});

	async function listening(broker: Broker) {
		const inboxes: Inbox[] = [];
		const client = await bench.client(broker, {}, 'tcp', (early) => inboxes.push(new Inbox(early)));
		await client.subscribeAsync(['t', 'state'], { qos: 1 });
		return { client, inbox: inboxes[0] as Inbox };
	}
});

describe('configuration of a cluster', () => {
	it('is the address of a Redis, or an object with what differs', () => {
		const bounds = { messages: 20_000, bytes: 32 * 1024 * 1024, keptForS: 7 * 86_400 };
		const url = 'redis://redis:6379';
		expect(configuredCluster(brokerConfig.parse({ cluster: url }))).to.deep.include({ url, bounds });
		const parts = { url: 'rediss://redis', node: 'north', messages: 500 };
		expect(configuredCluster(brokerConfig.parse({ cluster: parts }))).to.deep.include({
			...{ url: 'rediss://redis', name: 'north' },
			bounds: { ...bounds, messages: 500 },
		});
		expect(configuredCluster(brokerConfig.parse({}))).to.equal(undefined);
	});

	it('refuses channels, a hub, and what is no address', () => {
		for (const wrong of [
			{ cluster: 'redis://redis', channels: {} },
			{ cluster: 'redis://redis', channels: {}, hub: true, tls: { certFile: 'c', keyFile: 'k' } },
			{ cluster: 'http://redis' },
			{ cluster: {} },
		]) {
			expect(brokerConfig.safeParse(wrong).success, JSON.stringify(wrong)).to.equal(false);
		}
	});
});
