import { Bus, createContext, remoteMethod, serveRpc, silentLog, systemClock } from '@pilotwire/runtime';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import * as z from 'zod';
import { Site } from './support/site.ts';

describe('the addresses of the older gateway', () => {
	const directory = temporaryDirectory();
	let site: Site;

	const post = async (path: string, body: object | string, cookie?: string) => {
		const type = typeof body === 'string' ? 'application/x-www-form-urlencoded' : 'application/json';
		const headers = { 'content-type': type, ...(cookie === undefined ? {} : { cookie }) };
		const answer = await site.ask('POST', path, headers, typeof body === 'string' ? body : JSON.stringify(body));
		return { ...answer, json: JSON.parse(answer.body) as unknown };
	};
	const telemetry = async (query: string, cookie?: string): Promise<unknown> =>
		JSON.parse((await site.ask('GET', `/get_telemetry${query}`, cookie === undefined ? {} : { cookie })).body);
	const signIn = async (name: string): Promise<string> => {
		const { headers, json } = await post('/login', { username: name, password: `${name}'s password` });
		expect(json).to.deep.equal({ status: 'ok' });
		return headers['set-cookie']?.[0]?.split(';')[0] ?? '';
	};

	afterEach(() => site.close());

	it('are there only where the configuration says so', async () => {
		site = await new Site(directory.path).start();
		expect((await site.ask('POST', '/login')).status).to.equal(404);
		expect((await site.ask('GET', '/get_telemetry')).status).to.equal(404);
	});

	describe('where it does', () => {
		beforeEach(async () => {
			site = await new Site(directory.path, { web: { legacyApi: true, dashboard: false } }).start();
		});

		it('sign in with JSON or a form, and out', async () => {
			const cookie = await signIn('robin');
			expect(await telemetry('', cookie)).to.deep.equal({ error: 'no data' });
			const form = await post('/login', "username=robin&password=robin's+password");
			expect([form.status, form.json]).to.deep.equal([200, { status: 'ok' }]);
			const wrong = await post('/login', { username: 'robin', password: 'wrong' });
			expect([wrong.status, wrong.json]).to.deep.equal([401, { error: 'unauthorized' }]);
			expect((await post('/login', {})).status).to.equal(400);
			expect((await post('/logout', {}, cookie)).json).to.deep.equal({ status: 'ok' });
			expect(await telemetry('', cookie)).to.deep.equal({ error: 'auth_required' });
		});

		it('say that they fail where they do, and not that the question was wrong', async () => {
			site.accounts.signIn = () => Promise.reject(new Error('the accounts cannot be read'));
			const failed = await post('/login', { username: 'robin', password: 'x' });
			expect([failed.status, failed.json]).to.deep.equal([503, { error: 'unavailable' }]);
			const senseless = await post('/login', 'x'.repeat(5_000));
			expect(senseless.status).to.equal(400);
		});

		it('tell what a device said last, or that there is no data', async () => {
			const cookie = await signIn('victor');
			const at = '2026-01-15T17:00:00.000Z';
			const said = { at, type: 'box', status: 'charging', connected: true, telemetry: { at, values: { level: 8 } } };
			const name = 'pilotwire/home/devices/esp-01/state';
			site.hub.publish({ name, payload: JSON.stringify(said), qos: 0, retain: true });
			expect(await telemetry('?device=ESP_01', cookie)).to.deep.equal({ status: 'charging', level: 8 });
			expect(await telemetry('', cookie)).to.deep.equal({ 'esp-01': { status: 'charging', level: 8 } });
			expect(await telemetry('?device=other', cookie)).to.deep.equal({ error: 'no data' });
			expect(await telemetry('')).to.deep.equal({ error: 'auth_required' });
		});

		it('send a command, for those who may', async () => {
			const context = createContext('device-gateway', silentLog, systemClock, () => undefined);
			const bus = new Bus(context, 'home', site.hub.transport());
			const sent: unknown[] = [];
			const command = remoteMethod(z.object({ devices: z.array(z.string()) }).loose(), (given) => {
				sent.push(given);
				const outcome = given.devices[0] === 'away' ? 'offline' : 'delivered';
				return { id: 'x', outcomes: [{ device: given.devices[0], outcome }] };
			});
			serveRpc(bus, { 'device.command': command });
			bus.start();
			const cookie = await signIn('robin');
			const done = await post('/send_command', { device: 'ESP_01', command: 'level', value: 3 }, cookie);
			expect([done.status, done.json]).to.deep.equal([200, { status: 'ok' }]);
			expect(sent).to.deep.equal([{ devices: ['esp-01'], command: 'level', value: 3, waitS: 0 }]);
			expect((await post('/send_command', 'device=away&command=x', cookie)).json).to.deep.equal({ error: 'offline' });
			expect((await post('/send_command', { device: 'a' }, cookie)).status).to.equal(400);
			expect((await post('/send_command', { device: 'a', command: 'x' })).status).to.equal(401);
			const viewer = await signIn('victor');
			expect((await post('/send_command', { device: 'a', command: 'x' }, viewer)).status).to.equal(403);
			await bus.stop();
			context.end();
		});
	});
});
