// A whole house on a broker that is not ours: Debian's Mosquitto, with an account for each role.
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect as connectSocket } from 'node:net';
import { join } from 'node:path';
import { topicName, topics } from '@pilotwire/contract';
import type { HouseInput } from '@pilotwire/house';
import { noProcessLeft, type Process, startProgram } from '@pilotwire/test/processes';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import type { IClientOptions } from 'mqtt';
import { mosquitto, need } from '../support/parts.ts';
import { Mosquitto } from './mosquitto.ts';
import { Observer, SITE } from './observer.ts';

const PILOTWIRE = 'packages/cli/bin/pilotwire.js';
const HOST = '127.0.6.1';
const ORIGIN = `http://${HOST}:8080`;
const PASSWORD = 'correct horse battery staple';
const SERVICES = ['radiator-actuator', 'meter-reader', 'load-shedder', 'telemetry', 'web'] as const;
const RADIATORS = ['salon', 'bureau'] as const;

/** 6 kVA, one phase; the oven alone leaves no room for the radiators. */
const house = {
	name: 'A house on an outside broker',
	rooms: RADIATORS.map((id) => ({ id, name: id, heatCapacityJK: 3e6, lossWK: 40, startC: 16, comfortC: 20 })),
	radiators: RADIATORS.map((id, index) => ({
		...{ id, name: id, room: id, phase: 1, powerW: 1_000, board: 0x20, wire: index + 1, responseS: 1 },
	})),
	appliances: [{ id: 'oven', name: 'Oven', phase: 1, stages: [{ powerW: 5_000, forS: 3_600 }] }],
	weather: { meanC: -5, swingK: 0, noiseK: 0 },
	meter: { kind: 'linky', mode: 'standard', phases: 1, prefKVA: 6 },
} as HouseInput;

const accounts = [
	{ name: 'services', password: 'of the services', rights: [`readwrite pilotwire/${SITE}/#`] },
	{
		...{ name: 'residents', password: 'of residents' },
		rights: [`read pilotwire/${SITE}/#`, `write pilotwire/${SITE}/circuits/+/set`],
	},
	{ name: 'observer', password: 'of the observer', rights: [`readwrite pilotwire/${SITE}/#`] },
];

