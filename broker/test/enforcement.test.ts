import type { EventEmitter } from 'node:events';
import { once as onceOf } from 'node:events';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { Accounts, hashSecret, rightsOf, serviceAccounts } from '@pilotwire/accounts';
import { machineSecret, silentLog, systemClock } from '@pilotwire/runtime';
import { VirtualClock } from '@pilotwire/runtime/testing';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import type { IClientOptions, MqttClient } from 'mqtt';
import type { Broker, BrokerOptions } from '../src/index.ts';
import { anything, Bench, Inbox } from './support/clients.ts';
import { WireClient } from './support/wire-client.ts';

/** mqtt.js types its events in a way of its own. */
const once = (emitter: unknown, event: string): Promise<unknown> => onceOf(emitter as EventEmitter, event);
const password = 'right horse battery';
const set = 'pilotwire/home/circuits/salon/set';
const state = 'pilotwire/home/circuits/salon/state';

describe('enforcement of rights', function () {
	// The thread of the state file starts late where the machine is busy.
	this.timeout(60_000);
	const folder = temporaryDirectory();
	/** What every test begins with: three people, whose passwords are hashed once. */
	const template = temporaryDirectory('suite');
	const bench = new Bench();
	const opened: Accounts[] = [];
	let audit: { text: string; facts: Record<string, unknown> }[];
	let broker: Broker;

	const openIn = ({ path }: { path: string }): Promise<Accounts> =>
		Accounts.open({ path: join(path, 'accounts.db'), log: silentLog, clock: systemClock });
	const open = (): Promise<Accounts> => openIn(folder);
	/** A second look at the same file, as another process has one. */
	const other = async (): Promise<Accounts> => {
		const accounts = await open();
		opened.push(accounts);
		return accounts;
	};
	const start = async (options: Partial<BrokerOptions> = {}): Promise<Broker> => {
		const note = (facts: Record<string, unknown>, text: string): void => void audit.push({ text, facts });
		broker = await bench.broker({
			accounts: [
				...serviceAccounts(folder.path),
				{ principal: { kind: 'person', name: 'ha', role: 'resident' }, secretHash: hashSecret('from the file') },
			],
			rights: (principal) => rightsOf('home', principal),
			openDirectory: open,
			log: { ...silentLog, warn: note, info: note } as unknown as typeof silentLog,
			...options,
		});
		return broker;
	};
	const as = (username: string, secret = password, options: IClientOptions = {}): Promise<MqttClient> =>
		bench.client(broker, { username, password: secret, ...options });
	const service = (name: string, options: IClientOptions = {}): Promise<MqttClient> =>
		as(name, machineSecret(folder.path, name), options);
	const reading = async (client: MqttClient, ...filters: string[]): Promise<Inbox> => {
		const inbox = new Inbox(client);
		const granted = await client.subscribeAsync(filters, { qos: 1 });
		expect(granted.map(({ qos }) => qos)).not.to.include(128);
		return inbox;
	};
	/** What arrived, once a message that may pass has come through behind all that was refused. */
	const passed = async (inbox: Inbox): Promise<string[]> => {
		const actuator = await service('radiator-actuator');
		await actuator.publishAsync(state, 'marker', { qos: 1 });
		await inbox.until((all) => all.some(({ text }) => text === 'marker'));
		return inbox.all.map(({ text }) => text).filter((text) => text !== 'marker');
	};
	const code = (promise: Promise<unknown>): Promise<unknown> =>
		promise.then(
			() => expect.fail('it was let in'),
			(error: { code: unknown }) => error.code,
		);
	const refusals = (): string[] => audit.filter(({ text }) => / refused$/.test(text)).map(({ text }) => text);

	before(async () => {
		const accounts = await openIn(template);
		await accounts.addPerson('boss', 'admin', password);
		await accounts.addPerson('robin', 'resident', password);
		await accounts.addPerson('victor', 'viewer', password);
		await accounts.close();
	});
	beforeEach(() => {
		audit = [];
		copyFileSync(join(template.path, 'accounts.db'), join(folder.path, 'accounts.db'));
	});
	afterEach(async () => {
		await bench.close();
		await Promise.all(opened.splice(0).map((accounts) => accounts.close()));
	});

	it('keeps the client ids of the services for them: nobody else can throw one out', async () => {
		await start();
		const telemetry = await service('telemetry', { clientId: 'telemetry-home' });
		for (const clientId of ['telemetry-home', 'telemetry', 'meter-reader-1234']) {
			expect(await code(as('robin', password, { clientId })), clientId).to.equal(2);
			expect(await code(service('web', { clientId })), clientId).to.equal(2);
		}
		await as('robin', password, { clientId: 'telemetryx' });
		expect(telemetry.connected).to.equal(true);
	});

	it('keeps a session for the account that made it, whichever way it signs in, over a restart too', async () => {
		const stateFile = join(folder.path, 'sessions.db');
		const robins = { clientId: 'tablet', clean: false };
		await start({ stateFile });
		const accounts = await other();
		const tablet = await as('robin', password, robins);
		for (const restarted of [false, true]) {
			if (restarted) {
				await broker.stop();
				await start({ stateFile });
			}
			for (const clean of [false, true]) {
				expect(await code(as('victor', password, { clientId: 'tablet', clean })), `clean ${clean}`).to.equal(2);
			}
			expect(tablet.connected).to.equal(!restarted);
			expect(audit.map(({ facts }) => facts['why'])).to.include(
				'the session of the client id "tablet" is another account\'s',
			);
		}
		const token = await accounts.issueToken({ name: 'robin', role: 'resident' });
		await (await as('robin', token, robins)).endAsync();
		await (await as('robin', password, { ...robins, clean: true })).endAsync();
		await as('victor', password, { clientId: 'tablet' });
	});

	it('lets everybody in with what is theirs: password, token, secret, or the file', async () => {
		await start();
		const accounts = await other();
		const { secret } = await accounts.addMachine('device', 'probe');
		const token = await accounts.issueToken({ name: 'victor', role: 'viewer' });
		for (const [name, given] of [
			['victor', password],
			['victor', token],
			['probe', secret],
			['ha', 'from the file'],
			['telemetry', machineSecret(folder.path, 'telemetry')],
		] as const) {
			await (await as(name, given)).endAsync();
		}
		for (const [name, given] of [
			['victor', 'wrong'],
			['robin', token],
			['probe', password],
			['ha', password],
			['telemetry', machineSecret(folder.path, 'web')],
			['telemetry', secret],
			['nobody', password],
		] as const) {
			expect(await code(as(name, given)), `${name} ${given}`).to.equal(4);
		}
	});

	for (const qos of [0, 1, 2] as const) {
		it(`acknowledges a publish at QoS ${qos} that is not allowed, drops it, notes it, and goes on with the client`, async () => {
			await start();
			const inbox = await reading(await as('boss'), 'pilotwire/home/circuits/#');
			const victor = await as('victor');
			await victor.publishAsync(set, 'comfort', { qos });
			await victor.publishAsync(set, 'comfort', { qos, retain: true });
			await victor.publishAsync('$SYS/broker/x', 'mine', { qos });
			const granted = await victor.subscribeAsync(state);
			expect(granted.map(({ qos: granted }) => granted)).to.deep.equal([0]);
			expect(await passed(inbox)).to.deep.equal([]);
			expect(refusals()).to.deep.equal(Array(3).fill('Publish refused'));
			expect(audit.find(({ text }) => text === 'Publish refused')?.facts).to.include({ topic: set, account: 'victor' });
			const late = await reading(await as('boss'), set);
			expect(late.all).to.deep.equal([]);
		});
	}

	it('lets through what is allowed', async () => {
		await start();
		const inbox = await reading(await service('radiator-actuator'), set, state);
		const robin = await as('robin');
		await robin.publishAsync(set, 'eco', { qos: 1 });
		await (await as('ha', 'from the file')).publishAsync(set, 'comfort', { qos: 1 });
		expect(await passed(inbox)).to.deep.equal(['eco', 'comfort']);
		expect(refusals()).to.deep.equal([]);
	});

	it('refuses to clear a retained state to who may not write it', async () => {
		await start();
		const actuator = await service('radiator-actuator');
		await actuator.publishAsync(state, 'kept', { qos: 1, retain: true });
		await (await as('robin')).publishAsync(state, '', { qos: 1, retain: true });
		await (await service('meter-reader')).publishAsync(state, '', { qos: 1, retain: true });
		const inbox = await reading(await as('victor'), state);
		await inbox.until((all) => all.length > 0);
		expect(inbox.all).to.deep.equal([{ topic: state, text: 'kept', retain: true }]);
		await actuator.publishAsync(state, '', { qos: 1, retain: true });
		const later = await reading(await as('victor', password, { clientId: 'later' }), state);
		expect(await passed(later)).to.deep.equal([]);
	});

	it('refuses a client whose will may not be published, and publishes those that may', async () => {
		await start();
		const will = (topic: string): IClientOptions => ({
			will: { topic, payload: Buffer.from('will'), qos: 1, retain: false },
		});
		expect(await code(as('victor', password, will(set)))).to.equal(5);
		expect(await code(as('boss', password, will('$SYS/x')))).to.equal(5);
		expect(await code(service('meter-reader', will('pilotwire/home/services/web/status')))).to.equal(5);
		const inbox = await reading(await as('boss'), 'pilotwire/home/services/+/status', state);
		const reader = await service('meter-reader', will('pilotwire/home/services/meter-reader/status'));
		reader.stream.destroy();
		await inbox.until((all) => all.length > 0);
		expect(await passed(inbox)).to.deep.equal(['will']);
	});

	it('refuses each filter that is wider than a right, and grants the others of the same packet', async () => {
		await start();
		const victor = await as('victor');
		const asked = [state, '#', 'pilotwire/#', 'pilotwire/home/#', '$SYS/#', 'pilotwire/home/services/+/rpc/+/reply'];
		const answered = new Promise<unknown>((resolve) => {
			victor.on('packetreceive', (packet) => packet.cmd === 'suback' && resolve(packet.granted));
		});
		victor.subscribe(asked, { qos: 0 }, () => {});
		const granted = await answered;
		expect(granted).to.deep.equal([0, 128, 128, 128, 128, 128]);
		expect(refusals()).to.deep.equal(Array(5).fill('Subscription refused'));
		await (await as('boss')).subscribeAsync(['pilotwire/home/#', '$SYS/#']);
		expect(refusals()).to.have.length(5);
	});

	it('gives a session whose account may less now nothing that it may not read any more', async () => {
		await start();
		const accounts = await other();
		await accounts.addPerson('chief', 'admin', password);
		const session = { username: 'chief', password, clientId: 'shared', clean: false };
		const chief = await bench.client(broker, session);
		await chief.subscribeAsync(['pilotwire/home/#', state], { qos: 1 });
		await chief.endAsync();
		await accounts.setRole('chief', 'viewer');
		const call = 'pilotwire/home/services/telemetry/rpc/c0123456789ab';
		await (await as('victor')).publishAsync(call, 'a secret', { qos: 1 });
		const { host, port } = broker.addresses()?.tcp ?? { host: '', port: 0 };
		const { connect } = await import('mqtt');
		const demoted = connect(`mqtt://${host}:${port}`, { ...session, reconnectPeriod: 0 });
		const inbox = new Inbox(demoted);
		await once(demoted, 'connect');
		expect(await passed(inbox)).to.deep.equal([]);
		await (await as('robin')).publishAsync(call, 'another', { qos: 1 });
		expect(inbox.all.map(({ topic }) => topic)).to.deep.equal([state]);
		await demoted.endAsync(true);
	});

	it('gives clients without a name the role that is configured, and none where none is', async () => {
		const nobody: IClientOptions = { username: undefined as never, password: undefined as never };
		await start();
		expect(await code(bench.client(broker, nobody))).to.equal(5);
		await start({ anonymous: 'viewer' });
		const client = await bench.client(broker, nobody);
		const inbox = await reading(client, 'pilotwire/home/circuits/#');
		await client.publishAsync(set, 'comfort', { qos: 1 });
		expect(await passed(inbox)).to.deep.equal([]);
	});

	it('slows guessing down, for passwords of the file too', async () => {
		await start();
		for (const name of ['ha', 'victor']) {
			for (let index = 0; index < 5; index += 1) expect(await code(as(name, 'wrong'))).to.equal(4);
			expect(await code(as(name, name === 'ha' ? 'from the file' : password))).to.equal(3);
		}
	});

	it('writes so many lines about one connection and no more', async () => {
		await start();
		const victor = await as('victor');
		await Promise.all(Array.from({ length: 100 }, (_, index) => victor.publishAsync(`x/${index}`, 'x', { qos: 1 })));
		expect(audit.filter(({ text }) => text.startsWith('Publish refused'))).to.have.length(20);
		await victor.endAsync();
		await bench.close();
		expect(audit.find(({ text, facts }) => text.endsWith(' is gone') && facts['refused'] === 100)).not.to.equal(
			undefined,
		);
	});

	describe('revocation', () => {
		const changes: Readonly<Record<string, (accounts: Accounts) => Promise<unknown>>> = {
			'its account is removed': (accounts) => accounts.remove('robin'),
			'its role changes': (accounts) => accounts.setRole('robin', 'viewer'),
			'its password changes': (accounts) => accounts.setPassword('robin', 'another password'),
		};
		for (const [name, change] of Object.entries(changes)) {
			for (const over of ['tcp', 'ws'] as const) {
				it(`closes a connection over ${over} within a second when ${name} in another process`, async () => {
					// Its own looks at the file, and nothing else: they come as this clock moves.
					const clock = new VirtualClock(Date.now());
					const path = join(folder.path, 'accounts.db');
					await start({ openDirectory: () => Accounts.open({ path, log: silentLog, clock }) });
					const accounts = await other();
					const token = await accounts.issueToken({ name: 'robin', role: 'resident' });
					const will = { topic: set, payload: Buffer.from('comfort'), qos: 1 as const, retain: false };
					const [withPassword, withToken, stays] = await Promise.all([
						bench.client(broker, { username: 'robin', password, will }, over),
						bench.client(broker, { username: 'robin', password: token }, over),
						bench.client(broker, { username: 'boss', password }, over),
					]);
					const inbox = await reading(stays, set, state);
					const gone = Promise.all([once(withPassword, 'close'), once(withToken, 'close')]);
					await change(accounts);
					clock.advance(999);
					await gone;
					// Nor does its will give a last order.
					expect(await passed(inbox)).to.deep.equal([]);
					expect(stays.connected).to.equal(true);
					expect(await code(as('robin', token))).to.equal(4);
				});
			}
		}

		it('says no will of a revoked account: not when its delay is over, and not after a restart', async () => {
			const clock = new VirtualClock();
			const stateFile = join(folder.path, 'broker.db');
			await start({ stateFile, clock, rights: anything });
			const accounts = await other();
			const leaving = (clientId: string) => ({
				...{ clientId, username: 'robin', password: Buffer.from(password) },
				properties: { sessionExpiryInterval: 1000 },
				will: {
					...{ topic: `gone/${clientId}`, payload: Buffer.from('gone'), qos: 1, retain: true },
					properties: { willDelayInterval: 60 },
				},
			});
			const absent = await WireClient.signIn(broker, 5, leaving('absent'));
			absent.send({ cmd: 'disconnect', reasonCode: 4 });
			expect(await absent.next()).to.deep.equal({ cmd: 'closed' });
			const connected = await WireClient.signIn(broker, 5, leaving('connected'));
			await accounts.remove('robin');
			expect(await connected.next()).to.deep.include({ cmd: 'disconnect' });
			expect(await connected.next()).to.deep.equal({ cmd: 'closed' });
			const said = async (): Promise<unknown> => {
				const client = await as('boss');
				const inbox = new Inbox(client);
				await client.subscribeAsync('gone/#');
				return inbox.settle();
			};
			clock.advance(61_000);
			expect(await said()).to.deep.equal([]);
			await broker.stop();
			await start({ stateFile, clock, rights: anything });
			clock.advance(61_000);
			expect(await said()).to.deep.equal([]);
		});

		it('says the wills of a crash for accounts that are still what they were, and for no others', async () => {
			const stateFile = join(folder.path, 'broker.db');
			const willing = (name: string, topic = `gone/${name}`) => ({
				...{ clientId: name, username: name, password: Buffer.from(name === 'ha' ? 'from the file' : password) },
				will: { topic, payload: Buffer.from('gone'), qos: 1, retain: true },
			});
			await start({ stateFile, rights: anything });
			const before = await other();
			const changed = ['removed', 'demoted', 'renewed', 'same'];
			for (const name of changed) await before.addPerson(name, 'resident', password);
			for (const name of [...changed, 'ha']) await WireClient.signIn(broker, 5, willing(name));
			// As the file stands when the broker is killed.
			const sender = await as('boss');
			await sender.publishAsync('all/before/is/on/the/disk', 'x', { qos: 1, retain: true });
			const asKilled = join(folder.path, 'killed.db');
			for (const suffix of ['', '-wal']) copyFileSync(stateFile + suffix, asKilled + suffix);
			await broker.stop();
			await before.remove('removed');
			await before.addPerson('removed', 'resident', password);
			await before.setRole('demoted', 'viewer');
			await before.setPassword('renewed', 'another password');
			await start({ stateFile: asKilled, rights: anything });
			const said = async (): Promise<string[]> => {
				const client = await as('boss');
				const inbox = new Inbox(client);
				await client.subscribeAsync('gone/#');
				return (await inbox.settle()).map(({ topic }) => topic);
			};
			expect(await said()).to.have.members(['gone/same', 'gone/ha']);
			expect(audit.filter(({ text }) => text.startsWith('A will was left unsaid'))).to.have.length(3);
		});

		it('leaves services and accounts of the file alone, whatever their name', async () => {
			await start();
			const accounts = await other();
			await accounts.addPerson('ha', 'viewer', password);
			const clients = [await as('ha', 'from the file'), await service('web')];
			const own = await as('ha');
			const gone = once(own, 'close');
			await accounts.remove('ha');
			await gone;
			expect(clients.map(({ connected }) => connected)).to.deep.equal([true, true]);
		});

		it('closes a device and its socket', async () => {
			await start();
			const accounts = await other();
			const { secret } = await accounts.addMachine('device', 'probe');
			const probe = await as('probe', secret);
			await probe.publishAsync('pilotwire/home/devices/probe/state', 'x', { qos: 1 });
			expect(refusals()).to.deep.equal([]);
			const gone = once(probe, 'close');
			await accounts.remove('probe');
			await gone;
			expect(await code(as('probe', secret))).to.equal(4);
		});
	});
});
