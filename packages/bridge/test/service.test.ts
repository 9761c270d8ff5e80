import { type BridgeState, bridgeTopics, topicName } from '@pilotwire/contract';
import { MemoryHub, VirtualClock } from '@pilotwire/runtime/testing';
import { expect } from 'chai';
import { type Rig, rigged } from './support.ts';

const STATE = topicName('home', bridgeTopics.bridge, {});
const at = (house: string, topic: string): string => `pilotwire/${house}/${topic}`;

describe('the bridge', () => {
	let home: MemoryHub;
	let outside: MemoryHub;
	let clock: VirtualClock;
	const rigs: Rig[] = [];

	beforeEach(() => {
		home = new MemoryHub();
		outside = new MemoryHub();
		clock = new VirtualClock();
	});

	afterEach(async () => {
		for (const rig of rigs.splice(0)) {
			await rig.stop();
			expect(rig.failures).to.deep.equal([]);
		}
	});

	const start = async (settings: Record<string, unknown> = {}, hubs = { home, outside, clock }): Promise<Rig> => {
		const rig = await rigged(hubs, settings);
		rigs.push(rig);
		return rig;
	};
	const pass = (ms: number): Promise<void> => clock.advanceAsync(ms, 500);
	const say = (hub: MemoryHub, name: string, payload: string, retain = false): void =>
		hub.publish({ name, payload, qos: 1, retain });
	const state = (hub = home): BridgeState => JSON.parse(hub.retained.get(STATE) ?? '{}') as BridgeState;
	const saidOn = (hub: MemoryHub, name: string): string[] =>
		hub.published.filter((message) => message.name === name).map(({ payload }) => payload);

	it('shows the house outside under its name there, retained as at home, and says that it is there', async () => {
		say(home, at('home', 'circuits/salon/state'), '{"a":1}', true);
		await start();
		expect(state()).to.include({ doing: 'asking', house: 'dupont', broker: 'mqtts://broker.example.org' });
		await pass(3_000);
		say(home, at('home', 'boards/1-32/state'), '{"b":1}', true);
		expect(state().doing).to.equal('bridging');
		expect(Object.fromEntries(outside.retained)).to.include({
			[at('dupont', 'circuits/salon/state')]: '{"a":1}',
			[at('dupont', 'boards/1-32/state')]: '{"b":1}',
			[at('dupont', 'services/bridge/status')]: 'online',
		});
		expect([...outside.retained.keys()].filter((name) => !name.startsWith('pilotwire/dupont/'))).to.deep.equal([]);
	});

	it('sends of what is said again and again the newest, once a second', async () => {
		await start();
		await pass(3_000);
		const name = at('dupont', 'meter/main/load/state');
		for (let ms = 0; ms < 5_000; ms += 100) {
			say(home, at('home', 'meter/main/load/state'), String(ms), true);
			await clock.advanceAsync(100, 100);
		}
		expect(saidOn(outside, name)).to.deep.equal(['900', '1900', '2900', '3900', '4900']);
	});

	it('lets nothing in by default, and says so', async () => {
		await start();
		await pass(3_000);
		say(outside, at('dupont', 'circuits/salon/set'), 'eco');
		expect(saidOn(home, at('home', 'circuits/salon/set'))).to.deep.equal([]);
	});

	it('lets in what is allowed, checked as at home, and nothing that came retained', async () => {
		say(outside, at('dupont', 'circuits/salon/set'), 'eco', true);
		await start({ allow: ['orders'] });
		await pass(3_000);
		const set = at('dupont', 'circuits/salon/set');
		expect(outside.retained.has(set)).to.equal(false);
		say(outside, set, 'eco');
		say(outside, set, 'hot');
		say(outside, at('martin', 'circuits/salon/set'), 'eco');
		say(outside, at('dupont', 'programmes/set'), '{}');
		expect(saidOn(home, at('home', 'circuits/salon/set'))).to.deep.equal(['eco']);
		await pass(60_000);
		expect(state()).to.include({ received: 1, refused: 2 });
	});

	it('lets in no more than a role may', async () => {
		await start({ allow: ['orders', 'history'], role: 'viewer' });
		await pass(3_000);
		say(outside, at('dupont', 'circuits/salon/set'), 'eco');
		const call = '{"jsonrpc":"2.0","id":"1","method":"history.query"}';
		say(outside, at('dupont', 'services/telemetry/rpc/c0123456789ab'), call);
		say(outside, at('dupont', 'services/telemetry-admin/rpc/c0123456789ab'), call);
		const asked = home.published.map(({ name }) => name).filter((name) => /\/(set|rpc\/[^/]+)$/.test(name));
		expect(asked).to.have.length(1);
		expect(asked[0]).to.match(/^pilotwire\/home\/services\/telemetry\/rpc\/c[0-9a-f]{12}$/);
	});

	it('carries a remote call and its answer, each under the name that its side knows', async () => {
		await start({ allow: ['history'] });
		await pass(3_000);
		const ask = (client: string): void =>
			say(
				outside,
				at('dupont', `services/telemetry/rpc/${client}`),
				'{"jsonrpc":"2.0","id":"x","method":"history.query"}',
			);
		ask('c0123456789ab');
		const asked = home.published.at(-1);
		const { id } = JSON.parse(asked?.payload ?? '{}') as { id: string };
		expect(asked?.name).to.not.contain('c0123456789ab');
		say(home, `${asked?.name}/reply`, JSON.stringify({ jsonrpc: '2.0', id, result: [1, 2] }));
		// What somebody at home is answered stays there.
		say(
			home,
			at('home', 'services/telemetry/rpc/c999999999999/reply'),
			JSON.stringify({ jsonrpc: '2.0', id, result: 3 }),
		);
		const replies = outside.published.filter(({ name }) => name.endsWith('/reply'));
		expect(replies).to.deep.equal([
			{
				name: at('dupont', 'services/telemetry/rpc/c0123456789ab/reply'),
				payload: '{"jsonrpc":"2.0","id":"x","result":[1,2]}',
				...{ qos: 1, retain: false },
			},
		]);
	});

	it('makes the outside equal to the house again after an outage, cleared topics too, and takes no harm meanwhile', async () => {
		const rig = await start({ share: ['states', 'events'] });
		for (const id of ['salon', 'bath']) say(home, at('home', `circuits/${id}/state`), '1', true);
		await pass(15_000);
		outside.down();
		say(home, at('home', 'circuits/bath/state'), '', true);
		for (let minute = 0; minute < 60; minute += 1) {
			for (let each = 0; each < 50; each += 1) {
				say(home, at('home', 'circuits/salon/state'), `${minute}.${each}`, true);
				say(home, at('home', 'shedder/event'), `${minute}.${each}`);
			}
			await clock.advanceAsync(60_000, 20_000);
		}
		expect(state()).to.include({ doing: 'connecting', dropped: 2_000 });
		expect(state().waiting).to.be.lessThan(1_010);
		// Somebody forgot it there, and somebody else's remain.
		outside.retained.set(at('dupont', 'circuits/gone/state'), '1');
		outside.retained.set(at('martin', 'circuits/gone/state'), '1');
		outside.up();
		await pass(3_000);
		expect(outside.retained.get(at('dupont', 'circuits/salon/state'))).to.equal('59.49');
		expect(saidOn(outside, at('dupont', 'circuits/salon/state'))).to.have.length(2);
		expect(outside.retained.has(at('dupont', 'circuits/bath/state'))).to.equal(false);
		const events = saidOn(outside, at('dupont', 'shedder/event'));
		expect([events.length, events[0], events.at(-1)]).to.deep.equal([1_000, '40.0', '59.49']);
		await pass(10_000);
		expect(outside.retained.has(at('dupont', 'circuits/gone/state'))).to.equal(false);
		expect(outside.retained.has(at('martin', 'circuits/gone/state'))).to.equal(true);
		expect(rig.failures).to.deep.equal([]);
	});

	it('clears outside what the house lost while its own broker was away', async () => {
		for (const id of ['salon', 'bath']) say(home, at('home', `circuits/${id}/state`), '1', true);
		await start();
		await pass(15_000);
		home.down();
		home.retained.delete(at('home', 'circuits/bath/state'));
		await pass(5_000);
		home.up();
		await pass(9_000);
		expect(outside.retained.has(at('dupont', 'circuits/bath/state'))).to.equal(true);
		await pass(2_000);
		expect(outside.retained.has(at('dupont', 'circuits/bath/state'))).to.equal(false);
		expect(outside.retained.has(at('dupont', 'circuits/salon/state'))).to.equal(true);
	});

	it('sends no more than the line takes, and then the newest', async () => {
		const { outside: line } = await start();
		await pass(15_000);
		line.room = 0;
		for (let value = 0; value < 100; value += 1) say(home, at('home', 'circuits/salon/state'), String(value), true);
		expect(saidOn(outside, at('dupont', 'circuits/salon/state'))).to.deep.equal([]);
		line.give(100);
		expect(saidOn(outside, at('dupont', 'circuits/salon/state'))).to.deep.equal(['99']);
	});

	it('carries out no command while the house is away, neither then nor later', async () => {
		await start({ allow: ['orders'] });
		await pass(15_000);
		home.down();
		say(outside, at('dupont', 'circuits/salon/set'), 'comfort');
		await pass(1_000);
		home.up();
		await pass(15_000);
		expect(saidOn(home, at('home', 'circuits/salon/set'))).to.deep.equal([]);
	});

	it('keeps a flood from outside from the house', async () => {
		await start({ allow: ['orders'] });
		await pass(15_000);
		for (let each = 0; each < 1_000; each += 1) say(outside, at('dupont', 'circuits/salon/set'), 'eco');
		expect(saidOn(home, at('home', 'circuits/salon/set')).length).to.equal(60);
	});

	it('leaves a house to the bridge that was there first, and takes it over when that one is gone', async () => {
		const first = await start();
		await pass(5_000);
		const home2 = new MemoryHub();
		await start({}, { home: home2, outside, clock });
		say(home2, at('home', 'circuits/impostor/state'), '1', true);
		await pass(5_000);
		expect(state(home2)).to.have.nested.property('problem.code', 'BRIDGE_HOUSE_TAKEN');
		expect([state(home2).doing, state().doing]).to.deep.equal(['refused', 'bridging']);
		expect(outside.retained.has(at('dupont', 'circuits/impostor/state'))).to.equal(false);
		expect(outside.retained.get(at('dupont', 'services/bridge/status'))).to.equal('online');
		await first.stop();
		expect(outside.retained.get(at('dupont', 'services/bridge/status'))).to.equal('offline');
		await pass(65_000);
		expect(state(home2)).to.include({ doing: 'bridging' }).and.not.have.property('problem');
	});

	it('is its own successor on a new connection, and its old will is taken back', async () => {
		const { outside: line } = await start();
		await pass(5_000);
		line.lose();
		expect(outside.retained.get(at('dupont', 'services/bridge/status'))).to.equal('offline');
		await pass(5_000);
		expect(state().doing).to.equal('bridging');
		expect(outside.retained.get(at('dupont', 'services/bridge/status'))).to.equal('online');
		// A will that comes late is the old connection's.
		say(outside, at('dupont', 'services/bridge/status'), 'offline', true);
		await pass(61_000);
		expect(outside.retained.get(at('dupont', 'services/bridge/status'))).to.equal('online');
	});

	it('stops where the outside broker is the one at home', async () => {
		await start({ house: 'home' }, { home, outside: home, clock });
		say(home, at('home', 'circuits/salon/state'), '1', true);
		await pass(10_000);
		expect(state()).to.have.nested.property('problem.code', 'BRIDGE_LOOP');
		expect(saidOn(home, at('home', 'circuits/salon/state'))).to.have.length(1);
	});

	it('names an account that may not do what a bridge does', async () => {
		const deaf = new MemoryHub();
		deaf.publish = () => undefined;
		const rig = await rigged({ home, outside: deaf, clock });
		rigs.push(rig);
		await pass(20_000);
		expect(state()).to.have.nested.property('problem.code', 'BRIDGE_RIGHTS_MISSING');
		expect(state().doing).to.equal('refused');
	});
});
