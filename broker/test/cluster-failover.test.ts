// A replica takes the place of a Redis that died: its address leads there from then on.
import { need, redis } from '@pilotwire/test/parts';
import { type RedisProcess, startRedis } from '@pilotwire/test/redis';
import { type Door, openDoor } from '@pilotwire/test/tcp-door';
import { until } from '@pilotwire/test/until';
import { expect } from 'chai';
import { Redis } from 'ioredis';
import { Bench, Inbox } from './support/clients.ts';
import { nodeOf } from './support/cluster.ts';

describe('a fail-over of Redis', function () {
	this.timeout(60_000);
	const bench = new Bench();
	const servers: RedisProcess[] = [];
	const doors: Door[] = [];
	let replica: Redis;

	before(function () {
		need(this, redis);
	});
	afterEach(async () => {
		await bench.close();
		replica?.disconnect();
		await Promise.all(doors.splice(0).map((door) => door.close()));
		await Promise.all(servers.splice(0).map((server) => server.remove()));
	});

	/** A Redis and its replica, two nodes at the one, and a session that misses what comes. */
	async function house() {
		const [first, second] = [await startRedis(), await startRedis()];
		const [address, replication] = [await openDoor(), await openDoor()];
		servers.push(first, second);
		doors.push(address, replication);
		for (const door of [address, replication]) door.leadTo(first.url);
		const main = new Redis(first.url);
		await main.config('SET', 'repl-diskless-sync-delay', '0');
		main.disconnect();
		replica = new Redis(second.url);
		await replica.replicaof('127.0.0.1', Number(new URL(replication.url).port));
		await until('the replica', async () => (await replica.info('replication')).includes('master_link_status:up'));
		const node = (name: string) => bench.broker(nodeOf(address.url.replace('mqtt', 'redis'), name));
		const [a, b] = [await node('a'), await node('b')];
		const sleeper = await bench.client(a, { clientId: 'sleeper', clean: false });
		await sleeper.subscribeAsync('t', { qos: 1 });
		await sleeper.endAsync();
		/** The replica has what there is now, and is told nothing more. */
		const part = async (): Promise<void> => {
			const main = new Redis(first.url);
			expect(await main.wait(1, 30_000)).to.equal(1);
			main.disconnect();
			await replica.replicaof('NO', 'ONE');
		};
		const failOver = async (): Promise<void> => {
			address.leadTo(second.url);
			await first.kill();
		};
		const missed = async (count: number): Promise<string[]> => {
			const inboxes: Inbox[] = [];
			// It may be told to begin again by a node that has just seen what is missing.
			const patient = { clientId: 'sleeper', clean: false, reconnectPeriod: 50 };
			await bench.client(b, patient, 'tcp', (early) => inboxes.push(new Inbox(early)));
			const got = await (inboxes[0] as Inbox).until((all) => all.length >= count);
			return got.map(({ text }) => text);
		};
		return { a, b, part, failOver, missed };
	}

	it('loses nothing that the replica had, and takes on what comes meanwhile', async () => {
		const { a, part, failOver, missed } = await house();
		const publisher = await bench.client(a);
		for (const text of ['1', '2', '3']) await publisher.publishAsync('t', text, { qos: 1, retain: true });
		await part();
		await failOver();
		for (const text of ['4', '5']) await publisher.publishAsync('t', text, { qos: 1, retain: true });
		expect(await missed(5)).to.deep.equal(['1', '2', '3', '4', '5']);
	});

	it('goes on where the replica had not everything: what it lacked is lost, and nothing else', async () => {
		const { a, b, part, failOver, missed } = await house();
		const publisher = await bench.client(a);
		const listener = await bench.client(b);
		await listener.subscribeAsync('t', { qos: 1 });
		await publisher.publishAsync('t', 'had', { qos: 1, retain: true });
		await part();
		for (const text of ['lost', 'lost too']) await publisher.publishAsync('t', text, { qos: 1, retain: true });
		await failOver();
		// Who comes before a node has found the new one is turned away.
		const again = await until('a node that takes clients', () => bench.client(a).catch(() => undefined));
		for (const text of ['new', 'newer']) await again.publishAsync('t', text, { qos: 1, retain: true });
		expect(await missed(3)).to.deep.equal(['had', 'new', 'newer']);
		for (const node of [a, b]) {
			const reader = await bench.client(node);
			const inbox = new Inbox(reader);
			await reader.subscribeAsync('t', { qos: 1 });
			expect((await inbox.until((all) => all.length > 0))[0]?.text).to.equal('newer');
		}
	});
});
