import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase, silentLog, systemClock } from '@pilotwire/runtime';
import { VirtualClock } from '@pilotwire/runtime/testing';
import { createTemporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import { Traffic } from '../src/edge/traffic.ts';
import type { Figures } from '../src/figures.ts';
import { brokerMetrics } from '../src/metrics.ts';
import { stateMigrations } from '../src/persistence/tables.ts';
import { SysTopics } from '../src/sys-topics.ts';
import { account, Bench, Inbox, knownAccount } from './support/clients.ts';

const quiet: Figures = {
	...{ ...new Traffic() },
	...{ connected: 2, sessions: 5, publishesSent: 30, dropped: { slow: 1, queueFull: 2, expired: 4 } },
	...{ retained: 10, retainedBytes: 200, queued: 3, queuedBytes: 50, retainedFull: 0, notKept: 0 },
	...{ subscriptions: 8, sharedSubscriptions: 1, sessionsExpired: 6, subscriptionsRefused: 0 },
	...{ diskFails: false, unsaved: 4, inChannels: undefined, inCluster: undefined },
};

describe('$SYS', () => {
	describe('topics', () => {
		const clock = new VirtualClock();
		let figures = quiet;
		let said: Map<string, string>;
		const start = (intervalS = 10): SysTopics => {
			said = new Map();
			figures = quiet;
			const publish = (topic: string, text: string): void => {
				said.set(topic.replace('$SYS/broker/', ''), text);
			};
			const topics = new SysTopics({ version: '1.2.3', intervalS, clock, figures: () => figures, publish });
			topics.start();
			return topics;
		};

		it("have the names and forms of Mosquitto's", () => {
			start().stop();
			const { 'heap/current': heap, 'heap/maximum': most, ...rest } = Object.fromEntries(said);
			expect(Number(heap)).to.be.above(1e6);
			expect(Number(most)).to.equal(Number(heap));
			const loads = Object.entries(rest).filter(([name]) => name.startsWith('load/'));
			expect(loads).to.have.length(27);
			for (const [name, text] of loads) {
				expect(name).to.match(/^load\/[a-z/]+\/(1|5|15)min$/);
				expect(text).to.equal('0.00');
			}
			const counts = Object.fromEntries(Object.entries(rest).filter(([name]) => !name.startsWith('load/')));
			expect(counts).to.deep.equal({
				version: 'pilotwire version 1.2.3',
				uptime: '0 seconds',
				...{ 'clients/total': '5', 'clients/connected': '2', 'clients/disconnected': '3', 'clients/maximum': '2' },
				...{ 'clients/active': '2', 'clients/inactive': '3', 'clients/expired': '6' },
				...{ 'messages/received': '0', 'messages/sent': '0', 'messages/stored': '13' },
				...{ 'store/messages/count': '13', 'store/messages/bytes': '250', 'store/failing': '0', 'store/unsaved': '4' },
				...{ 'publish/messages/received': '0', 'publish/messages/sent': '30', 'publish/messages/dropped': '7' },
				...{ 'publish/bytes/received': '0', 'publish/bytes/sent': '0', 'bytes/received': '0', 'bytes/sent': '0' },
				...{ 'subscriptions/count': '8', 'shared_subscriptions/count': '1', 'retained messages/count': '10' },
			});
		});

		it('are said again where they changed, and no more once stopped', () => {
			const topics = start();
			said.clear();
			clock.advance(9_999);
			expect([...said]).to.deep.equal([]);
			figures = { ...quiet, connected: 4 };
			clock.advance(1);
			expect(Object.fromEntries(said)).to.include({
				uptime: '10 seconds',
				'clients/connected': '4',
				'clients/maximum': '4',
			});
			expect([...said.keys()]).to.not.include.members(['version', 'clients/total']);
			figures = quiet;
			clock.advance(10_000);
			expect(said.get('clients/connected')).to.equal('2');
			expect(said.get('clients/maximum')).to.equal('4');
			topics.stop();
			said.clear();
			clock.advance(60_000);
			expect([...said]).to.deep.equal([]);
		});

		it('have averages that go towards what happens in a minute', () => {
			const topics = start();
			for (let count = 1; count <= 6; count += 1) {
				figures = { ...quiet, packetsReceived: count * 100 };
				clock.advance(10_000);
			}
			// 600 a minute, all of a minute long: 1 - 1/e of it in the first average.
			expect(Number(said.get('load/messages/received/1min'))).to.be.closeTo(600 * (1 - Math.exp(-1)), 0.01);
			expect(Number(said.get('load/messages/received/15min'))).to.be.closeTo(600 * (1 - Math.exp(-1 / 15)), 0.01);
			clock.advance(60_000);
			expect(Number(said.get('load/messages/received/1min'))).to.be.closeTo(
				600 * (1 - Math.exp(-1)) * Math.exp(-1),
				0.01,
			);
			topics.stop();
		});

		it('are silent where the interval is 0', () => {
			start(0).stop();
			expect([...said]).to.deep.equal([]);
		});
	});

	describe('of a running broker', function () {
		// The thread of the state file starts late where the machine is busy.
		this.timeout(60_000);
		const bench = new Bench();
		const directory = createTemporaryDirectory();
		const stateFile = join(directory.path, 'broker.db');
		afterEach(() => bench.close());
		after(() => directory.remove());

		it('is retained, counts what clients do, and never goes to the file', async () => {
			rmSync(stateFile, { force: true });
			const clock = new VirtualClock();
			const broker = await bench.broker({ stateFile, sysIntervalS: 10, clock });
			const client = await bench.client(broker);
			await client.publishAsync('kept', 'x'.repeat(100), { retain: true });
			await client.subscribeAsync('behind');
			clock.advance(10_000);
			const inbox = new Inbox(client);
			await client.subscribeAsync('$SYS/broker/#');
			await inbox.until((all) => all.length >= 50);
			expect(inbox.all.filter(({ retain }) => !retain)).to.deep.equal([]);
			const text = (name: string) => inbox.all.find(({ topic }) => topic === `$SYS/broker/${name}`)?.text;
			expect(text('clients/connected')).to.equal('1');
			expect(text('publish/bytes/received')).to.equal('100');
			expect(text('publish/messages/received')).to.equal('1');
			expect(text('messages/received')).to.equal('3');
			expect(text('messages/sent')).to.equal('2');
			expect(Number(text('bytes/received'))).to.be.above(100);
			await bench.close();
			const open = { path: stateFile, migrations: stateMigrations, log: silentLog, clock: systemClock };
			const database = await openDatabase(open);
			try {
				expect(await database.all('SELECT CAST(topic AS TEXT) AS topic FROM retained')).to.deep.equal([
					{ topic: 'kept' },
				]);
			} finally {
				await database.close();
			}
		});

		it('is for those who may read it', async () => {
			const viewer = {
				...knownAccount,
				principal: { kind: 'person', name: account.username, role: 'viewer' } as const,
			};
			const broker = await bench.broker({ accounts: [viewer], rights: undefined as never, sysIntervalS: 10 });
			const client = await bench.client(broker);
			const refused = await client.subscribeAsync('$SYS/#').catch((error: Error) => error);
			expect(refused).to.be.an('error');
			const admins = await bench.broker({ rights: undefined as never, sysIntervalS: 10 });
			const admin = await bench.client(admins);
			const inbox = new Inbox(admin);
			await admin.subscribeAsync('$SYS/#');
			await inbox.until((all) => all.some(({ topic }) => topic === '$SYS/broker/retained messages/count'));
		});

		it('is measured for Prometheus too', () => {
			const metrics = brokerMetrics(() => quiet);
			const names = metrics.map(({ name }) => name);
			expect(new Set(names).size).to.equal(names.length);
			for (const { name, type } of metrics) expect(name.endsWith('_total'), name).to.equal(type === 'counter');
			const clients = metrics.find(({ name }) => name === 'pilotwire_broker_clients');
			expect(clients?.read()).to.deep.equal([
				{ labels: { connected: 'yes' }, value: 2 },
				{ labels: { connected: 'no' }, value: 3 },
			]);
		});
	});
});
