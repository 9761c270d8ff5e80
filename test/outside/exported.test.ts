// Mosquitto with the files that `pilotwire account export --mosquitto` writes: who may do what there, beside what the
// rules say; and a whole house of services with an account each.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mayPublish, maySubscribe, roles, serviceNames } from '@pilotwire/accounts';
import { topics } from '@pilotwire/contract';
import { noProcessLeft, type Process, startProgram } from '@pilotwire/test/processes';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import { mosquitto, need } from '../support/parts.ts';
import { until } from '../support/until.ts';
import { machines, names, principals } from './exported-rights.ts';
import { Mosquitto, mosquittoPassword } from './mosquitto.ts';
import { Observer, SITE } from './observer.ts';

const PILOTWIRE = 'packages/cli/bin/pilotwire.js';
const HOST = '127.0.6.9';
const PASSWORD = 'correct horse battery staple';

describe('accounts exported to Mosquitto', function () {
	this.timeout(120_000);
	noProcessLeft('suite');
	const directory = temporaryDirectory('suite');
	const folder = (): string => join(directory.path, 'export');
	const secrets = (name: string): string => readFileSync(join(directory.path, 'data', 'secrets', name), 'utf8').trim();
	const clients: MqttClient[] = [];
	const passwords = new Map<string, string>();
	let broker: Mosquitto;
	let report: string;

	const run = async (words: readonly string[], input = ''): Promise<string> => {
		const command = startProgram(process.execPath, [PILOTWIRE, ...words, '--config', join(directory.path, 'p.json')]);
		command.write(input);
		command.endInput();
		const { code } = await command.ended;
		if (code !== 0) throw new Error(`${words.join(' ')} ended with ${code}:\n${command.text()}`);
		return command.text();
	};
	const writeConfig = (more: object): void => {
		const simulator = { waterHeaterTopic: 'zigbee2mqtt/boiler' };
		const config = { dataDir: join(directory.path, 'data'), simulator, web: { host: HOST, port: 8080 }, ...more };
		writeFileSync(join(directory.path, 'p.json'), JSON.stringify(config));
	};
	const signIn = async (username: string, password: string, more: IClientOptions = {}): Promise<MqttClient> => {
		const client = connect(broker.url, { username, password, reconnectPeriod: 0, protocolVersion: 5, ...more });
		clients.push(client);
		await new Promise<void>((resolve, reject) => {
			client.once('connect', () => resolve());
			client.once('error', reject);
		});
		client.on('error', () => undefined);
		return client;
	};

	before(async function () {
		need(this, mosquitto);
		const configured = roles.map((role) => ({ name: `some-${role}`, role, password: `of some ${role}` }));
		writeConfig({ broker: { accounts: configured } });
		await run(['account', 'add', 'lou', '--role', 'resident'], `${PASSWORD}\n`);
		for (const [name, ...given] of machines) {
			const [, secret = ''] = /^ {2}([\w-]{43})$/m.exec(await run(['account', 'token', name, ...given])) ?? [];
			passwords.set(name, secret);
		}
		report = await run(['account', 'export', '--mosquitto', folder()]);
		for (const { name, password } of configured) passwords.set(name, password);
		for (const name of [...serviceNames, 'pages-resident']) passwords.set(name, secrets(name));
		const typed = join(folder(), 'pilotwire.passwords');
		for (const [name] of machines) mosquittoPassword(typed, name, passwords.get(name) ?? '');
		// One more, who may do everything: it looks on.
		const files = { passwords: join(directory.path, 'passwords'), rights: join(directory.path, 'rights') };
		writeFileSync(files.passwords, readFileSync(typed));
		writeFileSync(
			files.rights,
			`${readFileSync(join(folder(), 'pilotwire.acl'), 'utf8')}\nuser observer\ntopic readwrite #\n`,
		);
		mosquittoPassword(files.passwords, 'observer', PASSWORD);
		broker = new Mosquitto({ folder: join(directory.path, 'mosquitto'), host: HOST, files });
		await broker.start();
	});
	after(async () => {
		await Promise.all(clients.map((client) => client.endAsync(true)));
		await broker?.kill();
	});

	it('say whose passwords are to be typed, and keep what was typed', async () => {
		expect(report).to.match(/mosquitto_passwd \S+pilotwire\.passwords lou$/m);
		for (const [name] of machines) {
			expect(report).to.contain(`mosquitto_passwd ${join(folder(), 'pilotwire.passwords')} ${name}\n`);
		}
		expect(report).to.not.match(/mosquitto_passwd \S+ (meter-reader|some-|pages-)/);
		const again = await run(['account', 'export', '--mosquitto', folder()]);
		expect(again).to.match(/pilotwire\.passwords lou$/m);
		expect(again).to.not.match(/mosquitto_passwd \S+ (zigbee2mqtt|elsewhere|dupont|martin|fitter)$/m);
		expect(readFileSync(join(folder(), 'pilotwire.conf'), 'utf8')).to.match(/^allow_anonymous false$/m);
	});

	it('let nobody in without the right secret', async () => {
		for (const [name, password] of [
			['meter-reader', 'wrong'],
			['some-admin', secrets('meter-reader')],
			['lou', PASSWORD],
		] as const) {
			const error = await signIn(name, password).catch((thrown: unknown) => thrown);
			expect(error, name).to.have.property('code', 135);
		}
	});

	for (const principal of principals) {
		it(`give ${principal.name} (${principal.kind}) what the rules give, and no more`, async () => {
			const observer = await signIn('observer', PASSWORD);
			const other = await signIn(principal.name, passwords.get(principal.name) ?? '');
			const heard = { byObserver: new Set<string>(), byOther: new Set<string>() };
			const end = (client: MqttClient, into: Set<string>): Promise<void> =>
				new Promise((resolve) => {
					client.on('message', (topic, payload) => {
						if (payload.toString() === `end`) resolve();
						else if (payload.toString() === `from ${client === observer ? 'other' : 'observer'}`) into.add(topic);
					});
				});
			const ends = end(observer, heard.byObserver);
			await observer.subscribeAsync('#', { qos: 1 });
			for (const topic of names) await other.publishAsync(topic, 'from other', { qos: 1 }).catch(() => undefined);
			await observer.publishAsync('end', 'end', { qos: 1 });
			await ends;
			const foreign = /^zigbee2mqtt\/boiler/;
			const ruled = names.filter((topic) => principal.kind !== 'service' || !foreign.test(topic));
			const inRules = (topic: string): boolean => ruled.includes(topic);
			expect([...heard.byObserver].filter(inRules), 'published').to.have.members(
				ruled.filter((topic) => mayPublish(SITE, principal, topic)),
			);

			// Whoever may read nothing can't hear the end either: its own answer to a ping of QoS 1 comes after.
			void end(other, heard.byOther);
			await other.subscribeAsync('#', { qos: 0 });
			for (const topic of names) await observer.publishAsync(topic, 'from observer', { qos: 0 });
			await observer.publishAsync('end', 'end', { qos: 1 });
			await other.unsubscribeAsync('nothing');
			expect([...heard.byOther].filter(inRules), 'read').to.have.members(
				ruled.filter((topic) => maySubscribe(SITE, principal, topic)),
			);
			await Promise.all([observer.endAsync(), other.endAsync()]);
		});
	}

	it('keep homes apart, by wills, retained messages and shared subscriptions too', async () => {
		const home = (name: string, more?: IClientOptions) => signIn(name, passwords.get(name) ?? '', more);
		const ears = async (name: string, ...filters: string[]): Promise<string[]> => {
			const heard: string[] = [];
			const client = await home(name);
			client.on('message', (topic) => heard.push(topic));
			await client.subscribeAsync(filters, { qos: 1 });
			return heard;
		};
		const beyond = ['#', 'pilotwire/dupont/#', '+/dupont/#', '$SYS/#'];
		const byMartin = await ears('martin', ...beyond, ...beyond.map((filter) => `$share/g/${filter}`));
		const byDupont = await ears('dupont', 'pilotwire/dupont/#');
		const dies = async (name: string, topic: string): Promise<void> => {
			const client = await home(name, { will: { topic, payload: Buffer.from('x'), qos: 1, retain: true } });
			client.stream.destroy();
		};
		await dies('martin', 'pilotwire/dupont/from-martin');
		const martin = await home('martin');
		const retained = { qos: 1, retain: true } as const;
		await martin.publishAsync('pilotwire/dupont/from-martin', 'x', retained).catch(() => undefined);
		await dies('dupont', 'pilotwire/dupont/own');
		await until('its own will', () => byDupont.includes('pilotwire/dupont/own'));
		await martin.publishAsync('pilotwire/martin/end', 'x', { qos: 1 });
		await until('the end', () => byMartin.includes('pilotwire/martin/end'));
		expect(byDupont).to.deep.equal(['pilotwire/dupont/own']);
		// By its own subscription, and by the shared one.
		expect(new Set(byMartin)).to.deep.equal(new Set(['pilotwire/martin/end']));
	});

	it('give the services whose configuration names topics of devices those topics', async () => {
		const rights = readFileSync(join(folder(), 'pilotwire.acl'), 'utf8');
		const block = (name: string): string =>
			rights.split('\n\n').find((text) => text.startsWith(`user ${name}\n`)) ?? '';
		expect(block('switch-actuator')).to.match(/^topic write zigbee2mqtt\/boiler\/set$/m);
		expect(block('switch-actuator')).to.match(/^topic read zigbee2mqtt\/boiler$/m);
		expect(block('simulator')).to.match(/^topic write zigbee2mqtt\/boiler$/m);
		expect(block('web')).to.not.contain('zigbee2mqtt');
	});

	describe('with a house on it', () => {
		let up: Process;
		let bus: Observer;

		before(async () => {
			rmSync(join(directory.path, 'data', 'sessions.json'), { force: true });
			writeConfig({ mqtt: { url: broker.url, ownAccounts: true }, shedder: { restoreStableS: 2, responseS: 3 } });
			bus = new Observer(broker.url, { username: 'observer', password: PASSWORD });
			await bus.hears([topics.status, topics.circuit, topics.shedder]);
			up = startProgram(process.execPath, [PILOTWIRE, 'up', '--no-show', '--config', join(directory.path, 'p.json')]);
			await up.line('Web listens', { withinMs: 40_000 });
		});
		after(async () => {
			await bus?.close();
			if (up?.alive) await up.kill('SIGTERM');
		});

		it('has every service online, each under its own account, and the radiators and plugs led', async () => {
			const services = ['radiator-actuator', 'switch-actuator', 'meter-reader', 'load-shedder', 'telemetry', 'web'];
			for (const service of services) {
				await bus.until(topics.status, { service }, (status) => status === 'online');
				await broker.accepted(service);
			}
			await bus.until(topics.shedder, {}, ({ mode }) => mode === 'shedding');
			await bus.until(topics.circuit, { circuit: 'salon' }, ({ control }) => control === 'lease');
		});

		it('answers calls', async () => {
			expect(await run(['call', 'meter-reader', 'lastFrame', '{"meter":"main"}'])).to.contain('{');
		});
	});
});
