import { join } from 'node:path';
import { Accounts } from '@pilotwire/accounts';
import { Broker } from '@pilotwire/broker';
import { type Clock, silentLog, systemClock } from '@pilotwire/runtime';
import { VirtualClock } from '@pilotwire/runtime/testing';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import { nextOf, Site } from './support/site.ts';

describe('The web service with the real accounts', () => {
	const directory = temporaryDirectory('suite');
	let accounts: Accounts;
	let broker: Broker;
	let site: Site;

	const openAccounts = (clock: Clock = systemClock) =>
		Accounts.open({ path: join(directory.path, 'accounts.db'), log: silentLog, clock });
	const startSite = async (clock?: Clock): Promise<void> => {
		const url = `mqtt://127.0.0.1:${broker.addresses()?.tcp?.port}`;
		// The service's own, as in another process than the broker's.
		const itsAccounts = await openAccounts(clock);
		site = await new Site(directory.path, { accounts: itsAccounts, broker: { url, embedded: true } }).start();
	};
	before(async () => {
		accounts = await openAccounts();
		await accounts.addPerson('alice', 'admin', "alice's password");
		await accounts.addPerson('victor', 'viewer', 'a first password');
	});
	after(() => accounts.close());
	beforeEach(async () => {
		await accounts.setPassword('victor', "victor's password");
		// It hears of no change: what closes a connection here is the web service.
		const openDirectory = async () => ({
			authenticate: accounts.authenticate.bind(accounts),
			stampOf: accounts.stampOf.bind(accounts),
			onChange: () => {},
			close: async () => {},
		});
		broker = new Broker({ port: 0, wsPort: 0, openDirectory, log: silentLog, clock: systemClock });
		await broker.start();
		await startSite();
	});
	afterEach(async () => {
		await site.close();
		await broker.stop();
	});

	it('signs people in and lets their pages onto the bus', async () => {
		const client = await site.openMqtt(await site.cookieOf('victor'));
		await client.subscribeAsync('pilotwire/home/meter/#');
		expect((await site.signIn(' Alice ', "alice's password")).status).to.equal(204);
		expect((await site.signIn('alice', 'wrong password')).status).to.equal(401);
	});

	it('gives a page no more rights than its person has', async () => {
		const alice = await site.openMqtt(await site.cookieOf('alice'));
		const heard: string[] = [];
		alice.on('message', (_topic, payload) => heard.push(payload.toString()));
		await alice.subscribeAsync('pilotwire/home/circuits/#');
		const victor = await site.openMqtt(await site.cookieOf('victor'));
		await victor.publishAsync('pilotwire/home/circuits/salon/set', 'off', { qos: 1 });
		const last = nextOf(alice, 'message');
		await alice.publishAsync('pilotwire/home/circuits/salon/set', 'eco', { qos: 1 });
		await last;
		expect(heard).to.deep.equal(['eco']);
	});

	it('puts off who guesses', async () => {
		const statuses: number[] = [];
		for (let guess = 0; guess < 6; guess += 1) statuses.push((await site.signIn('alice', `guess ${guess}`)).status);
		expect(statuses).to.deep.equal([401, 401, 401, 401, 401, 429]);
		expect(Number((await site.signIn('alice')).headers['retry-after'])).to.be.within(1, 2);
	});

	it('closes within a second what a person has open whose account another process changes', async () => {
		// The site's own looks at the accounts come as this clock moves.
		const clock = new VirtualClock(Date.now());
		await site.close();
		await startSite(clock);
		const cookie = await site.cookieOf('victor');
		const client = await site.openMqtt(cookie);
		const left = nextOf(client, 'close');
		await accounts.setPassword('victor', 'another password');
		clock.advance(999);
		await left;
		expect((await site.ask('GET', '/api/session', { cookie })).status).to.equal(401);
	});

	it('ends at its start the sessions of people whose password was changed meanwhile', async () => {
		const alice = await site.cookieOf('alice');
		const victor = await site.cookieOf('victor');
		await site.close();
		await accounts.setPassword('victor', 'another password');
		await startSite();
		expect((await site.ask('GET', '/api/session', { cookie: alice })).status).to.equal(200);
		expect((await site.ask('GET', '/api/session', { cookie: victor })).status).to.equal(401);
	});
});
