// Several brokers as one: what is true at one is true at all of them.
import { until } from '@pilotwire/test/until';
import { expect } from 'chai';
import type { IClientOptions } from 'mqtt';
import type { Broker } from '../src/index.ts';
import { Inbox, knownAccount } from './support/clients.ts';
import { clusterStage, nodeOf } from './support/cluster.ts';
import { type Came, WireClient } from './support/wire-client.ts';

const numbers = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index));

describe('a cluster of brokers', function () {
	this.timeout(60_000);
	const { redis, nodes, bench, wires } = clusterStage();
	let a: Broker;
	let b: Broker;
	let c: Broker;

	before(async () => {
		const accounts = [
			knownAccount,
			{ ...knownAccount, principal: { kind: 'person', name: 'somebody', role: 'admin' } } as const,
		];
		const start = (name: string) => nodes.broker({ ...nodeOf(redis.url, name), accounts });
		[a, b, c] = (await Promise.all(['a', 'b', 'c'].map(start))) as [Broker, Broker, Broker];
	});

	const kept = (clientId: string): IClientOptions => ({ clientId, clean: false });

	/** A client and its inbox, which has listened before the first message. */
	async function reader(node: Broker, options: IClientOptions) {
		const inboxes: Inbox[] = [];
		const client = await bench.client(node, options, 'tcp', (early) => inboxes.push(new Inbox(early)));
		return { client, inbox: inboxes[0] as Inbox };
	}

	async function wire(node: Broker, clientId: string, options: Record<string, unknown> = {}): Promise<WireClient> {
		const client = await WireClient.signIn(node, 4, { clientId, clean: false, ...options });
		wires.push(client);
		return client;
	}

	/** The next message that comes, without the answers to what the client said. */
	async function message(client: WireClient): Promise<Came & { messageId: number; dup: boolean; text: string }> {
		for (;;) {
			const came = await client.next();
			if (came.cmd === 'closed') throw new Error('closed');
			if (came.cmd === 'publish') return { ...came, text: String(came.payload) } as never;
		}
	}

	it('shows what is retained at one node to who subscribes at another', async () => {
		const [one, other] = [await bench.client(a), await bench.client(b)];
		await one.publishAsync('home/x/state', 'warm', { qos: 1, retain: true });
		await one.publishAsync('home/y/state', 'cold', { qos: 0, retain: true });
		const inbox = new Inbox(other);
		await other.subscribeAsync('home/+/state', { qos: 1 });
		const retained = () => inbox.all.filter(({ retain }) => retain).map(({ topic, text }) => `${topic} ${text}`);
		await inbox.until(() => retained().length >= 2);
		expect(retained()).to.have.members(['home/x/state warm', 'home/y/state cold']);

		await one.publishAsync('home/x/state', '', { qos: 1, retain: true });
		const third = await bench.client(c);
		const late = new Inbox(third);
		await third.subscribeAsync('home/#', { qos: 1 });
		const got = await late.until((all) => all.some(({ topic }) => topic === 'home/y/state'));
		expect(got.filter(({ retain }) => retain).map(({ topic }) => topic)).to.deep.equal(['home/y/state']);
	});

	it('shows what is retained to a node that comes later', async () => {
		await (await bench.client(a)).publishAsync('later/x', 'kept', { qos: 1, retain: true });
		const late = await bench.broker(nodeOf(redis.url, 'late'));
		const { client, inbox } = await reader(late, {});
		await client.subscribeAsync('later/x', { qos: 0 });
		expect((await inbox.until((all) => all.length > 0))[0]?.text).to.equal('kept');
	});

	for (const qos of [0, 1, 2] as const) {
		it(`brings what is published at one node to another in order at QoS ${qos}`, async () => {
			const [one, other] = [await bench.client(a), await bench.client(b)];
			const inbox = new Inbox(other);
			const [granted] = await other.subscribeAsync(`order/${qos}`, { qos });
			expect(granted?.qos).to.equal(Math.min(qos, 1));
			const texts = numbers(300);
			await Promise.all(texts.map((text) => one.publishAsync(`order/${qos}`, text, { qos })));
			const got = await inbox.until((all) => all.length >= texts.length);
			expect(got.map(({ text }) => text)).to.deep.equal(texts);
		});
	}

	it('keeps a session whichever node its client comes to, with what it missed, in order', async () => {
		const sleeper = await bench.client(a, kept('sleeper'));
		await sleeper.subscribeAsync(['missed/#', 'nothing/+/x'], { qos: 1 });
		await sleeper.endAsync();
		const publisher = await bench.client(b);
		const texts = numbers(400);
		await Promise.all(
			texts.flatMap((text) => [
				publisher.publishAsync('missed/t', text, { qos: 1 }),
				publisher.publishAsync('elsewhere/t', text, { qos: 1 }),
			]),
		);
		const { inbox } = await reader(c, kept('sleeper'));
		await inbox.until((all) => all.length >= texts.length);
		await publisher.publishAsync('missed/t', 'live', { qos: 1 });
		const got = await inbox.until((all) => all.length > texts.length);
		expect(got.map(({ text }) => text)).to.deep.equal([...texts, 'live']);
	});

	it('gives a session nothing that was published before it subscribed, nor after it ended its subscription', async () => {
		const sleeper = await bench.client(a, kept('since'));
		const publisher = await bench.client(b);
		await sleeper.subscribeAsync('since/first', { qos: 1 });
		await publisher.publishAsync('since/second', 'before', { qos: 1 });
		await sleeper.subscribeAsync('since/second', { qos: 1 });
		await sleeper.unsubscribeAsync('since/first');
		await sleeper.endAsync();
		for (const topic of ['since/first', 'since/second']) await publisher.publishAsync(topic, 'after', { qos: 1 });
		const { client, inbox } = await reader(c, kept('since'));
		await inbox.settle(publisher);
		expect(inbox.all.filter(({ text }) => text !== 'x').map(({ topic }) => topic)).to.deep.equal(['since/second']);
		expect(client.connected).to.equal(true);
	});

	it('sends again at another node what was not acknowledged, marked, under its identifier, and nothing else', async () => {
		const first = await wire(a, 'flight');
		await first.subscribe('flight', { qos: 1 });
		const publisher = await bench.client(b);
		for (const text of ['0', '1', '2']) await publisher.publishAsync('flight', text, { qos: 1 });
		const sent = [await message(first), await message(first), await message(first)];
		expect(sent.map(({ dup }) => dup)).to.deep.equal([false, false, false]);
		first.send({ cmd: 'puback', messageId: sent[1]?.messageId });
		await first.settle();
		const second = await wire(c, 'flight');
		const again = [await message(second), await message(second)];
		await publisher.publishAsync('flight', '3', { qos: 1 });
		expect(again.map(({ text, dup, messageId }) => ({ text, dup, messageId }))).to.deep.equal([
			{ text: '0', dup: true, messageId: sent[0]?.messageId },
			{ text: '2', dup: true, messageId: sent[2]?.messageId },
		]);
		const { text, dup } = await message(second);
		expect({ text, dup }).to.deep.equal({ text: '3', dup: false });
	});

	it('ends the older connection of a client id, wherever it is, and says its will', async () => {
		const { client: watcher, inbox } = await reader(b, {});
		await watcher.subscribeAsync('takeover/will', { qos: 1 });
		const will = { topic: 'takeover/will', payload: Buffer.from('gone'), qos: 1, retain: false };
		const older = await WireClient.signIn(a, 5, { clientId: 'twin', will });
		wires.push(older);
		const newer = await bench.client(c, { clientId: 'twin' });
		expect(await older.next()).to.include({ cmd: 'disconnect', reasonCode: 0x8e });
		await inbox.until((all) => all.length > 0);
		expect(newer.connected).to.equal(true);
	});

	it('keeps a session for the account that made it', async () => {
		const owner = await bench.client(a, kept('owned'));
		await owner.endAsync();
		const thief = await WireClient.connect(b, 4, { clientId: 'owned', clean: false, username: 'somebody' });
		wires.push(thief);
		expect(await thief.next()).to.include({ cmd: 'connack', returnCode: 2 });
		expect(await bench.client(c, kept('owned'))).to.have.property('connected', true);
	});

	it('takes a message of QoS 2 once, though its client goes to another node in between', async () => {
		const { client: watcher, inbox } = await reader(b, {});
		await watcher.subscribeAsync('once', { qos: 1 });
		const publish = { cmd: 'publish', topic: 'once', payload: 'x', qos: 2, messageId: 7 };
		const first = await wire(a, 'exact');
		first.send(publish);
		expect(await first.next()).to.include({ cmd: 'pubrec', messageId: 7 });
		first.socket.destroy();
		const second = await wire(c, 'exact');
		second.send({ ...publish, dup: true });
		expect(await second.next()).to.include({ cmd: 'pubrec', messageId: 7 });
		second.send({ cmd: 'pubrel', messageId: 7 });
		expect(await second.next()).to.include({ cmd: 'pubcomp', messageId: 7 });
		await inbox.settle();
		expect(inbox.all.filter(({ topic }) => topic === 'once')).to.have.length(1);
	});

	it('gives a message of a shared subscription to one member over all nodes', async () => {
		const members = await Promise.all([a, a, b, c].map((node) => reader(node, {})));
		for (const { client } of members) await client.subscribeAsync('$share/g/shared/#', { qos: 1 });
		const texts = numbers(200);
		const publisher = await bench.client(b);
		await Promise.all(texts.map((text) => publisher.publishAsync('shared/t', text, { qos: 1 })));
		const got = () => members.flatMap(({ inbox }) => inbox.all.map(({ text }) => text));
		await until('all messages are with a member', () => got().length >= texts.length);
		expect(got()).to.have.members(texts);
		for (const { inbox } of members) expect(inbox.all.length).to.be.greaterThan(10);
	});

	it('gives what a member of a shared subscription did not acknowledge to another one', async () => {
		const leaving = await wire(a, 'leaving', { clean: true });
		await leaving.subscribe('$share/h/left', { qos: 1 });
		const publisher = await bench.client(b);
		await publisher.publishAsync('left', 'mine', { qos: 1 });
		expect((await message(leaving)).text).to.equal('mine');
		const { client, inbox } = await reader(c, {});
		await client.subscribeAsync('$share/h/left', { qos: 1 });
		leaving.socket.destroy();
		expect((await inbox.until((all) => all.length > 0))[0]?.text).to.equal('mine');
	});

	it('says a will after its delay, unless its client comes back at another node', async () => {
		const { client: watcher, inbox } = await reader(b, {});
		await watcher.subscribeAsync('delayed/#', { qos: 1 });
		const leave = async (clientId: string): Promise<void> => {
			const will = { topic: `delayed/${clientId}`, payload: Buffer.from('gone'), qos: 1, retain: false };
			const options = { clientId, clean: false, properties: { sessionExpiryInterval: 60 } };
			const client = await WireClient.signIn(a, 5, {
				...options,
				will: { ...will, properties: { willDelayInterval: 1 } },
			});
			client.socket.destroy();
		};
		await leave('returning');
		await leave('staying-away');
		const back = { clientId: 'returning', clean: false, properties: { sessionExpiryInterval: 60 } };
		wires.push(await WireClient.signIn(c, 5, back));
		const got = await inbox.until((all) => all.length > 0);
		expect(got.map(({ topic }) => topic)).to.deep.equal(['delayed/staying-away']);
	});

	it('lets a client that reads slowly catch up from the log, in order', async () => {
		const slow = await wire(a, 'slow');
		await slow.subscribe('slow', { qos: 1 });
		const publisher = await bench.client(b);
		const texts = numbers(1500);
		await Promise.all(texts.map((text) => publisher.publishAsync('slow', text, { qos: 1 })));
		const got: string[] = [];
		while (got.length < texts.length) {
			const { text, messageId } = await message(slow);
			got.push(text);
			slow.send({ cmd: 'puback', messageId });
		}
		expect(got).to.deep.equal(texts);
	});
});
