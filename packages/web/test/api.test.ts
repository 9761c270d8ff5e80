import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { type DeviceState, topicName, topics } from '@pilotwire/contract';
import { Bus, createContext, remoteMethod, serveRpc, silentLog, systemClock } from '@pilotwire/runtime';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import * as z from 'zod';
import { type Answer, Site } from './support/site.ts';

const at = '2026-01-15T17:00:00.000Z';
const circuit = {
	...{
		at,
		kind: 'radiator',
		name: 'Salon',
		phase: 1,
		priority: 1,
		powerW: 1000,
		owner: 'radiator-actuator',
		wanted: 'eco',
		inForce: 'eco',
	},
	...{ reason: 'programme', since: at, programme: 'eco', control: 'lease' },
};

// biome-ignore lint/suspicious/noExplicitAny: whatever an address answers
type Json = any;

describe('the API', () => {
	const directory = temporaryDirectory();
	let site: Site;
	let calls: { method: string; parameters: unknown }[];
	let ends: (() => Promise<void>)[];

	const publish = (name: string, payload: unknown): void =>
		site.hub.publish({ name: `pilotwire/home/${name}`, payload: JSON.stringify(payload), qos: 1, retain: true });
	const service = (name: string, methods: Record<string, unknown>): void => {
		const context = createContext(name, silentLog, systemClock, () => undefined);
		const bus = new Bus(context, 'home', site.hub.transport());
		const heard = Object.entries(methods).map(([method, answer]) => [
			method,
			remoteMethod(z.record(z.string(), z.unknown()), (parameters) => {
				calls.push({ method, parameters });
				if (answer instanceof Error) throw answer;
				return answer;
			}),
		]);
		serveRpc(bus, Object.fromEntries(heard));
		bus.start();
		ends.push(async () => {
			await bus.stop();
			context.end();
		});
	};
	const ask = async (role: string, method: string, path: string, body?: unknown): Promise<Answer & { json: Json }> => {
		const headers: Record<string, string> = role === '' ? {} : { authorization: `Bearer token of ${role}` };
		if (body !== undefined) headers['content-type'] = 'application/json';
		const answer = await site.ask(
			method,
			`/api/v1${path}`,
			headers,
			body === undefined ? undefined : JSON.stringify(body),
		);
		return { ...answer, json: answer.body === '' ? undefined : JSON.parse(answer.body) };
	};
	const state: DeviceState = {
		...{ at, type: 'box', status: 'charging', connected: true, via: 'websocket', since: at },
		telemetry: { at, values: { level: 81.5, fw: '1.2' } },
	};

	beforeEach(async () => {
		calls = [];
		ends = [];
		site = await new Site(directory.path).start();
		for (const role of ['viewer', 'resident', 'admin'] as const) site.accounts.apiTokens.set(`token of ${role}`, role);
	});
	afterEach(async () => {
		for (const end of ends) await end();
		await site.close();
	});

	it('is for those who have a token or a session, each within the role', async () => {
		const none = await ask('', 'GET', '/devices');
		expect([none.status, none.json.code, none.headers['www-authenticate']]).to.deep.equal([
			401,
			'TOKEN_NEEDED',
			'Bearer',
		]);
		expect((await ask('nobody', 'GET', '/devices')).status).to.equal(401);
		expect((await ask('viewer', 'GET', '/devices')).status).to.equal(200);
		const low = await ask('viewer', 'POST', '/devices', { name: 'cellar' });
		expect([low.status, low.json]).to.deep.equal([
			403,
			{ code: 'ROLE_TOO_LOW', message: 'Your role may not do this.', expected: 'the role admin', got: 'viewer' },
		]);
		expect((await ask('resident', 'DELETE', '/devices/cellar')).status).to.equal(403);
		expect((await ask('viewer', 'POST', '/commands', { devices: 'all', command: 'x' })).status).to.equal(403);
		const cookie = await site.cookieOf('victor');
		expect((await site.ask('GET', '/api/v1/devices', { cookie })).status).to.equal(200);
		site.accounts.apiTokens.clear();
		expect((await ask('viewer', 'GET', '/devices')).status).to.equal(401);
	});

	it('lists, adds and removes devices, and gives one another password', async () => {
		const added = await ask('admin', 'POST', '/devices', { name: 'cellar', type: 'box' });
		expect([added.status, added.json]).to.deep.equal([201, { name: 'cellar', secret: 'secret of cellar' }]);
		expect((await ask('admin', 'POST', '/devices', { name: 'cellar' })).json.code).to.equal('ACCOUNT_EXISTS');
		expect((await ask('viewer', 'GET', '/devices/cellar')).json).to.include({ status: 'offline', connected: false });
		publish('devices/cellar/state', state);
		expect((await ask('viewer', 'GET', '/devices')).json).to.deep.equal({ devices: [{ name: 'cellar', ...state }] });
		expect((await ask('viewer', 'GET', '/devices/cellar/telemetry')).json).to.deep.equal(state.telemetry);
		expect((await ask('admin', 'POST', '/devices/cellar/password')).json).to.have.property('secret');
		expect((await ask('admin', 'DELETE', '/devices/cellar')).status).to.equal(204);
		const gone = await ask('admin', 'DELETE', '/devices/cellar');
		expect([gone.status, gone.json.code]).to.deep.equal([404, 'DEVICE_UNKNOWN']);
		// A person is no device.
		expect((await ask('admin', 'DELETE', '/devices/alice')).status).to.equal(404);
	});

	it('commands one device or several, with the outcome of each', async () => {
		await ask('admin', 'POST', '/devices', { name: 'cellar' });
		const away = await ask('resident', 'POST', '/devices/cellar/commands', { command: 'open' });
		expect([away.status, away.json.code]).to.deep.equal([503, 'GATEWAY_AWAY']);
		const answer = { id: 'c-1', outcomes: [{ device: 'cellar', outcome: 'acknowledged' }] };
		service('device-gateway', { 'device.command': answer });
		const one = await ask('resident', 'POST', '/devices/cellar/commands', { command: 'open', value: 3, id: 'c-1' });
		expect([one.status, one.json]).to.deep.equal([200, answer]);
		await ask('resident', 'POST', '/commands', { devices: ['a', 'b'], command: 'open', waitS: 0 });
		expect(calls.map(({ parameters }) => parameters)).to.deep.equal([
			{ devices: ['cellar'], command: 'open', value: 3, id: 'c-1' },
			{ devices: ['a', 'b'], command: 'open', waitS: 0 },
		]);
		expect((await ask('resident', 'POST', '/devices/nobody/commands', { command: 'x' })).status).to.equal(404);
	});

	it('commands more devices than one answer has room for, under one mark', async () => {
		service('device-gateway', { 'device.command': { id: 'x', outcomes: [{ device: 'one', outcome: 'delivered' }] } });
		const devices = Array.from({ length: 2_500 }, (_, index) => `station-${index}`);
		const { json } = await ask('resident', 'POST', '/commands', { devices, command: 'open' });
		expect(json.outcomes).to.have.length(3);
		const asked = calls.map(({ parameters }) => parameters as { id?: string; once?: boolean; devices: string[] });
		expect(asked.flatMap((each) => each.devices)).to.deep.equal(devices);
		expect(asked.map(({ id, once }) => [id, once])).to.deep.equal(Array(3).fill([json.id, true]));
	});

	it('says what it expected and what it got', async () => {
		const wrong = await ask('resident', 'POST', '/commands', { devices: [], command: 'x' });
		expect(wrong.status).to.equal(400);
		expect(wrong.json).to.include({ code: 'REQUEST_INVALID', got: '[]' });
		expect(wrong.json.expected).to.match(/^devices: /);
		const none = await ask('resident', 'POST', '/commands');
		expect(none.json).to.include({ code: 'REQUEST_INVALID', got: 'nothing' });
		const headers = { authorization: 'Bearer token of admin', 'content-type': 'application/json' };
		const broken = await site.ask('POST', '/api/v1/devices', headers, '{"name":');
		expect([broken.status, JSON.parse(broken.body).code]).to.deep.equal([400, 'REQUEST_INVALID']);
		const text = await site.ask('POST', '/api/v1/devices', { ...headers, 'content-type': 'text/plain' }, 'x');
		expect([text.status, JSON.parse(text.body).code]).to.deep.equal([415, 'NOT_JSON']);
		expect((await ask('admin', 'GET', '/nothing')).json.code).to.equal('NOT_FOUND');
		expect((await ask('viewer', 'GET', '/devices?x=1')).status).to.equal(400);
	});

	it('shows circuits and meters, and gives orders', async () => {
		publish('circuits/salon/state', circuit);
		const { json } = await ask('viewer', 'GET', '/circuits');
		expect(json.circuits).to.deep.equal([{ id: 'salon', ...circuit }]);
		expect((await ask('viewer', 'GET', '/circuits/salon')).json).to.include({ id: 'salon', name: 'Salon' });
		expect((await ask('viewer', 'GET', '/meters')).json).to.deep.equal({ meters: [] });
		expect((await ask('viewer', 'GET', '/meters/main')).json.code).to.equal('METER_UNKNOWN');
		const ordered = await ask('resident', 'POST', '/circuits/salon/order', {
			order: 'comfort',
			until: '2026-01-16T00:00:00Z',
		});
		expect(ordered.status).to.equal(202);
		await ask('resident', 'POST', '/circuits/all/order', { order: 'auto' });
		expect((await ask('resident', 'POST', '/circuits/attic/order', { order: 'eco' })).json.code).to.equal(
			'CIRCUIT_UNKNOWN',
		);
		const said = site.hub.published
			.filter(({ name }) => /circuits\/\w+\/set$/.test(name))
			.map(({ payload }) => payload);
		expect(said).to.deep.equal(['{"order":"comfort","until":"2026-01-16T00:00:00Z"}', 'auto']);
	});

	it('asks the history', async () => {
		service('telemetry', { 'history.series': { series: [] }, 'history.query': new Error('no such series') });
		expect((await ask('viewer', 'GET', '/history/series')).json).to.deep.equal({ series: [] });
		const range = 'from=2026-01-01&to=2026-02-01';
		const refused = await ask('viewer', 'GET', `/history/query?${range}&series=x&tag=phase:1&points=5`);
		expect([refused.status, refused.json.code]).to.deep.equal([400, 'HISTORY_REFUSED']);
		expect(calls[1]?.parameters).to.deep.equal({
			...{ from: '2026-01-01', to: '2026-02-01', series: 'x', points: 5, tags: { phase: '1' } },
		});
		expect((await ask('viewer', 'GET', `/history/energy?${range}`)).status).to.equal(400);
	});

	it('streams what happens, of the kinds that are wanted, as long as the token holds', async () => {
		publish('circuits/salon/state', circuit);
		publish('devices/cellar/state', state);
		const headers = { authorization: 'Bearer token of viewer' };
		const asked = request({ host: '127.0.0.1', port: site.port, path: '/api/v1/events?kinds=device,command', headers });
		asked.end();
		const [answer] = (await once(asked, 'response')) as [IncomingMessage];
		expect([answer.statusCode, answer.headers['content-type']]).to.deep.equal([
			200,
			'text/event-stream; charset=utf-8',
		]);
		expect(answer.headers['x-frame-options']).to.equal('DENY');
		let text = '';
		answer.setEncoding('utf8').on('data', (part: string) => {
			text += part;
		});
		const event = { at, kind: 'command', id: 'c-1', command: 'open', outcome: 'delivered' };
		publish('circuits/salon/state', { ...circuit, wanted: 'off' });
		site.hub.publish({
			name: topicName('home', topics.deviceEvent, { device: 'cellar' }),
			...{ payload: JSON.stringify(event), qos: 1, retain: false },
		});
		while (!text.includes('delivered')) await once(answer, 'data');
		const heard = text
			.split('\n\n')
			.filter((part) => part !== '')
			.map((part) => part.split('\n'));
		expect(heard.map(([kind]) => kind)).to.deep.equal(['event: device', 'event: command']);
		expect(JSON.parse(heard[1]?.[1]?.slice(6) ?? '')).to.deep.equal({ device: 'cellar', ...event });
		answer.destroy();
		expect((await ask('viewer', 'GET', '/events?kinds=nonsense')).status).to.equal(400);
	});

	it('says what is wrong with a body, however deep it is', async () => {
		const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
		for (const body of [deep, `{"devices":${deep},"command":"open"}`]) {
			const headers = { authorization: 'Bearer token of resident', 'content-type': 'application/json' };
			const answer = await site.ask('POST', '/api/v1/commands', headers, body);
			expect([answer.status, JSON.parse(answer.body).code]).to.deep.equal([400, 'REQUEST_INVALID']);
			expect(answer.body.length).to.be.below(1_000);
		}
	});

	it('describes itself', async () => {
		const { status, json } = await ask('', 'GET', '/openapi.json');
		expect([status, json.openapi]).to.deep.equal([200, '3.1.0']);
		expect(Object.keys(json.paths)).to.include.members([
			'/api/v1/devices',
			'/api/v1/devices/{name}/commands',
			'/api/v1/events',
		]);
	});
});

