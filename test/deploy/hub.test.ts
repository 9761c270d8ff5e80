// The hub as deploy/hub sets it up: the broker alone, for anybody, over TLS, with nothing on disk and no account anywhere.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { houseSchema } from '@pilotwire/cli/schema';
import { loadConfig } from '@pilotwire/runtime';
import { expect } from 'chai';
import { type IClientOptions, type MqttClient, connect as mqttConnect } from 'mqtt';
import { parse } from 'yaml';
import { openssl, selfSigned } from '../support/openssl.ts';
import { need } from '../support/parts.ts';
import { noProcessLeft, type Process, startProcess } from '../support/processes.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const file = fileURLToPath(new URL('../../deploy/hub/pilotwire.yaml', import.meta.url));

describe('deploy/hub', () => {
	const folder = temporaryDirectory();
	const clients: MqttClient[] = [];
	noProcessLeft();

	const connect = async (url: string, options: IClientOptions = {}): Promise<MqttClient> => {
		const client = mqttConnect(url, { reconnectPeriod: 0, protocolVersion: 5, rejectUnauthorized: false, ...options });
		clients.push(client);
		client.on('error', () => {});
		await new Promise<void>((resolve, reject) => {
			client.once('connect', () => resolve());
			client.once('error', reject);
			client.once('close', () => reject(new Error('closed')));
		});
		return client;
	};
	const refused = (attempt: Promise<unknown>): Promise<boolean> => attempt.then(() => false).catch(() => true);

	afterEach(async () => {
		await Promise.all(clients.splice(0).map((client) => client.endAsync(true)));
	});

	/** The command with the hub's file, on free ports of this machine. */
	const start = async (): Promise<{ hub: Process; ports: Record<string, number> }> => {
		const { certFile, keyFile } = selfSigned(folder.path);
		const set = Object.entries({
			dataDir: join(folder.path, 'data'),
			'broker.host': '127.0.0.1',
			'broker.tls.certFile': certFile,
			'broker.tls.keyFile': keyFile,
			'broker.tls.port': 0,
			'broker.tls.wsPort': 0,
		}).flatMap(([path, value]) => ['--set', `${path}=${value}`]);
		const hub = startProcess(['packages/cli/src/main.ts', 'broker', '--config', file, ...set]);
		const { text } = await hub.line('Broker listens on', { withinMs: 60_000 });
		const facts = JSON.parse(text) as Record<string, { port: number }>;
		const ports = Object.fromEntries(
			['tcp', 'ws', 'tls', 'wss'].flatMap((name) => (facts[name] === undefined ? [] : [[name, facts[name].port]])),
		);
		return { hub, ports };
	};

	it('lets anybody into channels, over TLS, and nowhere else', async function () {
		need(this, openssl);
		this.timeout(120_000);
		const { hub, ports } = await start();
		expect(Object.keys(ports)).to.deep.equal(['tls', 'wss']);
		const agent = await connect(`mqtts://127.0.0.1:${ports['tls']}`, { clientId: 'remote-agent-pi' });
		const page = await connect(`wss://127.0.0.1:${ports['wss']}`, { clean: false, clientId: 'page' });
		for (const [client, member] of [
			[agent, 'agent'],
			[page, 'page'],
		] as const) {
			await client.publishAsync('channels/attic/join', JSON.stringify({ member, password: 'x' }), { qos: 1 });
			await client.subscribeAsync('channels/attic/#', { qos: 1 });
		}
		const heard = new Promise<string>((resolve) => {
			agent.on('message', (topic, payload) => {
				if (topic.startsWith('channels/attic/command/')) resolve(`${topic} ${payload}`);
			});
		});
		await page.publishAsync('channels/attic/command/page/agent', 'hello', { qos: 1 });
		expect(await heard).to.equal('channels/attic/command/page/agent hello');
		for (const filter of ['#', '$SYS/#', 'pilotwire/#', '+/+/+']) {
			expect(await refused(page.subscribeAsync(filter)), filter).to.equal(true);
		}
		for (const topic of ['pilotwire/home/circuits/all/set', 'anything', '$SYS/broker/uptime']) {
			expect(await refused(page.publishAsync(topic, 'x', { qos: 1 })), topic).to.equal(true);
		}
		expect(await refused(connect(`mqtts://127.0.0.1:${ports['tls']}`, { username: 'a', password: 'b' }))).to.equal(
			true,
		);
		const plain = createConnection({ host: '127.0.0.1', port: ports['tls'] ?? 0 });
		plain.on('error', () => {});
		plain.write(Buffer.from('100c00044d5154540402003c0000', 'hex'));
		const answer = new Promise<Buffer | undefined>((resolve) => {
			plain.once('data', resolve);
			plain.once('close', () => resolve(undefined));
		});
		// An alert of TLS at most, never a CONNACK.
		expect((await answer)?.[0]).to.not.equal(0x20);
		plain.destroy();
		await Promise.all(clients.splice(0).map((client) => client.endAsync()));
		expect((await hub.kill('SIGTERM', 30_000)).code).to.equal(0);
		const data = join(folder.path, 'data');
		expect(existsSync(data) ? readdirSync(data) : []).to.deep.equal([]);
		expect(hub.lines.map(({ text }) => text).join('\n')).to.not.include('attic');
	});

	it('refuses a configuration without TLS or channels, or with accounts', () => {
		const { broker } = loadConfig({ file }, houseSchema);
		expect(broker.hub).to.equal(true);
		const wrong = [
			{ ...broker, tls: undefined },
			{ ...broker, channels: undefined },
			{ ...broker, accounts: [{ name: 'a', password: 'b' }] },
		];
		for (const one of wrong) expect(houseSchema.safeParse({ broker: one }).success).to.equal(false);
		expect(houseSchema.safeParse({ broker }).success).to.equal(true);
	});

	it('has a compose file that runs the broker by that configuration', () => {
		const text = readFileSync(new URL('../../deploy/hub/docker-compose.yml', import.meta.url), 'utf8');
		const { services } = parse(text) as { services: { hub: { command: string[]; volumes: string[] } } };
		expect(services.hub.command).to.deep.equal(['broker', '--config', '/etc/pilotwire-hub/pilotwire.yaml']);
		expect(services.hub.volumes[0]).to.equal('./pilotwire.yaml:/etc/pilotwire-hub/pilotwire.yaml:ro');
	});
});
