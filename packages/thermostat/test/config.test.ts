import { expect } from 'chai';
import { probeTopics, thermostatFaults, thermostatSections } from '../src/index.ts';

const probes = thermostatSections.probes.parse([
	{ id: 'beer', source: { oneWire: '28-00000a1b2c3d' } },
	{ id: 'salon', room: 'salon', source: { topic: 'zigbee2mqtt/salon', temperature: 'temperature' } },
]);
const surroundings = {
	probes,
	rooms: [{ id: 'salon' }],
	radiators: [
		{ id: 'salon', programme: 'comfort' },
		{ id: 'bench', programme: 'off' },
	],
	switches: [{ id: 'fridge', programme: 'off' }],
};
const thermostats = (...given: Record<string, unknown>[]) =>
	thermostatSections.thermostats.parse(given.map((one) => ({ id: 'brew', probe: 'beer', ...one })));
const faultsOf = (...given: Record<string, unknown>[]): string[] =>
	thermostatFaults({ ...surroundings, thermostats: thermostats(...given) }).map(({ path }) => path);

describe("the thermostat's configuration", () => {
	it('takes a radiator on its pilot wire and a plug as heater and cooler', () => {
		expect(faultsOf({ heats: 'bench', cools: 'fridge', mode: 'both' })).to.deep.equal([]);
		expect(probeTopics(probes)).to.deep.equal(['zigbee2mqtt/salon']);
	});

	it('refuses a circuit that would heat while nobody runs it', () => {
		const [fault] = thermostatFaults({ ...surroundings, thermostats: thermostats({ heats: 'salon' }) });
		expect(fault?.expected).to.include('programme: off');
		expect(fault?.received).to.include('comfort');
	});

	it('refuses what nobody named, what has nothing to do, and a mode without its circuit', () => {
		expect(faultsOf({ heats: 'cellar' })).to.deep.equal(['thermostats[0].heats']);
		expect(faultsOf({ probe: 'wine', heats: 'bench' })).to.deep.equal(['thermostats[0].probe']);
		expect(faultsOf({ mode: 'off' })).to.deep.equal(['thermostats[0].heats']);
		expect(faultsOf({ heats: 'bench', mode: 'cool' })).to.deep.equal(['thermostats[0].cools']);
	});

	it('refuses names twice, and a circuit that two would run', () => {
		expect(faultsOf({ heats: 'bench' }, { heats: 'fridge' })).to.deep.equal(['thermostats[1].id']);
		expect(faultsOf({ heats: 'bench' }, { id: 'wine', heats: 'bench' })).to.deep.equal(['thermostats[1].heats']);
		expect(faultsOf({ heats: 'bench', cools: 'bench' })).to.deep.equal(['thermostats[0].cools']);
		expect(faultsOf({ id: 'fridge', heats: 'bench' })).to.deep.equal(['thermostats[0].id']);
	});

	it('refuses probes named twice, and rooms that are none', () => {
		const twice = [
			...probes,
			...thermostatSections.probes.parse([{ id: 'beer', room: 'attic', source: { iio: 'bme280' } }]),
		];
		const faults = thermostatFaults({ ...surroundings, probes: twice, thermostats: [] });
		expect(faults.map(({ path }) => path)).to.deep.equal(['probes[2].id', 'probes[2].room']);
	});

	it('refuses a serial number or a source that can be none, with what was expected', () => {
		for (const source of [
			{ oneWire: '28-xyz' },
			{ iio: '../etc' },
			{ topic: 'pilotwire/home/x' },
			{ topic: 'a/#' },
			{},
		])
			expect(thermostatSections.probes.safeParse([{ id: 'beer', source }]).success, JSON.stringify(source)).to.equal(
				false,
			);
	});
});
