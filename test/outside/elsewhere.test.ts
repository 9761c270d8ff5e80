// A Pi that dials out, with a probe and a heater; the pages and the history beside a broker on a server.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { topics } from '@pilotwire/contract';
import { noProcessLeft, type Process, startProgram } from '@pilotwire/test/processes';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import { mosquitto, need } from '../support/parts.ts';
import { until } from '../support/until.ts';
import { Mosquitto } from './mosquitto.ts';
import { Observer, SITE } from './observer.ts';

const PILOTWIRE = 'packages/cli/bin/pilotwire.js';
const HOST = '127.0.6.3';
const ORIGIN = `http://${HOST}:8080`;
const PASSWORD = 'correct horse battery staple';
const rights = [`readwrite pilotwire/${SITE}/#`, 'readwrite radio/#'];
const account = { name: 'services', password: 'of the services', rights };

describe('a Pi elsewhere, the pages on a server', function () {
	this.timeout(60_000);
	noProcessLeft('suite');
	const directory = temporaryDirectory('suite');
	const programs: Process[] = [];
	let broker: Mosquitto;
	let bus: Observer;

	const mqtt = (): object => ({ url: broker.url, username: account.name, password: account.password });
	/** A machine with a configuration and a data folder of its own. */
	const machine = (name: string, config: object): string => {
		const file = join(directory.path, `${name}.json`);
		writeFileSync(file, JSON.stringify({ dataDir: join(directory.path, name), mqtt: mqtt(), ...config }));
		return file;
	};
	const up = (file: string, ...only: string[]): Process => {
		const program = startProgram(process.execPath, [
			PILOTWIRE,
			'up',
			'--no-show',
			'--config',
			file,
			'--only',
			only.join(','),
		]);
		programs.push(program);
		return program;
	};
	const radio = (topic: string, payload: string): Promise<unknown> =>
		bus.client.publishAsync(topic, payload, { qos: 1 });
	const tank = (wanted: string) =>
		bus.until(topics.thermostat, { thermostat: 'brew' }, ({ doing }) => doing === wanted);

	before(async function () {
		need(this, mosquitto);
		broker = new Mosquitto({ folder: join(directory.path, 'mosquitto'), host: HOST, accounts: [account] });
		await broker.start();
		bus = new Observer(broker.url, { username: account.name, password: account.password });
		await bus.hears([topics.status, topics.probe, topics.thermostat, topics.circuit, topics.telemetry]);
		const server = machine('server', { web: { host: HOST, port: 8080 } });
		const add = startProgram(process.execPath, [
			PILOTWIRE,
			'account',
			'add',
			'lou',
			'--role',
			'admin',
			'--config',
			server,
		]);
		add.write(`${PASSWORD}\n`);
		add.endInput();
		expect((await add.ended).code, add.text()).to.equal(0);
		await up(server, 'web', 'telemetry').line('Web listens', { withinMs: 30_000 });
		const pi = machine('pi', {
			shedder: { enabled: false },
			switches: [
				{
					id: 'belt',
					powerW: 35,
					programme: 'off',
					output: { topic: 'radio/belt/set' },
					feedback: { topic: 'radio/belt', path: 'state' },
				},
			],
			probes: [{ id: 'beer', source: { topic: 'radio/beer', temperature: 'temperature' } }],
			thermostats: [{ id: 'brew', probe: 'beer', heats: 'belt', targetC: 19, minOnS: 0, minOffS: 0 }],
		});
		up(pi, 'thermostat', 'switch-actuator');
		await bus.until(topics.status, { service: 'thermostat' }, (status) => status === 'online');
		await bus.until(topics.status, { service: 'switch-actuator' }, (status) => status === 'online');
	});
	after(async () => {
		await bus?.close();
		for (const program of programs) if (program.alive) await program.kill('SIGTERM');
		await broker?.kill();
	});

	it('runs its heater by its probe', async () => {
		await radio('radio/beer', '{"temperature":17.5}');
		await tank('heat');
		await bus.until(topics.circuit, { circuit: 'belt' }, ({ wanted }) => wanted === 'comfort');
		await radio('radio/belt', '{"state":"ON"}');
		await bus.until(topics.circuit, { circuit: 'belt' }, ({ inForce }) => inForce === 'comfort');
		await radio('radio/beer', '{"temperature":19.25}');
		await tank('rest');
		await bus.until(topics.circuit, { circuit: 'belt' }, ({ wanted }) => wanted === 'off');
	});

	it('shows its page and keeps its history on the server', async () => {
		const signIn = await fetch(`${ORIGIN}/api/session`, {
			method: 'POST',
			headers: { 'content-type': 'application/json', origin: ORIGIN },
			body: JSON.stringify({ name: 'lou', password: PASSWORD }),
		});
		expect(signIn.status).to.equal(204);
		const cookie = signIn.headers.getSetCookie()[0]?.split(';')[0] ?? '';
		expect((await fetch(`${ORIGIN}/`)).headers.get('content-type')).to.match(/^text\/html/);
		const from = new Date(Date.now() - 3_600_000).toISOString();
		const to = new Date(Date.now() + 60_000).toISOString();
		const query = new URLSearchParams({ series: 'probe.temperatureC', from, to, format: 'jsonl' });
		const exported = async (): Promise<string> => {
			const answer = await fetch(`${ORIGIN}/api/history/export?${query}`, { headers: { cookie } });
			const text = await answer.text();
			expect(answer.status, text).to.equal(200);
			return text;
		};
		// What the bus brings is on the disk, and to be asked for, within seconds.
		const text = await until('the last temperature is in the history', async () => {
			const lines = await exported();
			return lines.includes('19.25') && lines;
		});
		expect(text).to.include('17.5').and.to.include('19.25');
	});
});
