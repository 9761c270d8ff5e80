// A house on an outside broker through its bridge: beside another house, with somebody who looks after it; once on the
// embedded broker, once on Mosquitto.
import { join } from 'node:path';
import { filtersOf, hashSecret, mosquittoRights, type Principal, rightsOf } from '@pilotwire/accounts';
import { Bridge, bridgeSections, HouseSide, OutsideBroker } from '@pilotwire/bridge';
import { Broker } from '@pilotwire/broker';
import { Bus, createContext, MqttTransport, silentLog, systemClock } from '@pilotwire/runtime';
import { VirtualClock } from '@pilotwire/runtime/testing';
import { noProcessLeft } from '@pilotwire/test/processes';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { until } from '@pilotwire/test/until';
import { expect } from 'chai';
import { connect, type MqttClient } from 'mqtt';
import { mosquitto, need } from '../support/parts.ts';
import { Mosquitto } from './mosquitto.ts';

const SECRET = 'of everybody here';
const outsiders: readonly Principal[] = [
	{ kind: 'home', name: 'dupont', house: 'dupont' },
	{ kind: 'home', name: 'martin', house: 'martin' },
	{ kind: 'integrator', name: 'fitter', houses: ['dupont'] },
];

/** The outside broker, which can go away and come back at the same address, empty. */
interface Engine {
	readonly url: string;
	start(): Promise<void>;
	stop(): Promise<void>;
}

const known = (principal: Principal) => ({ principal, secretHash: hashSecret(SECRET) });

class EmbeddedEngine implements Engine {
	#broker: Broker | undefined;
	#port = 0;

	get url(): string {
		return `mqtt://127.0.0.1:${this.#port}`;
	}

	async start(): Promise<void> {
		this.#broker = new Broker({
			...{ port: this.#port, wsPort: 0, log: silentLog, clock: systemClock, accounts: outsiders.map(known) },
			rights: (principal) => rightsOf('engine', principal),
		});
		await this.#broker.start();
		this.#port = this.#broker.addresses()?.tcp?.port ?? 0;
	}

	async stop(): Promise<void> {
		await this.#broker?.stop();
	}
}

class MosquittoEngine implements Engine {
	readonly #mosquitto: Mosquitto;

	constructor(folder: string) {
		const accounts = outsiders.map((principal) => ({
			...{ name: principal.name, password: SECRET },
			rights: mosquittoRights(undefined, filtersOf('engine', principal)).map((line) => line.replace(/^topic /, '')),
		}));
		this.#mosquitto = new Mosquitto({ folder, host: '127.0.6.11', accounts });
	}

	get url(): string {
		return this.#mosquitto.url;
	}

	start(): Promise<void> {
		return this.#mosquitto.start();
	}

	stop(): Promise<void> {
		return this.#mosquitto.kill();
	}
}

