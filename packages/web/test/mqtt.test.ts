import { once } from 'node:events';
import { Broker } from '@pilotwire/broker';
import { silentLog, systemClock } from '@pilotwire/runtime';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import type { MqttClient } from 'mqtt';
import { generate } from 'mqtt-packet';
import type { WebSocket } from 'ws';
import type { FakeAccounts } from './support/fake-accounts.ts';
import { nextOf, Site } from './support/site.ts';

const closeOf = async (ws: WebSocket): Promise<number> => ((await once(ws, 'close')) as [number])[0];

describe('/mqtt with a broker', () => {
	const directory = temporaryDirectory();
	let accounts: FakeAccounts;
	let broker: Broker;
	let site: Site;

	const startBroker = async (port = 0): Promise<void> => {
		// It hears of no change: what closes a connection here is the web service.
		const openDirectory = async () => ({
			authenticate: (name: string, secret: string) => accounts.authenticate(name, secret),
			stampOf: (name: string) => accounts.stampOf(name),
			onChange: () => {},
			close: async () => {},
		});
		broker = new Broker({ port, wsPort: 0, openDirectory, log: silentLog, clock: systemClock });
		await broker.start();
	};
	beforeEach(async () => {
		await startBroker();
		const url = `mqtt://127.0.0.1:${broker.addresses()?.tcp?.port}`;
		site = new Site(directory.path, { broker: { url, embedded: true } });
		accounts = site.accounts;
		await site.start();
	});
	afterEach(async () => {
		await site.close();
		await broker.stop();
	});

	it('opens only for a page of this address with a live session that speaks MQTT', async () => {
		const cookie = await site.cookieOf('alice');
		const { origin } = site;
		const foreign = 'https://evil.example.org';
		expect(await site.upgradeStatus({ origin })).to.equal(401);
		expect(await site.upgradeStatus({ origin, cookie: 'pilotwire-home=guess' })).to.equal(401);
		expect(await site.upgradeStatus({ cookie })).to.equal(403);
		expect(await site.upgradeStatus({ cookie, origin: foreign })).to.equal(403);
		expect(await site.upgradeStatus({ cookie, origin, 'sec-fetch-site': 'cross-site' })).to.equal(403);
		expect(await site.upgradeStatus({ cookie, origin }, ['chat'])).to.equal(426);
		expect(await site.upgradeStatus({ cookie, origin }, [])).to.equal(426);
		expect(await site.upgradeStatus({ cookie, origin }, ['mqtt'], '/other')).to.equal(404);
		expect(await site.upgradeStatus({ cookie, origin }, ['mqttv3.1'])).to.equal(101);
	});

	it('brings two browsers together, each under its own person', async () => {
		const alice = await site.openMqtt(await site.cookieOf('alice'), { clientId: 'page' });
		const robin = await site.openMqtt(await site.cookieOf('robin'), { clientId: 'page', username: 'alice' });
		expect([...accounts.tokens.values()]).to.deep.equal(['alice', 'robin']);
		await robin.subscribeAsync('pilotwire/home/circuits/#');
		const heard = nextOf(robin, 'message');
		await alice.publishAsync('pilotwire/home/circuits/salon/set', 'eco', { qos: 1 });
		const [topic, payload] = (await heard) as [string, Buffer];
		expect([topic, payload.toString()]).to.deep.equal(['pilotwire/home/circuits/salon/set', 'eco']);
	});

	it('closes the live connections of a session at sign-out, and no others', async () => {
		const cookie = await site.cookieOf('alice');
		const other = await site.cookieOf('alice');
		const closing = closeOf(await site.openWebSocket(cookie));
		const client = await site.openMqtt(cookie);
		const left = nextOf(client, 'close');
		const stays = await site.openMqtt(other);
		await site.ask('DELETE', '/api/session', { cookie, origin: site.origin });
		expect(await closing).to.equal(4401);
		await left;
		await stays.publishAsync('pilotwire/home/x', 'still here', { qos: 1 });
		expect(await site.upgradeStatus({ cookie, origin: site.origin })).to.equal(401);
	});

	it('closes the live connections of a person whose account changes', async () => {
		const victor = await site.openMqtt(await site.cookieOf('victor'));
		const left = nextOf(victor, 'close');
		accounts.set('victor', 'resident');
		await left;
	});

	it('publishes the will of a page that vanishes', async () => {
		const robin = await site.openMqtt(await site.cookieOf('robin'));
		await robin.subscribeAsync('pilotwire/home/circuits/#');
		const heard = nextOf(robin, 'message');
		const ws = await site.openWebSocket(await site.cookieOf('alice'));
		const will = {
			topic: 'pilotwire/home/circuits/salon/set',
			payload: Buffer.from('gone'),
			qos: 0,
			retain: false,
		} as const;
		ws.send(generate({ cmd: 'connect', clientId: 'x', clean: true, keepalive: 0, will }));
		await once(ws, 'message');
		ws.terminate();
		expect(((await heard) as [string, Buffer])[1].toString()).to.equal('gone');
	});

	it('finds its way back when the broker was restarted, in the same session', async () => {
		const client: MqttClient = site.mqtt(await site.cookieOf('alice'), { reconnectPeriod: 20 });
		await nextOf(client, 'connect');
		const port = broker.addresses()?.tcp?.port ?? 0;
		const left = nextOf(client, 'close');
		await broker.stop();
		await left;
		const back = nextOf(client, 'connect');
		await startBroker(port);
		await back;
		await client.publishAsync('pilotwire/home/x', 'back', { qos: 1 });
		expect(accounts.tokens.size).to.be.greaterThan(1);
	});
});
