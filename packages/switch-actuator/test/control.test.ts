import { expect } from 'chai';
import { SwitchHouse, Zigbee, zigbee } from './house.ts';

/** 40 % of 3000 VA, what counts as the limit until a meter has spoken. */
const plugs = (count: number, powerW = 1000) =>
	Array.from({ length: count }, (_, at) => zigbee(`p${at + 1}`, { powerW, priority: at + 1 }));

describe('switched circuits under control', () => {
	let house: SwitchHouse;
	let real: Zigbee[];

	async function start(count: number, more: Partial<ConstructorParameters<typeof SwitchHouse>[0]> = {}): Promise<void> {
		house = new SwitchHouse({ switches: plugs(count), ...more });
		real = Array.from({ length: count }, (_, at) => new Zigbee(house.hub, `zigbee2mqtt/p${at + 1}`));
		await house.service.start();
	}

	const on = (): number[] => real.flatMap(({ isOn }, at) => (isOn ? [at + 1] : []));

	afterEach(async () => {
		await house.service.stop();
		expect(house.failures).to.deep.equal([]);
		expect(house.clock.pending).to.equal(0);
	});

	it('come on only once they are admitted, one by one, and say so', async () => {
		await start(2);
		house.lease();
		await house.pass(3);
		expect(on()).to.deep.equal([]);
		expect(house.circuit('p1')).to.include({ kind: 'switch', wanted: 'comfort', inForce: 'off' });
		expect(house.circuit('p1').reason).to.equal('waits_for_admission');
		house.lease({ admitted: { p1: 'comfort' } });
		expect(on()).to.deep.equal([1]);
		expect(house.circuit('p1')).to.include({ inForce: 'comfort', reason: 'programme', control: 'lease' });
		house.lease({ admitted: { p1: 'comfort', p2: 'comfort' } });
		expect(on()).to.deep.equal([1, 2]);
	});

	it('go off at once when they are shed, whatever was asked for', async () => {
		await start(2);
		house.lease({ admitted: { p1: 'comfort', p2: 'comfort' } });
		await house.pass(3);
		house.say('circuits/p1/set', 'comfort');
		house.lease({ shed: ['p1'] });
		expect(on()).to.deep.equal([2]);
		expect(house.circuit('p1')).to.include({ inForce: 'off', wanted: 'comfort', reason: 'shed' });
	});

	it('obey override, programme and auto; an order that warms means on', async () => {
		await start(1);
		house.lease({ admitted: { p1: 'comfort' } });
		await house.pass(3);
		house.say('circuits/p1/set', 'frost_protection');
		expect(house.circuit('p1')).to.include({ inForce: 'off', wanted: 'off', reason: 'override' });
		house.say('planner/p1/state', { at: house.now(), order: 'off', why: 'night' }, true);
		house.say('circuits/p1/set', 'auto');
		expect(house.circuit('p1')).to.include({ wanted: 'off', programme: 'off', reason: 'programme' });
		house.say('planner/p1/state', '', true);
		expect(house.circuit('p1')).to.include({ wanted: 'comfort', programme: 'comfort' });
		house.say('circuits/all/set', 'eco');
		house.lease({ admitted: { p1: 'comfort' } });
		expect(house.circuit('p1')).to.include({ wanted: 'comfort', inForce: 'comfort', reason: 'override' });
		house.say('circuits/p1/set', { order: 'off', expiresAt: '2020-01-01T00:00:00Z' });
		expect(house.log.join()).to.include('order for p1 refused');
	});

	it('drop to the blind budget when the lease ends, and each has its turn within the hour', async () => {
		await start(3);
		house.lease({ leaseS: 10, admitted: { p1: 'comfort', p2: 'comfort', p3: 'comfort' } });
		await house.pass(3);
		expect(on()).to.deep.equal([1, 2, 3]);
		await house.pass(10);
		expect(on()).to.deep.equal([1]);
		expect(house.circuit('p2')).to.include({ control: 'fallback', reason: 'fallback', inForce: 'off' });
		const seen = new Set<number>();
		for (let minute = 0; minute < 60; minute++) {
			await house.pass(60, 10);
			expect(on()).to.have.length.below(2);
			for (const at of on()) seen.add(at);
		}
		expect([...seen].sort()).to.deep.equal([1, 2, 3]);
	});

	it('use no more of the blind budget than their share, nor what circuits of others still draw', async () => {
		await start(2, { switches: plugs(2, 500), shareOf: () => 0.5 });
		house.load(200);
		await house.pass(70);
		// 40 % of 6000 VA, half of it.
		expect(on()).to.deep.equal([1, 2]);
		const state = { ...house.circuit('p1'), owner: 'radiator-actuator', kind: 'radiator', powerW: 1500 };
		house.say('circuits/salon/state', { ...state, inForce: 'comfort' }, true);
		await house.pass(2);
		expect(on()).to.deep.equal([1]);
		house.say('circuits/salon/state', '', true);
		await house.pass(30);
		expect(on()).to.deep.equal([1, 2]);
	});

	it('leave on what fits the blind budget when the service ends', async () => {
		await start(3);
		house.lease({ admitted: { p1: 'comfort', p2: 'comfort', p3: 'comfort' } });
		await house.pass(3);
		await house.service.stop();
		expect(on()).to.deep.equal([1]);
	});

	it('go on as they were through a restart, without a click', async () => {
		await start(1);
		house.lease({ admitted: { p1: 'comfort' } });
		await house.pass(3);
		house.say('circuits/p1/set', 'comfort');
		await house.service.stop();
		const told = real[0]?.told.length ?? 0;
		const next = new SwitchHouse({ switches: plugs(1), hub: house.hub, clock: house.clock, memory: house.remembered });
		await next.service.start();
		next.say('shedder/shed/state', { at: next.now(), session: 's2', sequence: 0, leaseS: 60, shed: [], admitted: {} });
		await next.pass(5);
		expect(new Set(real[0]?.told.slice(told))).to.deep.equal(new Set(['{"state":"ON"}']));
		expect(next.circuit('p1')).to.include({ inForce: 'comfort', reason: 'override' });
		house = next;
	});

	it('come on one by one after a power cut, although what the broker kept says that all were on', async () => {
		for (const withAnswer of [true, false]) {
			const switches = plugs(2).map((one) => (withAnswer ? one : { ...one, feedback: undefined, power: undefined }));
			await start(2, { switches });
			house.lease({ admitted: { p1: 'comfort', p2: 'comfort' } });
			await house.pass(3);
			expect(on()).to.deep.equal([1, 2]);
			const { hub, clock, remembered } = house;
			const kept = ['p1', 'p2'].map((id) => JSON.stringify(house.circuit(id)));
			await house.service.stop();
			for (const [at, plug] of real.entries()) {
				plug.isOn = false;
				plug.told.splice(0);
				house.say(`circuits/p${at + 1}/state`, kept[at], true);
			}
			// The machine had no power either: it has only been up for a minute.
			house = new SwitchHouse({ switches, hub, clock, memory: remembered, upS: 60 });
			await house.service.start();
			house.say('shedder/shed/state', {
				at: house.now(),
				session: 's2',
				sequence: 0,
				leaseS: 60,
				shed: [],
				admitted: {},
			});
			await house.pass(5);
			expect(real.flatMap(({ told }) => told)).to.not.include('{"state":"ON"}');
			expect(house.circuit('p1')).to.include({ wanted: 'comfort', inForce: 'off', reason: 'waits_for_admission' });
			const admitted = { p1: 'comfort' };
			house.say('shedder/shed/state', { at: house.now(), session: 's2', sequence: 1, leaseS: 60, shed: [], admitted });
			expect(on()).to.deep.equal([1]);
			if (withAnswer) await house.service.stop();
		}
	});

	it('that were on long before a restart count as on for the others, and need admission', async () => {
		await start(1);
		house.lease({ leaseS: 600, admitted: { p1: 'comfort' } });
		await house.pass(3);
		const kept = house.circuit('p1');
		await house.service.stop();
		house.say('circuits/p1/state', kept, true);
		if (real[0] !== undefined) real[0].isDead = true;
		house.clock.advance(660_000);
		const { hub, clock } = house;
		house = new SwitchHouse({ switches: plugs(1), hub, clock, memory: house.remembered });
		await house.service.start();
		house.say('shedder/shed/state', {
			at: house.now(),
			session: 's2',
			sequence: 0,
			leaseS: 60,
			shed: [],
			admitted: {},
		});
		await house.pass(5);
		expect(house.circuit('p1')).to.include({ inForce: 'comfort', reason: 'waits_for_admission' });
		expect(real[0]?.told.at(-1)).to.equal('{"state":"OFF"}');
	});

	it('that come back off by themselves wait for their admission', async () => {
		await start(2);
		house.lease({ leaseS: 600, admitted: { p1: 'comfort', p2: 'comfort' } });
		await house.pass(3);
		house.lease();
		await house.pass(20);
		for (const plug of real) {
			plug.told.splice(0);
			plug.press();
		}
		await house.pass(20);
		expect(real.flatMap(({ told }) => told)).to.not.include('{"state":"ON"}');
		expect(house.circuit('p1')).to.include({ inForce: 'off', reason: 'waits_for_admission' });
		house.lease({ admitted: { p1: 'comfort' } });
		expect(on()).to.deep.equal([1]);
	});

	it('clear the states that this installation left, and not those of another of the same name', async () => {
		await start(2);
		house.lease();
		await house.pass(3);
		await house.service.stop();
		house.say('circuits/neighbour/state', { ...house.circuit('p1'), name: 'not ours' }, true);
		const next = new SwitchHouse({ switches: plugs(1), hub: house.hub, clock: house.clock, memory: house.remembered });
		await next.service.start();
		await next.pass(3);
		const kept = [...house.hub.retained.keys()].filter((name) => name.includes('/circuits/')).sort();
		expect(kept).to.deep.equal(['pilotwire/home/circuits/neighbour/state', 'pilotwire/home/circuits/p1/state']);
		house = next;
	});

	it('heat a room below its guard temperature whatever the programme says, but only when admitted', async () => {
		const rooms = [{ id: 'cellar', guardC: 7 }];
		await start(1, { rooms, switches: [zigbee('p1', { room: 'cellar', programme: 'off' })] });
		house.lease();
		await house.pass(3);
		house.probe('cellar', 6.4);
		await house.pass(2);
		const cold = { wanted: 'comfort', inForce: 'off', frostGuard: true, reason: 'waits_for_admission' };
		expect(house.circuit('p1')).to.include(cold);
		house.lease({ admitted: { p1: 'comfort' } });
		expect(house.circuit('p1')).to.include({ inForce: 'comfort', reason: 'frost_guard', room: 'cellar' });
		house.probe('cellar', 7.3);
		await house.pass(2);
		expect(house.circuit('p1')).to.include({ inForce: 'comfort', reason: 'frost_guard' });
		house.probe('cellar', 7.6);
		await house.pass(2);
		expect(house.circuit('p1')).to.include({ wanted: 'off', inForce: 'off', reason: 'programme' });
		expect(house.circuit('p1')).to.not.have.property('frostGuard');
	});
});