for (const kind of ['the embedded broker', 'Mosquitto'] as const) {
	describe(`a house bridged to ${kind}`, function () {
		this.timeout(120_000);
		noProcessLeft('suite');
		const directory = temporaryDirectory('suite');
		const clock = new VirtualClock();
		const clients: MqttClient[] = [];
		const leaves: (() => Promise<unknown>)[] = [];
		const failures: unknown[] = [];
		let engine: Engine;
		let home: Broker;
		let owner: MqttClient;

		const dial = async (url: string, username: string): Promise<MqttClient> => {
			const client = connect(url, { username, password: SECRET, reconnectPeriod: 100 });
			clients.push(client);
			client.on('error', () => undefined);
			await until(`${username} to be connected`, () => client.connected);
			return client;
		};
		/** What a client hears from now on: the last payload of each topic. */
		const ears = async (client: MqttClient, ...filters: string[]): Promise<Map<string, string>> => {
			const heard = new Map<string, string>();
			client.on('message', (name, payload) => heard.set(name, payload.toString()));
			await client.subscribeAsync(filters, { qos: 1 });
			return heard;
		};
		const homeUrl = (): string => `mqtt://127.0.0.1:${home.addresses()?.tcp?.port}`;
		/** Looks while the bridge's time goes on. */
		const inTime = <Found>(what: string, look: () => Found | undefined | false): Promise<Found> =>
			until(what, () => {
				clock.advance(100);
				return look();
			});
		const retain = (client: MqttClient, name: string, payload: string): Promise<unknown> =>
			client.publishAsync(name, payload, { qos: 1, retain: true });

		before(async function () {
			if (kind === 'Mosquitto') need(this, mosquitto);
			engine = kind === 'Mosquitto' ? new MosquittoEngine(join(directory.path, 'mosquitto')) : new EmbeddedEngine();
			await engine.start();
			const accounts: Principal[] = [
				{ kind: 'service', name: 'bridge' },
				{ kind: 'person', name: 'owner', role: 'admin' },
			];
			home = new Broker({ port: 0, wsPort: 0, log: silentLog, clock: systemClock, accounts: accounts.map(known) });
			await home.start();
			owner = await dial(homeUrl(), 'owner');
			await retain(owner, 'pilotwire/home/circuits/salon/state', '{"first":1}');
			const dupont = await dial(engine.url, 'dupont');
			await retain(dupont, 'pilotwire/dupont/circuits/gone/state', '{}');
			await dupont.endAsync();
			const context = createContext('bridge', silentLog, clock, (error) => failures.push(error));
			const address = { username: 'bridge', password: SECRET };
			const side = new HouseSide(new MqttTransport({ url: homeUrl(), ...address }, 'bridge', silentLog));
			const outside = new OutsideBroker(
				{ url: engine.url, username: 'dupont', password: SECRET, caFile: undefined },
				'dupont',
				clock,
			);
			const allow = ['orders', 'history'];
			const bridge = bridgeSections.bridge.unwrap().parse({ url: engine.url, house: 'dupont', allow });
			const sides = { house: side, outside };
			const service = new Bridge(context, new Bus(context, 'home', side), sides, { site: 'home', bridge });
			await service.start();
			leaves.push(async () => {
				await service.stop();
				context.end();
			});
		});
		after(async () => {
			await Promise.all(leaves.map((leave) => leave()));
			await Promise.all(clients.map((client) => client.endAsync(true)));
			await home?.stop();
			await engine?.stop();
			expect(failures).to.deep.equal([]);
		});

		it('is shown there, and what it no longer has is cleared', async () => {
			const fitter = await dial(engine.url, 'fitter');
			const seen = await ears(fitter, 'pilotwire/+/circuits/#', 'pilotwire/+/services/+/status');
			await inTime('the state', () => seen.get('pilotwire/dupont/circuits/salon/state') === '{"first":1}');
			await inTime('its presence', () => seen.get('pilotwire/dupont/services/bridge/status') === 'online');
			await inTime('the leftover cleared', () => seen.get('pilotwire/dupont/circuits/gone/state') === '');
			await retain(owner, 'pilotwire/home/circuits/bath/state', '{"b":1}');
			await inTime('another', () => seen.get('pilotwire/dupont/circuits/bath/state') === '{"b":1}');
			await retain(owner, 'pilotwire/home/circuits/bath/state', '');
			await inTime('it cleared', () => seen.get('pilotwire/dupont/circuits/bath/state') === '');
		});

		it('is seen by no other house', async () => {
			const martin = await dial(engine.url, 'martin');
			const seen = await ears(martin, 'pilotwire/martin/#');
			for (const filter of ['#', 'pilotwire/#', 'pilotwire/dupont/#', 'pilotwire/+/circuits/salon/state'])
				await martin.subscribeAsync(filter, { qos: 1 }).catch(() => undefined);
			await martin.publishAsync('pilotwire/dupont/circuits/salon/set', 'comfort', { qos: 1 }).catch(() => undefined);
			await retain(owner, 'pilotwire/home/circuits/salon/state', '{"second":1}');
			const fitter = await dial(engine.url, 'fitter');
			const shown = await ears(fitter, 'pilotwire/dupont/circuits/salon/state');
			await inTime('the state', () => shown.get('pilotwire/dupont/circuits/salon/state') === '{"second":1}');
			const back = await dial(engine.url, 'martin');
			await back.publishAsync('pilotwire/martin/x', 'end', { qos: 1 });
			await until('the end', () => seen.has('pilotwire/martin/x'));
			expect([...seen.keys()]).to.deep.equal(['pilotwire/martin/x']);
		});

		it('takes orders from whom it is given to, and answers what it is asked', async () => {
			const heard = await ears(owner, 'pilotwire/home/circuits/+/set', 'pilotwire/home/services/telemetry/rpc/+');
			owner.on('message', (name, payload) => {
				if (!/^pilotwire\/home\/services\/telemetry\/rpc\/[^/]+$/.test(name)) return;
				const { id } = JSON.parse(payload.toString()) as { id: string };
				owner.publish(`${name}/reply`, JSON.stringify({ jsonrpc: '2.0', id, result: { points: 3 } }), { qos: 1 });
			});
			const fitter = await dial(engine.url, 'fitter');
			await fitter.publishAsync('pilotwire/dupont/circuits/salon/set', 'eco', { qos: 1 });
			await inTime('the order', () => heard.get('pilotwire/home/circuits/salon/set') === 'eco');
			// As a page does it: an ordinary client, which knows the house by its name there.
			const call = 'pilotwire/dupont/services/telemetry/rpc/c0123456789ab';
			const answers = await ears(fitter, `${call}/reply`);
			await fitter.publishAsync(call, '{"jsonrpc":"2.0","id":"a","method":"history.query"}', { qos: 1 });
			const answer = await inTime('the answer', () => answers.get(`${call}/reply`));
			expect(JSON.parse(answer)).to.deep.equal({ jsonrpc: '2.0', id: 'a', result: { points: 3 } });
		});

		it('shows how it is now after an outage there', async () => {
			const state = await ears(owner, 'pilotwire/home/bridge/state');
			const doing = (): string | undefined => {
				const text = state.get('pilotwire/home/bridge/state');
				return text === undefined ? undefined : (JSON.parse(text) as { doing: string }).doing;
			};
			await engine.stop();
			await inTime('the outage', () => doing() === 'connecting');
			for (let value = 0; value < 50; value += 1)
				await retain(owner, 'pilotwire/home/circuits/salon/state', `{"third":${value}}`);
			await engine.start();
			await inTime('the bridge back', () => doing() === 'bridging');
			const fitter = await dial(engine.url, 'fitter');
			const shown = await ears(fitter, 'pilotwire/dupont/circuits/salon/state');
			await inTime('the newest', () => shown.get('pilotwire/dupont/circuits/salon/state') === '{"third":49}');
		});
	});
}