describe('the pages and the API, each without the other', () => {
	const directory = temporaryDirectory();

	it('serves programs alone where the pages are off', async () => {
		const site = await new Site(directory.path, { web: { dashboard: false } }).start();
		site.accounts.apiTokens.set('t', 'viewer');
		expect((await site.ask('GET', '/api/v1/devices', { authorization: 'Bearer t' })).status).to.equal(200);
		for (const path of ['/', '/api/session', '/api/accounts', '/mqtt', '/index.html']) {
			const { status, body } = await site.ask('GET', path, { accept: 'text/html' });
			expect([path, status, JSON.parse(body).code]).to.deep.equal([path, 404, 'NOT_FOUND']);
		}
		expect((await site.signIn('alice')).status).to.equal(404);
		expect(await site.upgradeStatus({})).to.not.equal(101);
		expect((await site.ask('GET', '/healthz')).status).to.equal(200);
		await site.close();
	});

	it('serves the pages alone where the API is off', async () => {
		const site = await new Site(directory.path, { web: { api: false } }).start();
		site.accounts.apiTokens.set('t', 'viewer');
		expect((await site.ask('GET', '/api/v1/devices', { authorization: 'Bearer t' })).status).to.equal(404);
		expect((await site.signIn('alice')).status).to.equal(204);
		await site.close();
	});
});