describe('a house on Mosquitto', function () {
	this.timeout(60_000);
	noProcessLeft('suite');
	const directory = temporaryDirectory('suite');
	const clients: Observer[] = [];
	let broker: Mosquitto;
	let up: Process;
	let bus: Observer;

	/** Runs a command with the house's file to its end. */
	const run = async (words: readonly string[], input = ''): Promise<void> => {
		const command = startProgram(process.execPath, [PILOTWIRE, ...words, '--config', configFile()]);
		command.write(input);
		command.endInput();
		const { code } = await command.ended;
		if (code !== 0) throw new Error(`${words.join(' ')} ended with ${code}:\n${command.text()}`);
	};
	const configFile = (): string => join(directory.path, 'pilotwire.json');
	const observe = async (url: string, options: IClientOptions): Promise<Observer> => {
		const observer = new Observer(url, options);
		clients.push(observer);
		await observer.hears([topics.status, topics.circuit, topics.load, topics.shed, topics.shedder]);
		return observer;
	};

	/** Writes what a person would write, with the passwords in files of their own. */
	const writeHouse = (): void => {
		const brokerAccounts = Object.fromEntries(
			accounts.map(({ name, password }) => {
				const passwordFile = join(directory.path, `${name}.password`);
				writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
				return [name, { username: name, passwordFile }];
			}),
		);
		const houseFile = join(directory.path, 'house.json');
		writeFileSync(houseFile, JSON.stringify(house));
		const config = {
			dataDir: join(directory.path, 'data'),
			mqtt: { url: broker.url, ...brokerAccounts['services'] },
			web: { host: HOST, port: 8080, brokerAccounts: { resident: brokerAccounts['residents'] } },
			simulator: { house: houseFile, startsAt: '2026-01-15T18:00:00Z' },
			shedder: { restoreStableS: 2, minOnS: 2, minOffS: 2, responseS: 3 },
		};
		writeFileSync(configFile(), JSON.stringify(config));
	};

	/** Tells the simulated world something. */
	const tell = async (command: object): Promise<void> => {
		const socket = connectSocket(join(directory.path, 'data', 'simulator-control.sock'));
		socket.setEncoding('utf8').write(`${JSON.stringify(command)}\n`);
		const [answer] = (await once(socket, 'data')) as [string];
		socket.destroy();
		expect(JSON.parse(answer)).to.include({ ok: true });
	};

	/** Signs in as a page does and returns the cookie as a browser sends it back. */
	const cookieOf = async (name: string): Promise<string> => {
		const answer = await fetch(`${ORIGIN}/api/session`, {
			method: 'POST',
			headers: { 'content-type': 'application/json', origin: ORIGIN },
			body: JSON.stringify({ name, password: PASSWORD }),
		});
		expect(answer.status).to.equal(204);
		return answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
	};
	const pageUrl = `ws://${HOST}:8080/mqtt`;
	const asPage = (cookie: string) => ({ headers: { cookie, origin: ORIGIN } });

	const order = (client: Observer, circuit: string, payload: string) =>
		client.client.publishAsync(topicName(SITE, topics.circuitSet, { circuit }), payload, { qos: 1 });
	const inForce = (circuit: string, wanted: string) =>
		bus.until(topics.circuit, { circuit }, (state) => state.inForce === wanted);
	const allAre = (status: 'online' | 'offline') =>
		Promise.all(SERVICES.map((service) => bus.until(topics.status, { service }, (heard) => heard === status)));
	const shedderLeads = async (): Promise<void> => {
		await bus.until(topics.shedder, {}, ({ mode }) => mode === 'shedding');
		for (const circuit of RADIATORS) await bus.until(topics.circuit, { circuit }, ({ control }) => control === 'lease');
	};

	before(async function () {
		need(this, mosquitto);
		broker = new Mosquitto({ folder: join(directory.path, 'mosquitto'), host: HOST, accounts });
		await broker.start();
		writeHouse();
		await run(['account', 'add', 'lou', '--role', 'resident'], `${PASSWORD}\n`);
		await run(['account', 'add', 'sacha', '--role', 'viewer'], `${PASSWORD}\n`);
		bus = await observe(broker.url, { username: 'observer', password: 'of the observer' });
		up = startProgram(process.execPath, [PILOTWIRE, 'up', '--no-show', '--config', configFile()]);
		await up.line('Web listens', { withinMs: 30_000 });
	});
	after(async () => {
		await Promise.all(clients.map((client) => client.close()));
		if (up?.alive) await up.kill('SIGTERM');
		await broker?.kill();
	});

	it('starts no broker of its own, and every service comes online', async () => {
		await allAre('online');
		expect(up.text())
			.to.include(`MQTT      ${broker.url}`)
			.and.not.match(/ broker: /);
	});

	it('is led by the load-shedder', async () => {
		await shedderLeads();
	});

	it("carries an order from the bus to the circuit's state", async () => {
		await order(bus, 'salon', 'frost_protection');
		const state = await inForce('salon', 'frost_protection');
		expect(state).to.deep.include({ reason: 'override', override: { order: 'frost_protection' } });
		await order(bus, 'salon', 'auto');
		await inForce('salon', 'comfort');
	});

	it("lets a resident's page read and give orders under the account of the role", async () => {
		const page = await observe(pageUrl, { wsOptions: asPage(await cookieOf('lou')) });
		await broker.accepted('residents');
		await order(page, 'bureau', 'eco');
		const seen = await page.until(topics.circuit, { circuit: 'bureau' }, (state) => state.inForce === 'eco');
		expect(seen.reason).to.equal('override');
		await order(page, 'bureau', 'auto');
		await inForce('bureau', 'comfort');
	});

	it('refuses the page of a role that has no account: 4403', async () => {
		const wsOptions = asPage(await cookieOf('sacha'));
		let closed: (code: number) => void = () => {};
		const closing = new Promise<number>((resolve) => {
			closed = resolve;
		});
		const refused = new Observer(pageUrl, {
			...{ reconnectPeriod: 0, username: 'residents', password: 'of residents' },
			wsOptions: {
				...wsOptions,
				// The one place where ws hands out the WebSocket that mqtt makes.
				finishRequest: (request, socket) => {
					socket.once('close', (code) => closed(code));
					request.end();
				},
			},
		});
		clients.push(refused);
		const answer = Promise.race([refused.next('connect').then(() => 'connected'), closing]);
		expect(await answer).to.equal(4403);
	});

	it('comes back whole when the broker starts anew with nothing retained', async () => {
		const page = await observe(pageUrl, { wsOptions: asPage(await cookieOf('lou')) });
		await order(page, 'salon', 'eco');
		await inForce('salon', 'eco');

		const away = [bus, page].map((observer) => observer.next('close'));
		await broker.kill();
		await Promise.all(away);
		for (const observer of [bus, page]) observer.forget();
		const back = [bus, page].map((observer) => observer.next('connect'));
		await broker.start();
		await Promise.all(back);

		await allAre('online');
		await shedderLeads();
		await bus.until(topics.load, { meter: 'main' }, ({ phases }) => phases.length === 1);
		const kept = await page.until(topics.circuit, { circuit: 'salon' }, () => true);
		expect(kept).to.deep.include({ inForce: 'eco', reason: 'override', override: { order: 'eco' } });
		await order(page, 'salon', 'auto');
		await inForce('salon', 'comfort');
	});

	it('makes a radiator wait when the oven starts', async () => {
		await tell({ do: 'start', appliance: 'oven', forS: 600 });
		const { shed } = await bus.until(topics.shed, {}, (state) => state.shed.length > 0);
		const [circuit = ''] = shed;
		const waiting = await bus.until(topics.circuit, { circuit }, ({ reason }) => reason === 'shed');
		expect(waiting).to.include({ inForce: 'off', wanted: 'comfort', control: 'lease' });
	});

	it('says that every service is gone when it stops, without an error in its log', async () => {
		expect(await up.kill('SIGTERM')).to.deep.equal({ code: 0, signal: null });
		await allAre('offline');
		expect(up.text()).to.not.match(/ ERROR: /);
	});
});
