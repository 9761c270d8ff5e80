// What an answer promises is on the disk before it goes out; the clock stands, and with it every commit.
import { join } from 'node:path';
import { VirtualClock } from '@pilotwire/runtime/testing';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import type { Broker } from '../src/index.ts';
import { Bench } from './support/clients.ts';
import { type Came, WireClient } from './support/wire-client.ts';

describe('answers to a client whose session is kept', function () {
	// The thread of the state file starts late where the machine is busy.
	this.timeout(60_000);
	const folder = temporaryDirectory();
	const bench = new Bench();
	const clients: WireClient[] = [];
	let clock: VirtualClock;
	let broker: Broker;

	beforeEach(async () => {
		clock = new VirtualClock();
		broker = await bench.broker({ stateFile: join(folder.path, 'broker.db'), clock });
	});

	afterEach(async () => {
		for (const client of clients.splice(0)) client.socket.destroy();
		await bench.close();
	});

	async function signIn(clean = false): Promise<WireClient> {
		const client = await WireClient.signIn(broker, 4, { clientId: 'kept', clean });
		clients.push(client);
		return client;
	}
	const kinds = (all: readonly Came[]): string[] => all.map(({ cmd }) => cmd);
	const subscriptions = [{ topic: 'a', qos: 1 }];
	/** The next packet, once a commit is let through. */
	async function afterCommit(client: WireClient): Promise<string> {
		expect(kinds(await client.settle())).to.deep.equal([]);
		clock.advance(5);
		return (await client.next()).cmd;
	}

	it('hold SUBACK and UNSUBACK until the disk has what they say', async () => {
		const client = await signIn();
		client.send({ cmd: 'subscribe', messageId: 1, subscriptions });
		expect(await afterCommit(client)).to.equal('suback');
		client.send({ cmd: 'unsubscribe', messageId: 2, unsubscriptions: ['a'] });
		expect(await afterCommit(client)).to.equal('unsuback');
	});

	it('send what is retained after the SUBACK', async () => {
		const client = await signIn();
		client.send({ cmd: 'publish', topic: 'a', payload: 'x', qos: 0, retain: true, dup: false });
		client.send({ cmd: 'subscribe', messageId: 1, subscriptions });
		expect(await afterCommit(client)).to.equal('suback');
		expect((await client.next()).cmd).to.equal('publish');
	});

	it('hold the PUBREC of a repeated message too, over whichever connection it comes', async () => {
		const message = { cmd: 'publish', topic: 'a', payload: 'x', qos: 2, messageId: 7, retain: false };
		const first = await signIn();
		first.send({ ...message, dup: false });
		expect(kinds(await first.settle())).to.deep.equal([]);
		const second = await signIn();
		second.send({ ...message, dup: true });
		expect(await afterCommit(second)).to.equal('pubrec');
	});

	it('do not wait where the session ends with the connection', async () => {
		const client = await signIn(true);
		client.send({ cmd: 'subscribe', messageId: 1, subscriptions });
		expect(kinds(await client.settle())).to.deep.equal(['suback']);
	});
});

describe('subscriptions', () => {
	const bench = new Bench();
	const clients: WireClient[] = [];
	afterEach(async () => {
		for (const client of clients.splice(0)) client.socket.destroy();
		await bench.close();
	});

	const subscribe = async (client: WireClient, ...filters: string[]): Promise<unknown> => {
		clients.push(client);
		client.send({ cmd: 'subscribe', messageId: 1, subscriptions: filters.map((topic) => ({ topic, qos: 1 })) });
		const came = await client.next();
		return 'granted' in came ? came.granted : came;
	};

	for (const [version, refused] of [
		[4, 0x80],
		[5, 0x97],
	] as const) {
		it(`are refused beyond the bound of a session, with 0x${refused.toString(16)} in version ${version}`, async () => {
			const broker = await bench.broker({ limits: { subscriptions: 2 } });
			const client = await WireClient.signIn(broker, version);
			expect(await subscribe(client, 'a', 'b', 'c', 'a')).to.deep.equal([1, 1, refused, 1]);
			client.send({ cmd: 'unsubscribe', messageId: 2, unsubscriptions: ['b'] });
			await client.next();
			expect(await subscribe(client, 'c', 'd')).to.deep.equal([1, refused]);
			const other = await WireClient.signIn(broker, version, { clientId: 'other' });
			expect(await subscribe(other, 'a', 'b')).to.deep.equal([1, 1]);
		});
	}

	it('are refused beyond the bound of all sessions, until one ends', async () => {
		const broker = await bench.broker({ limits: { subscriptionsInAll: 2 } });
		const first = await WireClient.signIn(broker, 5, { clientId: 'first' });
		expect(await subscribe(first, 'a', 'b')).to.deep.equal([1, 1]);
		const second = await WireClient.signIn(broker, 5, { clientId: 'second' });
		expect(await subscribe(second, 'c')).to.deep.equal([0x97]);
		first.send({ cmd: 'disconnect' });
		expect((await first.next()).cmd).to.equal('closed');
		expect(await subscribe(second, 'c')).to.deep.equal([1]);
	});
});
