// EMQX with the files that `pilotwire account export --emqx` writes: who may do what there, beside what the rules say; and
// homes on it, each alone with itself. On request: PILOTWIRE_EMQX (see emqx.ts).
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashSecret, mayPublish, maySubscribe, roles, serviceNames } from '@pilotwire/accounts';
import { noProcessLeft, startProcess } from '@pilotwire/test/processes';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { until } from '@pilotwire/test/until';
import { expect } from 'chai';
import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import { need } from '../support/parts.ts';
import { Emqx, emqx } from './emqx.ts';
import { machines, names, principals } from './exported-rights.ts';
import { SITE } from './observer.ts';

const PASSWORD = 'correct horse battery staple';
const MAIN = 'packages/cli/src/main.ts';
const NOT_AUTHORIZED = 135;

/** Every name with a wildcard in the place of each level, or of all from there on. */
const filters: readonly string[] = [
	...new Set([
		...['#', '+', '+/#', '+/+/#', '$SYS/#', '$SYS/brokers', 'pilotwire/dupont/#', 'pilotwire/martin/#'],
		...names.flatMap((name) => {
			const levels = name.split('/');
			return levels.flatMap((_, at) => [
				levels.map((level, index) => (index === at ? '+' : level)).join('/'),
				[...levels.slice(0, at), '#'].join('/'),
				[...levels.slice(0, at), '+', '#'].join('/'),
			]);
		}),
	]),
];

/**
 * Filters that EMQX grants and the rules don't: where these want the random id of one caller, a right has a wildcard; and
 * `x/+` grants `x/#`, which can be refused by name only where `x` has no wildcard.
 */
const isWider = (filter: string): boolean => /\/rpc\/|\/agents\/[^+]+\/to\/#$/.test(filter);

