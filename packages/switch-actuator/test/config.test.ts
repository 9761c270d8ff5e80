import { roomFaults, roomSections } from '@pilotwire/runtime';
import { expect } from 'chai';
import * as z from 'zod';
import { switchActuatorFaults, switchActuatorSections, switchTopics } from '../src/config.ts';
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
				zigbee('a', { output: { topic: 'other/set' } }),
				zigbee('b', { output: { topic: 'zigbee2mqtt/a/set', on: 'x' } }),
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

	it('names every topic that the service needs a right to, once', () => {
		const power = { topic: 'tele/b/SENSOR' };
		const { switches } = schema.parse({ switches: [zigbee('a'), zigbee('b', { power })] });
		expect(switchTopics(switches)).to.deep.equal({
			publish: ['zigbee2mqtt/a/set', 'zigbee2mqtt/b/set'],
			read: ['zigbee2mqtt/a', 'zigbee2mqtt/b', 'tele/b/SENSOR'],
		});
	});
});
