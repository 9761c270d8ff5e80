import { roomFaults, roomSections } from '@pilotwire/runtime';
import { expect } from 'chai';
import * as z from 'zod';
import { switchActuatorSections, switchTopics } from '../src/config.ts';
import { switchActuatorFaults } from '../src/faults.ts';
import { zigbee } from './house.ts';

const schema = z.strictObject({ ...switchActuatorSections, ...roomSections });

describe('the configuration of switches', () => {
	it('takes the least that says where a plug is, and fills in the shapes of Zigbee2MQTT', () => {
		const output = { topic: 'zigbee2mqtt/plug/set' };
		const [plug] = schema.parse({ switches: [{ id: 'plug', powerW: 100, output }] }).switches;
		expect(plug?.output).to.deep.equal({ ...output, on: { state: 'ON' }, off: { state: 'OFF' } });
		expect(plug).to.include({ kind: 'switch', phase: 1, priority: 1, programme: 'comfort', answerS: 10 });
	});

	it('refuses topics that are a wildcard, the house itself or the broker', () => {
		for (const topic of [
			'a/+/b',
			'a/#',
			'pilotwire/home/circuits/salon/set',
			'pilotwire',
			'/pilotwire/x',
			'$SYS/x',
			'',
		]) {
			const { success } = schema.safeParse({ switches: [{ id: 'a', powerW: 1, output: { topic } }] });
			expect(success, topic).to.equal(false);
		}
		for (const topic of ['zigbee2mqtt/Chauffe eau/set', 'pilotwire2/x', 'cmnd/x/POWER']) {
			const { success } = schema.safeParse({ switches: [{ id: 'a', powerW: 1, output: { topic } }] });
			expect(success, topic).to.equal(true);
		}
	});

	it('reports what contradicts itself', () => {
		const { switches } = schema.parse({
			switches: [
				zigbee('a'),
				zigbee('a', { output: { topic: 'other/set' }, feedback: { topic: 'other' } }),
				zigbee('b', { output: { topic: 'zigbee2mqtt/a/set', on: 'x', off: 'y' } }),
				zigbee('c', { output: { topic: 'zigbee2mqtt/b/set', on: 'x' }, hotWater: {} }),
				zigbee('d', { output: { topic: 'other/set' } }),
				zigbee('e', { output: { topic: 'evse', current: { minA: 10, maxA: 6 } } }),
				zigbee('salon'),
			],
		});
		const faults = switchActuatorFaults({ switches, radiators: [{ id: 'salon' }] });
		expect(faults.map(({ path }) => path)).to.deep.equal([
			'switches[1].id',
			'switches[3].hotWater',
			'switches[4].output.topic',
			'switches[5].output.current',
			'switches[5].output.current.minA',
			'switches[6].id',
		]);
	});

	it('refuses what would count as obeyed whatever the plug does: its own order, or the answer of another', () => {
		const { switches } = schema.parse({
			switches: [
				zigbee('a', { feedback: { topic: 'zigbee2mqtt/a/set', path: 'state' } }),
				{ id: 'b', powerW: 100, output: { topic: 'b/set' }, power: { topic: 'b/set', path: 'power' } },
				zigbee('c'),
				zigbee('d', { feedback: { topic: 'zigbee2mqtt/c', path: 'state' } }),
				zigbee('left', { feedback: { topic: 'zigbee2mqtt/two', path: 'state_left' } }),
				zigbee('right', { feedback: { topic: 'zigbee2mqtt/two', path: 'state_right' } }),
				{ id: 'e', powerW: 100, output: { topic: 'e/set' }, power: { topic: 'zigbee2mqtt/f', path: 'power' } },
				zigbee('f'),
				{ id: 'g', powerW: 100, output: { topic: 'g/set' }, power: { topic: 'zigbee2mqtt/f', path: 'power' } },
			],
		});
		const found = switchActuatorFaults({ switches });
		expect(found.map(({ path, received }) => [path, received])).to.deep.equal([
			['switches[0].feedback.topic', 'zigbee2mqtt/a/set'],
			['switches[1].power.topic', 'b/set'],
			['switches[3].feedback', 'state on zigbee2mqtt/c, which answers for c'],
			['switches[6].power', 'power on zigbee2mqtt/f, which answers for f'],
			['switches[8].power', 'power on zigbee2mqtt/f, which answers for e'],
		]);
		expect(found[0]?.expected).to.match(/^another topic than that of the output: .* hear its own orders/);
	});

	it('refuses orders that cannot be told apart, or that reach two circuits, off as well as on', () => {
		const on = (state_left: string) => ({ topic: 'two/set', on: { state_left } });
		const { switches } = schema.parse({
			switches: [
				{ id: 'a', powerW: 100, output: { topic: 'a/set', on: 'TOGGLE', off: 'TOGGLE' } },
				{ id: 'left', powerW: 100, output: { topic: 'two/set' } },
				{ id: 'right', powerW: 100, output: on('ON') },
				{ id: 'b', powerW: 100, output: { topic: 'b/set' }, feedback: { topic: 'b', on: '1', off: 1 } },
				{
					...{ id: 'car', kind: 'charger', powerW: 7400 },
					output: { topic: 'evse/set', current: { maxA: 32, payload: { current: 'A' } } },
				},
			],
		});
		expect(switchActuatorFaults({ switches }).map(({ path, received }) => [path, received])).to.deep.equal([
			['switches[0].output.off', 'TOGGLE'],
			['switches[2].output.topic', '{"state":"OFF"} on two/set, which switches left off too'],
			['switches[3].feedback.off', '1'],
			['switches[4].output.current.payload', '{"current":"A"}'],
		]);
	});

	it('refuses a minimum of hot water that the cheap hours can never give, and hours that end as they begin', () => {
		const heater = (id: string, minimumKWh: number, ...cheapHours: { from: string; to: string }[]) =>
			zigbee(id, { kind: 'water_heater', powerW: 2000, hotWater: { minimumKWh, cheapHours } });
		const night = { from: '22:30', to: '06:30' };
		const { switches } = schema.parse({
			switches: [
				heater('a', 16, night),
				heater('b', 16.5, night),
				heater('c', 20, night, { from: '12:30', to: '14:30' }),
				heater('d', 1, { from: '00:00', to: '00:00' }, night),
				heater('e', 30),
			],
		});
		expect(switchActuatorFaults({ switches }).map(({ path, expected }) => [path, expected])).to.deep.equal([
			['switches[1].hotWater.minimumKWh', 'at most the 16 kWh that 2000 W give in the 8 h of its cheapHours'],
			[
				'switches[3].hotWater.cheapHours[0].to',
				'another time than from; for all day write 00:00 to 12:00 and 12:00 to 00:00',
			],
		]);
	});

	it('refuses a least time off in which the longest wait could not be met, and says what to do', () => {
		const { switches } = schema.parse({
			switches: [
				zigbee('a', { minOffS: 900, maxWaitS: 600 }),
				zigbee('b', { minOffS: 900 }),
				zigbee('c', { minOffS: 600 }),
			],
		});
		const faultsUnder = (enabled: boolean, maxWaitS: number) =>
			switchActuatorFaults({ switches, shedder: { enabled, maxWaitS } }).map(({ path, expected }) => [path, expected]);
		expect(faultsUnder(true, 600)).to.deep.equal([
			['switches[0].minOffS', 'at most the 600 s that it may wait: lower it, or raise its maxWaitS'],
			['switches[1].minOffS', 'at most the 600 s that it may wait: lower it, or raise shedder.maxWaitS'],
		]);
		expect(faultsUnder(true, 1_800).map(([path]) => path)).to.deep.equal(['switches[0].minOffS']);
		expect(faultsUnder(false, 600)).to.deep.equal([]);
	});

	it('reports a room that nobody named, and one named twice', () => {
		const { switches, rooms } = schema.parse({
			rooms: [{ id: 'salon' }, { id: 'salon' }],
			switches: [zigbee('a', { room: 'salon' }), zigbee('b', { room: 'cellar' })],
		});
		expect(roomFaults({ rooms, switches, radiators: [{ room: 'salon' }, {}] })).to.deep.equal([
			{ path: 'rooms[1].id', expected: 'an id of its own for each room', received: 'salon again' },
			{ path: 'switches[1].room', expected: 'one of rooms (salon, salon)', received: 'cellar' },
		]);
		expect(roomFaults({ rooms: [], switches })[0]?.expected).to.match(/which is empty$/);
	});

	it('refuses a guard that a room as warm as wanted would still need', () => {
		const { rooms } = schema.parse({
			rooms: [
				{ id: 'cellar', wantedC: 8, guardC: 8 },
				{ id: 'salon', wantedC: 19, guardC: 16 },
			],
		});
		expect(roomFaults({ rooms }).map(({ path, received }) => [path, received])).to.deep.equal([
			['rooms[0].guardC', '8 °C'],
		]);
	});

	it('names every topic that the service needs a right to, once', () => {
		const power = { topic: 'tele/b/SENSOR' };
		const { switches } = schema.parse({ switches: [zigbee('a'), zigbee('b', { power })] });
		expect(switchTopics(switches)).to.deep.equal({
			publish: ['zigbee2mqtt/a/set', 'zigbee2mqtt/b/set'],
			read: ['zigbee2mqtt/a', 'zigbee2mqtt/b', 'tele/b/SENSOR'],
		});
	});
});
