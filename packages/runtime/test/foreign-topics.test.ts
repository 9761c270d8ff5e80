import { topics } from '@pilotwire/contract';
import { expect } from 'chai';
import { Bus, createContext, ForeignTopics, silentLog } from '../src/index.ts';
import { MemoryHub, VirtualClock } from '../src/testing/index.ts';

describe('topics of devices that know nothing of the house', () => {
	let hub: MemoryHub;
	let foreign: ForeignTopics;
	let bus: Bus;
	let heard: string[];
	let warnings: string[];
	let failures: unknown[];

	const tell = (name: string, payload: string, retain = false): void => hub.publish({ name, payload, qos: 0, retain });

	beforeEach(() => {
		hub = new MemoryHub();
		[heard, warnings, failures] = [[], [], []];
		const warn = ((_: object, text: string) => warnings.push(text)) as never;
		const context = createContext('switch-actuator', { ...silentLog, warn }, new VirtualClock(), (error) =>
			failures.push(error),
		);
		foreign = new ForeignTopics(context, hub.transport());
		bus = new Bus(context, 'home', foreign);
	});

	it('are heard by their whole names beside the bus, and only those', () => {
		foreign.hear('zigbee2mqtt/plug', (text, { retained }) => void heard.push(`${text} ${retained}`));
		bus.on(topics.circuitSet, {}, (order, { circuit }) => void heard.push(`${circuit} ${String(order)}`));
		tell('zigbee2mqtt/plug', 'old', true);
		bus.start();
		foreign.hear('tele/plug', (text) => void heard.push(text));
		tell('zigbee2mqtt/plug', 'new');
		tell('zigbee2mqtt/other', 'nobody asked');
		tell('tele/plug', 'late');
		tell('pilotwire/home/circuits/salon/set', 'eco');
		expect(heard).to.deep.equal(['old true', 'new false', 'late', 'salon eco']);
	});

	it('are told only while the broker is there, and nothing is queued', async () => {
		expect(foreign.say('zigbee2mqtt/plug/set', 'ON')).to.equal(false);
		bus.start();
		expect(foreign.say('zigbee2mqtt/plug/set', 'ON')).to.equal(true);
		hub.down();
		expect(foreign.say('zigbee2mqtt/plug/set', 'OFF')).to.equal(false);
		hub.up();
		expect(hub.published.filter(({ name }) => name.startsWith('zigbee2mqtt'))).to.deep.equal([
			{ name: 'zigbee2mqtt/plug/set', payload: 'ON', qos: 1, retain: false },
		]);
		await bus.stop();
		expect(foreign.say('zigbee2mqtt/plug/set', 'ON')).to.equal(false);
	});

	it('are heard again after the broker was away', () => {
		foreign.hear('zigbee2mqtt/plug', (text) => void heard.push(text));
		bus.start();
		hub.down();
		hub.up();
		tell('zigbee2mqtt/plug', 'here');
		expect(heard).to.deep.equal(['here']);
	});

	it('never let what stands there grow, or throw into the bus', () => {
		foreign.hear('zigbee2mqtt/plug', (text) => {
			heard.push(text);
			if (text === 'bad') throw new Error('a handler of ours');
		});
		bus.start();
		tell('zigbee2mqtt/plug', 'x'.repeat(70_000));
		tell('zigbee2mqtt/plug', 'x'.repeat(70_000));
		tell('zigbee2mqtt/plug', 'bad');
		tell('zigbee2mqtt/plug', 'good');
		expect(heard).to.deep.equal(['bad', 'good']);
		expect(failures).to.have.length(1);
		expect(warnings).to.deep.equal(['refused on zigbee2mqtt/plug: expected at most 65536 bytes, got 70000 bytes']);
	});
});
