import { expect } from 'chai';
import type { Announced as OnBroker } from '../src/core/plan.ts';
import { Announced, circuitState, linkState, reading, type Setting, shedderState } from './house.ts';

const SALON = 'homeassistant/device/pilotwire_home_circuit_salon/config';
const METER = 'homeassistant/device/pilotwire_home_meter_main/config';
const HUB = 'homeassistant/device/pilotwire_home_hub/config';

type Json = Record<string, unknown>;
interface Payload {
	device: Json;
	components: Record<string, Json>;
}

describe('the announcements to Home Assistant', () => {
	let house: Announced;
	const started: Announced[] = [];

	const start = async (
		setting: Setting = {},
		prepare: (house: Announced) => void = (one) => one.furnish(),
	): Promise<void> => {
		house = new Announced(setting);
		started.push(house);
		prepare(house);
		await house.start();
		prepare(house);
		house.clock.advance(2_000);
	};
	/** Another life of the service, on the same broker. */
	const restart = async (
		setting: Setting = {},
		prepare: (house: Announced) => void = () => undefined,
	): Promise<void> => {
		await house.stop();
		started.pop();
		const { hub, clock, remembered: memory } = house;
		await start({ hub, clock, memory, ...setting }, prepare);
	};
	const payload = (topic: string): Payload => house.retained(topic) as unknown as Payload;
	/** The payloads published to a topic since a mark. */
	const since = (mark: number, topic?: string): string[] =>
		house.hub.published
			.slice(mark)
			.filter(({ name }) => topic === undefined || name === topic)
			.map(({ payload: text }) => text);
	const mark = (): number => house.hub.published.length;

	afterEach(async () => {
		for (const one of started.splice(0)) {
			await one.stop();
			expect(one.failures).to.deep.equal([]);
			expect(one.clock.pending, 'timers left').to.equal(0);
		}
	});

	it('are one message for each thing, tied to the thing it hangs on', async () => {
		await start();
		expect(house.discovered).to.deep.equal(
			[
				'board_1-20',
				'circuit_boiler',
				'circuit_car',
				'circuit_salon',
				'host_attic',
				'hub',
				'meter_main',
				'probe_salon',
				'thermostat_cellar',
			].map((thing) => `homeassistant/device/pilotwire_home_${thing}/config`),
		);
		expect(payload(SALON).device).to.deep.include({
			via_device: 'pilotwire_home_board_1-20',
			suggested_area: 'Living room',
		});
		expect(payload(METER).device).to.deep.include({ via_device: 'pilotwire_home_hub', name: 'Meter' });
		expect(payload(HUB).device).not.to.have.property('via_device');
		expect(house.retained('pilotwire/home/home-assistant/state')).to.deep.include({
			version: '1.2.3',
			discovery: 'device',
			devices: 9,
		});
	});

	it('give a radiator no set point, and the temperature of its room only where a probe says it', async () => {
		await start();
		house.circuit('bath', { name: 'Bath', room: 'bath' });
		house.clock.advance(1_000);
		const bath = payload('homeassistant/device/pilotwire_home_circuit_bath/config').components['climate'];
		expect(bath).not.to.have.any.keys(
			'current_temperature_topic',
			'temperature_state_topic',
			'temperature_command_topic',
		);
		expect(payload(SALON).components['climate']).to.include({
			current_temperature_topic: 'pilotwire/home/probes/salon/state',
		});
	});

	it('have names in the configured language', async () => {
		await start({ language: 'fr' });
		expect(payload(METER).device['name']).to.equal('Compteur');
		expect(payload(METER).components['energy_easf01']?.['name']).to.equal('Énergie heure creuse');
		expect(payload(METER).components['energy_easf02']?.['name']).to.equal('Énergie index fournisseur 2');
		expect(payload(SALON).components['shed']?.['name']).to.equal('Délesté');
	});

	it('keep every unique_id, whatever the language, the names and the shape', async () => {
		const ids = (): string[] =>
			house.discovered
				.flatMap((topic) => Object.values(payload(topic).components ?? { one: house.retained(topic) as Json }))
				.map((one) => String(one['unique_id']))
				.sort();
		await start();
		const before = ids();
		expect(new Set(before).size).to.equal(before.length);
		expect(before).to.include.members([
			'pilotwire_home_circuit_salon_climate',
			'pilotwire_home_meter_main_energy_east',
		]);
		await restart({ language: 'fr', discovery: 'entity' }, (one) =>
			one.circuit('salon', { name: 'Autrement', board: '1-20' }),
		);
		house.clock.advance(20_000);
		expect(ids()).to.deep.equal(before);
	});

	it('take no entity away while a frame or a probe lacks something', async () => {
		await start();
		const before = payload(METER);
		house.read({ EAST: 301 }, { mode: 'standard', phases: 1 });
		house.say('probes/salon/state', {
			at: '2026-01-15T17:00:00.000Z',
			name: 'Salon',
			room: 'salon',
			problem: 'silent',
		});
		house.clock.advance(120_000);
		expect(payload(METER)).to.deep.equal(before);
		expect(payload('homeassistant/device/pilotwire_home_probe_salon/config').components).to.have.any.keys('humidity');
	});

	it('are made again when Home Assistant says that it is online, and when the broker comes back', async () => {
		await start();
		const first = mark();
		house.say('homeassistant/status', 'offline');
		house.clock.advance(5_000);
		expect(since(first, SALON)).to.deep.equal([]);
		house.say('homeassistant/status', 'online');
		house.clock.advance(5_000);
		expect(since(first, SALON)).to.have.length(1);
		expect(house.retained('pilotwire/home/home-assistant/state')).to.include({ homeAssistant: 'online' });
		house.hub.down();
		for (const topic of house.discovered) house.hub.retained.delete(topic);
		house.hub.up();
		house.clock.advance(2_000);
		expect(house.discovered).to.include(SALON).and.include(METER);
	});

	it('are made again once, however often Home Assistant says that it is online', async () => {
		await start();
		const [first, timers] = [mark(), house.clock.pending];
		for (let time = 0; time < 100; time += 1) house.say('homeassistant/status', 'online');
		expect(house.clock.pending).to.equal(timers + 1);
		house.clock.advance(5_000);
		expect(since(first, SALON)).to.have.length(1);
	});

	it('are made once for what doesn’t change', async () => {
		await start();
		house.clock.advance(120_000);
		const first = mark();
		for (let time = 0; time < 60; time += 1) {
			house.circuit('salon', {
				name: 'Living room',
				room: 'salon',
				board: '1-20',
				inForce: time % 2 === 0 ? 'eco' : 'off',
			});
			house.clock.advance(1_000);
		}
		expect(since(first).filter((text) => text.includes('"device"'))).to.deep.equal([]);
	});

	it('are made anew for the thing that has changed, and for no other', async () => {
		await start();
		const first = mark();
		house.circuit('salon', { name: 'Parlour', room: 'salon', board: '1-20' });
		house.clock.advance(1_000);
		const told = house.hub.published.slice(first).filter(({ name }) => name.endsWith('/config'));
		expect(told.map(({ name }) => name)).to.deep.equal([SALON]);
		expect(payload(SALON).device['name']).to.equal('Parlour');
	});

	it('disappear with a radiator that is removed while they run', async () => {
		await start();
		house.clock.advance(60_000);
		house.hub.publish({ name: 'pilotwire/home/circuits/salon/state', payload: '', qos: 1, retain: true });
		house.clock.advance(1_000);
		expect(house.discovered).not.to.include(SALON);
	});

	it('disappear with anything else that is cleared, and leave the meter and the hub', async () => {
		await start();
		house.clock.advance(60_000);
		const gone = [
			'boards/1-20',
			'probes/salon',
			'thermostats/cellar',
			'hosts/attic',
			'circuits/boiler',
			'circuits/car',
		];
		for (const name of gone) {
			house.hub.publish({ name: `pilotwire/home/${name}/state`, payload: '', qos: 1, retain: true });
		}
		house.clock.advance(1_000);
		expect(house.discovered).to.deep.equal([SALON, HUB, METER]);
		expect(payload(SALON).device['via_device']).to.equal('pilotwire_home_hub');
	});

	it('disappear with a radiator that was removed before, but not before it had time to speak', async () => {
		await start();
		house.clock.advance(60_000);
		await restart({}, (one) => {
			for (const name of ['circuits/salon/state', 'probes/salon/state'])
				one.hub.retained.delete(`pilotwire/home/${name}`);
		});
		house.clock.advance(50_000);
		expect(house.discovered).to.include(SALON);
		house.clock.advance(10_000);
		expect(house.discovered).not.to.include(SALON);
		expect(house.discovered).to.include(METER);
	});

	it('name what a thing has no longer by its platform alone, which takes it away', async () => {
		await start();
		house.clock.advance(60_000);
		const topic = 'homeassistant/device/pilotwire_home_circuit_boiler/config';
		const first = mark();
		house.circuit('boiler', { owner: 'switch-actuator', kind: 'water_heater' });
		house.clock.advance(5_000);
		const [leaving, gone] = since(first, topic).map((text) => (JSON.parse(text) as Payload).components);
		expect(leaving?.['power']).to.deep.equal({ platform: 'sensor' });
		expect(gone).not.to.have.any.keys('power');
	});

	it('let a meter alone that is silent, after a restart and on an empty broker', async () => {
		await start();
		house.clock.advance(60_000);
		const before = payload(METER);
		await restart({}, (one) => one.hub.retained.clear());
		house.clock.advance(120_000);
		expect(payload(METER)).to.deep.equal(before);
	});

	describe('that move to the other shape', () => {
		const entity = 'homeassistant/climate/pilotwire_home_circuit_salon/climate/config';
		const MIGRATE = '{"migrate_discovery":true}';

		it('let go of each entity, clear its topic and announce the device, in this order', async () => {
			await start({ discovery: 'entity' });
			house.clock.advance(60_000);
			expect(house.discovered).to.include(entity).and.not.to.include(SALON);
			const first = mark();
			await restart();
			house.clock.advance(20_000);
			expect(since(first, entity)).to.deep.equal([MIGRATE, '']);
			const order = house.hub.published.slice(first).map(({ name }) => name);
			expect(order.lastIndexOf(entity)).to.be.below(order.indexOf(SALON));
			expect(house.discovered.every((topic) => topic.startsWith('homeassistant/device/'))).to.equal(true);
		});

		it('let go of each device, and of its topic in peace, before they announce entities', async () => {
			await start();
			house.clock.advance(60_000);
			const first = mark();
			await restart({ discovery: 'entity' });
			house.clock.advance(20_000);
			const [letGo, bridge, cleared, ...more] = since(first, SALON);
			expect([letGo, cleared, more]).to.deep.equal([MIGRATE, '', []]);
			expect(Object.values((JSON.parse(bridge ?? '{}') as Payload).components)[0]).to.include({
				platform: 'device_automation',
			});
			const order = house.hub.published.slice(first).map(({ name }) => name);
			expect(order.lastIndexOf(SALON)).to.be.below(order.indexOf(entity));
			expect(house.discovered.some((topic) => topic.startsWith('homeassistant/device/'))).to.equal(false);
		});

		it('begin again where they were broken off', async () => {
			await start({ discovery: 'entity' });
			house.clock.advance(60_000);
			await restart();
			house.clock.advance(1_000);
			await restart();
			house.clock.advance(20_000);
			expect(house.discovered.every((topic) => topic.startsWith('homeassistant/device/'))).to.equal(true);
			expect(Object.keys(house.remembered.announced as OnBroker).sort()).to.deep.equal(house.discovered);
		});
	});

	describe('figures', () => {
		it('of the meter are thinned, and its registers guarded over a restart', async () => {
			await start({}, () => undefined);
			for (let time = 0; time < 4; time += 1) house.read({ BASE: 1_000 });
			house.clock.advance(10_000);
			expect(house.figures?.energyWh).to.deep.equal({ BASE: 1_000 });
			const first = mark();
			for (let second = 0; second < 30; second += 1) {
				house.clock.advance(1_000);
				house.read({ BASE: 1_001 + second });
			}
			expect(since(first, 'pilotwire/home/home-assistant/meters/main/state')).to.have.length(3);
			await restart();
			house.read({ BASE: 12 });
			house.read({ BASE: 0 });
			house.clock.advance(10_000);
			expect(house.figures?.energyWh['BASE']).to.be.within(1_020, 1_030);
		});

		it('never fall below what was published, where the service was killed before it could remember', async () => {
			await start({}, () => undefined);
			for (let time = 0; time < 4; time += 1) house.read({ BASE: 1_000 });
			house.clock.advance(10_000);
			await restart();
			const memory = structuredClone(house.remembered);
			house.read({ BASE: 1_500 });
			house.clock.advance(10_000);
			expect(house.figures?.energyWh).to.deep.equal({ BASE: 1_500 });
			await restart({ memory }, (one) => one.hub.retained.delete('pilotwire/home/meter/main/reading/state'));
			house.read({ BASE: 1_400 });
			house.clock.advance(10_000);
			expect(house.figures?.energyWh).to.deep.equal({ BASE: 1_500 });
		});

		it('of a meter that says nothing are not said again', async () => {
			await start({}, () => undefined);
			for (let time = 0; time < 4; time += 1) house.read({ BASE: 1_000 });
			house.clock.advance(10_000);
			const first = mark();
			house.clock.advance(60_000);
			expect(since(first, 'pilotwire/home/home-assistant/meters/main/state')).to.deep.equal([]);
		});

		it('count no register of another house’s meter', async () => {
			await start({}, () => undefined);
			house.say('meter/other/reading/state', reading({ BASE: 5 }));
			house.clock.advance(20_000);
			expect(house.hub.retained.has('pilotwire/home/home-assistant/meters/other/state')).to.equal(false);
		});

		it('of a meter that was removed do not stay on the broker', async () => {
			await start({ meters: ['main', 'shed'] }, () => undefined);
			for (let time = 0; time < 4; time += 1) house.say('meter/shed/reading/state', reading({ BASE: 1_000 }));
			house.clock.advance(10_000);
			const topic = 'pilotwire/home/home-assistant/meters/shed/state';
			expect(house.hub.retained.has(topic)).to.equal(true);
			await restart({ meters: ['main'] });
			expect(house.hub.retained.has(topic)).to.equal(false);
		});

		it('of the shedder are thinned, and what it says in words is said at once', async () => {
			const topic = 'pilotwire/home/home-assistant/shedder/state';
			await start();
			const first = mark();
			const waiting = [
				{ circuit: 'salon', phase: 1 as const, since: '2026-01-15T17:00:00.000Z', shed: true, why: 'it waits' },
			];
			house.say('shedder/state', shedderState({ waiting, pausedUntil: '2026-01-15T18:00:00.000Z' }));
			expect(house.retained(topic)).to.deep.include({
				shedding: true,
				shed: ['salon'],
				headroomVA: [5000],
				marginPercent: [90],
			});
			expect(house.retained(topic)).to.include({ pausedUntil: '2026-01-15T18:00:00.000Z' });
			house.say('shedder/state', shedderState({ waiting, pausedUntil: '2026-01-15T18:30:00.000Z' }));
			expect(house.retained(topic)).to.include({ pausedUntil: '2026-01-15T18:30:00.000Z' });
			for (let second = 0; second < 9; second += 1) {
				house.clock.advance(1_000);
				house.say('shedder/state', shedderState());
			}
			expect(since(first, topic).length).to.be.within(3, 4);
		});
	});

	it('say in the log what was done about a register, and why', async () => {
		const { silentLog } = await import('@pilotwire/runtime');
		const warned: string[] = [];
		const log = Object.assign(Object.create(silentLog) as typeof silentLog, {
			warn: (_: unknown, text: string) => warned.push(text),
		});
		await start({ log }, () => undefined);
		const read = (times: number, BASE: number, identity = 'a'.repeat(16)): void => {
			for (let time = 0; time < times; time += 1) {
				house.clock.advance(2_000);
				house.read({ BASE }, { identity });
			}
		};
		read(3, 1_000_000);
		read(3, 12);
		read(160, 5_000_000);
		read(3, 7, 'b'.repeat(16));
		expect(warned).to.deep.equal([
			'BASE of main: expected at least 1000000 Wh, got 12 Wh: Home Assistant keeps 1000000 Wh until it is more again',
			'BASE of main: expected at least 1000000 Wh and little more, got 5000000 Wh for 5 minutes: it is believed',
			'main is another meter than before: its registers count on from where they stood',
		]);
		expect(house.remembered.meters['main']?.registers['BASE']).to.include({ value: 5_000_000 });
	});

	it('are refused nothing that the house says', async () => {
		const { silentLog } = await import('@pilotwire/runtime');
		const warned: string[] = [];
		const log = Object.assign(Object.create(silentLog) as typeof silentLog, {
			warn: (_: unknown, text: string) => warned.push(text),
		});
		await start({ log }, (one) => {
			one.furnish();
			one.say('meter/main/link/state', linkState);
			one.say('circuits/car/state', circuitState('car', { kind: 'charger' }));
		});
		expect(warned).to.deep.equal([]);
	});
});