describe('accounts exported to EMQX', function () {
	this.timeout(180_000);
	noProcessLeft('suite');
	const directory = temporaryDirectory('suite');
	const etc = (file = ''): string => join(directory.path, 'etc', file);
	const clients: MqttClient[] = [];
	const passwords = new Map([['observer', PASSWORD]]);
	let broker: Emqx;
	let report: string;

	const run = async (words: readonly string[]): Promise<string> => {
		const command = startProcess([MAIN, ...words, '--config', join(directory.path, 'p.json')]);
		command.endInput();
		const { code } = await command.ended;
		if (code !== 0) throw new Error(`${words.join(' ')} ended with ${code}:\n${command.text()}`);
		return command.text();
	};
	const signIn = async (username: string, options: IClientOptions = {}): Promise<MqttClient> => {
		const password = passwords.get(username) ?? '';
		const client = connect(broker.url, { username, password, reconnectPeriod: 0, protocolVersion: 5, ...options });
		clients.push(client);
		await new Promise<void>((resolve, reject) => {
			client.once('connect', () => resolve());
			client.once('error', reject);
			client.once('close', () => reject(new Error('closed')));
		});
		client.on('error', () => undefined);
		return client;
	};
	const isTaken = (asked: Promise<unknown>): Promise<boolean> =>
		asked.then(
			() => true,
			(error: { code?: number }) => {
				if (error.code !== NOT_AUTHORIZED && !String(error).includes('Not authorized')) throw error;
				return false;
			},
		);
	/** Those of some filters or topics that are taken. */
	const takenOf = async (asked: readonly string[], ask: (one: string) => Promise<unknown>): Promise<string[]> => {
		const answers = await Promise.all(asked.map((one) => isTaken(ask(one))));
		return asked.filter((_, index) => answers[index]);
	};
	const publish = (client: MqttClient, topic: string, payload = 'x', retain = false): Promise<unknown> =>
		client.publishAsync(topic, payload, { qos: 1, retain });

	before(async function () {
		need(this, emqx);
		const configured = roles.map((role) => ({ name: `some-${role}`, role, password: `of some ${role}` }));
		const simulator = { waterHeaterTopic: 'zigbee2mqtt/boiler' };
		const config = { dataDir: join(directory.path, 'data'), simulator, broker: { accounts: configured } };
		writeFileSync(join(directory.path, 'p.json'), JSON.stringify(config));
		for (const [name, ...given] of machines) {
			const [, secret = ''] = /^ {2}([\w-]{43})$/m.exec(await run(['account', 'token', name, ...given])) ?? [];
			passwords.set(name, secret);
		}
		report = await run(['account', 'export', '--emqx', etc()]);
		for (const { name, password } of configured) passwords.set(name, password);
		for (const name of [...serviceNames, 'pages-resident'])
			passwords.set(name, readFileSync(join(directory.path, 'data', 'secrets', name), 'utf8').trim());
		// As a person adds those whose passwords are chosen; and one more, who may do everything: it looks on.
		const users = JSON.parse(readFileSync(etc('pilotwire-users.json'), 'utf8')) as object[];
		const typed = [...configured.map(({ name }) => name), 'observer'].map((name) => ({
			...{ user_id: name, password_hash: hashSecret(passwords.get(name) ?? '').toString('hex') },
			is_superuser: name === 'observer',
		}));
		writeFileSync(etc('pilotwire-users.json'), JSON.stringify([...users, ...typed]));
		const written = readFileSync(etc('pilotwire.hocon'), 'utf8');
		writeFileSync(etc('pilotwire.hocon'), written.replaceAll('/etc/emqx', etc()));
		broker = new Emqx({ folder: etc(), host: '127.0.6.12', include: etc('pilotwire.hocon') });
		await broker.start();
	});
	afterEach(async () => {
		await Promise.all(clients.splice(0).map((client) => client.endAsync(true)));
	});
	after(() => broker?.kill());

	it('say whose passwords are to be added', () => {
		expect(report).to.match(/To be added by hand .*: some-admin, some-resident, some-viewer$/m);
	});

	it('let nobody in without the right secret', async () => {
		for (const [username, password] of [
			['dupont', 'wrong'],
			['dupont', ''],
			['dupont', hashSecret(passwords.get('dupont') ?? '').toString('hex')],
			['dupont', passwords.get('martin')],
			['nobody', PASSWORD],
			[undefined, undefined],
			[undefined, PASSWORD],
		] as const) {
			const error = await signIn('', { username, password } as IClientOptions).catch((thrown: unknown) => thrown);
			expect(error, `${username} ${password}`).to.be.an('error');
		}
	});

	for (const principal of principals) {
		it(`give ${principal.name} (${principal.kind}) what the rules give, and no more`, async () => {
			const observer = await signIn('observer');
			const other = await signIn(principal.name);
			const foreign = /^zigbee2mqtt\/boiler/;
			const ruled = names.filter((name) => principal.kind !== 'service' || !foreign.test(name));
			const heard = new Set<string>();
			observer.on('message', (topic) => heard.add(topic));
			await observer.subscribeAsync('#', { qos: 1 });
			const published = ruled.filter((name) => mayPublish(SITE, principal, name));
			expect(await takenOf(ruled, (name) => publish(other, name)), 'published').to.have.members(published);
			await publish(observer, 'end');
			await until('the end', () => heard.has('end'));
			expect([...heard], 'heard').to.have.members([...published, 'end']);

			const read = new Set<string>();
			other.on('message', (topic) => read.add(topic));
			const asked = [...ruled, ...filters.filter((filter) => !isWider(filter) && !foreign.test(filter))];
			expect(await takenOf(asked, (filter) => other.subscribeAsync(filter, { qos: 0 })), 'granted').to.have.members(
				asked.filter((filter) => maySubscribe(SITE, principal, filter)),
			);
			for (const name of names) await publish(observer, name);
			await other.unsubscribeAsync('nothing');
			expect(
				[...read].filter((name) => ruled.includes(name)),
				'read',
			).to.have.members(ruled.filter((name) => maySubscribe(SITE, principal, name)));
		});
	}

	it('give the services whose configuration names topics of devices those topics', async () => {
		const boiler = ['zigbee2mqtt/boiler', 'zigbee2mqtt/boiler/set'];
		const may = async (name: string): Promise<string[][]> => {
			const client = await signIn(name);
			return [
				await takenOf(boiler, (topic) => publish(client, topic)),
				await takenOf(boiler, (topic) => client.subscribeAsync(topic)),
			];
		};
		expect(await may('switch-actuator')).to.deep.equal([['zigbee2mqtt/boiler/set'], ['zigbee2mqtt/boiler']]);
		expect(await may('simulator')).to.deep.equal([['zigbee2mqtt/boiler'], ['zigbee2mqtt/boiler/set']]);
		expect(await may('web')).to.deep.equal([[], []]);
	});

	describe('with two homes on it', () => {
		/** All that a house hears of itself and of whoever else it asks for. */
		const ears = async (client: MqttClient, ...asked: string[]): Promise<string[]> => {
			const heard: string[] = [];
			client.on('message', (topic, payload) => heard.push(`${topic} ${payload}`));
			for (const filter of asked) await isTaken(client.subscribeAsync(filter, { qos: 1 }));
			return heard;
		};

		it("lets none hear the other by wildcards, shared or other subscriptions, or EMQX's own topics", async () => {
			const [dupont, martin] = [await signIn('dupont'), await signIn('martin')];
			const beyond = [
				'pilotwire/dupont/circuits/salon/set',
				'pilotwire/dupont/#',
				'pilotwire/+/#',
				'#',
				'+/#',
				'$SYS/#',
			];
			const asked = beyond.flatMap((filter) => [filter, `$share/g/${filter}`, `$queue/${filter}`]);
			const heard = await ears(martin, ...asked, 'pilotwire/martin/#', '$exclusive/pilotwire/dupont/x');
			for (const name of ['circuits/salon/set', 'x']) await publish(dupont, `pilotwire/dupont/${name}`);
			await publish(dupont, 'pilotwire/dupont/kept/y', 'kept', true);
			await publish(martin, 'pilotwire/martin/end', 'end');
			await until('the end', () => heard.includes('pilotwire/martin/end end'));
			expect(heard).to.deep.equal(['pilotwire/martin/end end']);
			const late = await signIn('martin');
			expect(
				await takenOf(['pilotwire/dupont/kept/y', 'pilotwire/#'], (filter) => late.subscribeAsync(filter)),
			).to.deep.equal([]);
		});

		it('lets none speak in the name of the other, by a will, a retained message or a delayed one', async () => {
			const dupont = await signIn('dupont');
			const heard = await ears(dupont, 'pilotwire/dupont/+');
			const will = { payload: Buffer.from('will'), qos: 1, retain: true } as const;
			const dying = await signIn('martin', { will: { topic: 'pilotwire/dupont/will', ...will } });
			dying.stream.destroy();
			const own = await signIn('dupont', { will: { topic: 'pilotwire/dupont/own', ...will } });
			own.stream.destroy();
			const martin = await signIn('martin');
			const foreign = [
				'pilotwire/dupont/set',
				'$delayed/1/pilotwire/dupont/set',
				'$SYS/x',
				'$share/g/pilotwire/dupont/set',
			];
			expect(await takenOf(foreign, (topic) => publish(martin, topic, 'x', true))).to.deep.equal([]);
			await until('its own will', () => heard.includes('pilotwire/dupont/own will'));
			await publish(dupont, 'pilotwire/dupont/end', 'end');
			await until('the end', () => heard.includes('pilotwire/dupont/end end'));
			expect(heard).to.deep.equal(['pilotwire/dupont/own will', 'pilotwire/dupont/end end']);
		});

		it("lets none throw the other out, or take over its session, by the other's client id", async () => {
			const clientId = 'pilotwire-box';
			const session = { clientId, clean: false, properties: { sessionExpiryInterval: 300 } };
			const dupont = await signIn('dupont', session);
			const thrownOut = new Promise((resolve) => dupont.once('close', () => resolve('thrown out')));
			await dupont.subscribeAsync('pilotwire/dupont/set', { qos: 1 });
			const martin = await signIn('martin', session);
			await publish(martin, 'pilotwire/martin/end');
			expect(await Promise.race([publish(dupont, 'pilotwire/dupont/end'), thrownOut])).to.not.equal('thrown out');
			await dupont.endAsync();
			// What waits for dupont waits for dupont, and its own account has it.
			await publish(await signIn('observer'), 'pilotwire/dupont/set', 'waited');
			const [stolen, own]: [string[], string[]] = [[], []];
			const listen = async (username: string, into: string[]): Promise<void> => {
				const password = passwords.get(username) ?? '';
				const client = connect(broker.url, { username, password, protocolVersion: 5, reconnectPeriod: 0, ...session });
				clients.push(client);
				client.on('message', (_, payload) => into.push(payload.toString()));
				await new Promise((resolve) => client.once('connect', resolve));
			};
			await martin.endAsync();
			await listen('martin', stolen);
			await listen('dupont', own);
			await until('what waited', () => own.includes('waited'));
			expect(stolen).to.deep.equal([]);
		});

		it('shows a house that is bridged to it, and takes orders to it', async () => {
			const password = join(directory.path, 'bridge');
			writeFileSync(password, passwords.get('dupont') ?? '');
			const host = '127.0.6.13';
			const config = {
				...{ dataDir: join(directory.path, 'house'), broker: { host, wsPort: 0 } },
				bridge: { url: broker.url, house: 'dupont', passwordFile: password, allow: ['orders'] },
			};
			const file = join(directory.path, 'house.json');
			writeFileSync(file, JSON.stringify(config));
			const services = 'broker,simulator,meter-reader,radiator-actuator,load-shedder,bridge';
			const up = startProcess([MAIN, 'up', '--no-show', '--only', services, '--config', file]);
			await up.line('shows this house as pilotwire/dupont/');
			const fitter = await signIn('fitter', { protocolVersion: 4 });
			const heard = await ears(fitter, 'pilotwire/+/circuits/salon/state', 'pilotwire/+/services/bridge/status');
			await until('the house', () => heard.includes('pilotwire/dupont/services/bridge/status online'));
			await publish(fitter, 'pilotwire/martin/circuits/salon/set', 'eco');
			await publish(fitter, 'pilotwire/dupont/circuits/salon/set', 'eco');
			await until('the order', () => heard.some((one) => /^pilotwire.dupont.*"override":\{"order":"eco"/.test(one)));
			await up.kill('SIGTERM');
			await until('it gone', () => heard.at(-1) === 'pilotwire/dupont/services/bridge/status offline');
		});

		it('keeps every retained state, however fast they come', async () => {
			const dupont = await signIn('dupont');
			const many = Array.from({ length: 3_000 }, (_, index) => `pilotwire/dupont/circuits/many-${index}/state`);
			await Promise.all(many.map((name) => publish(dupont, name, '{}', true)));
			const reader = await signIn('dupont');
			const heard = await ears(reader, 'pilotwire/dupont/circuits/+/state');
			await until('all of them', () => heard.length >= many.length);
		});

		it('ends nobody who reads a burst of many houses, and keeps what waits', async () => {
			const fitter = await signIn('fitter');
			const heard = await ears(fitter, 'pilotwire/+/circuits/+/log');
			const speakers = await Promise.all(Array.from({ length: 20 }, () => signIn('dupont')));
			const each = Array.from({ length: 1_000 }, (_, index) => index);
			await Promise.all(
				speakers.flatMap((one, at) =>
					each.map(() => publish(one, `pilotwire/dupont/circuits/c${at}/log`, 'x'.repeat(400))),
				),
			);
			await until('all of them', () => heard.length === speakers.length * each.length);
			expect(fitter.connected).to.equal(true);
		});
	});
});
