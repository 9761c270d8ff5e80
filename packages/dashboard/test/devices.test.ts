import { type DeviceState, topicName, topics } from '@pilotwire/contract';
import { expect } from 'chai';
import { type Devices, hearDevice, listed, outcomeIn } from '../src/core/devices.ts';

const at = '2026-01-15T17:00:00.000Z';
const bytes = (value: unknown): Uint8Array =>
	new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
const topicOf = (device: string): string => topicName('home', topics.device, { device });
const state = (connected: boolean): DeviceState => ({
	at,
	type: 'box',
	status: connected ? 'online' : 'offline',
	connected,
});

describe('the devices’ screen', () => {
	const none: Devices = new Map();

	it('shows each device as the bus last told of it, until its topic is cleared', () => {
		const one = hearDevice(none, 'home', topicOf('cellar'), bytes(state(true)));
		expect(one.get('cellar')).to.deep.equal(state(true));
		expect(hearDevice(one, 'home', topicOf('cellar'), bytes('')).size).to.equal(0);
	});

	it('changes nothing for what is malformed, or another topic', () => {
		for (const [topic, payload] of [
			[topicOf('cellar'), '{'],
			[topicOf('cellar'), '{"status":1}'],
			['pilotwire/home/circuits/cellar/state', state(true)],
			['pilotwire/other/devices/cellar/state', state(true)],
		] as const)
			expect(hearDevice(none, 'home', topic, bytes(payload))).to.equal(none);
	});

	it('lists those that are there first, by name', () => {
		const devices = new Map([
			['b', state(false)],
			['c', state(true)],
			['a', state(true)],
		]);
		expect(listed(devices).map(([name]) => name)).to.deep.equal(['a', 'c', 'b']);
	});

	it('hears what became of a command', () => {
		const topic = topicName('home', topics.deviceEvent, { device: 'cellar' });
		const event = { at, kind: 'command', id: 'web-1', command: 'open', outcome: 'acknowledged' };
		const told = { device: 'cellar', id: 'web-1', outcome: 'acknowledged' };
		expect(outcomeIn('home', topic, bytes(event))).to.deep.equal(told);
		expect(outcomeIn('home', topic, bytes('{}'))).to.equal(undefined);
		expect(outcomeIn('home', topicOf('cellar'), bytes(event))).to.equal(undefined);
	});
});
