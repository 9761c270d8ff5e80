import { pbkdf2Sync } from 'node:crypto';
import { expect } from 'chai';
import {
	filtersOf,
	isMosquittoName,
	mayPublish,
	maySubscribe,
	mosquittoPassword,
	mosquittoRights,
} from '../src/index.ts';

describe("accounts in Mosquitto's files", () => {
	it('have their password as a hash with a salt of 12 bytes, as all of its versions from 2.0 on read it', () => {
		const lines = [
			mosquittoPassword('lou', 'secret', { chosen: true }),
			mosquittoPassword('lou', 'secret', { chosen: true }),
		];
		expect(lines[0]).to.not.equal(lines[1]);
		for (const line of lines) {
			const [name, empty, kind, rounds, salt = '', hash] = line.split(/[:$]/);
			expect([name, empty, kind]).to.deep.equal(['lou', '', '7']);
			expect(Number(rounds)).to.be.at.least(10_000);
			const bytes = Buffer.from(salt, 'base64');
			expect(bytes).to.have.length(12);
			expect(hash).to.equal(pbkdf2Sync('secret', bytes, Number(rounds), 64, 'sha512').toString('base64'));
			expect(line).to.not.contain('secret');
		}
	});

	it('are left out where their name would break the file', () => {
		for (const name of ['lou', 'Lou Martin', 'élodie', 'a#b']) expect(isMosquittoName(name), name).to.equal(true);
		for (const name of ['', 'a:b', 'a\nuser admin', ' lou', '#lou'])
			expect(isMosquittoName(name), name).to.equal(false);
	});

	it('have one line for each filter', () => {
		const rights = { publish: ['a/+', 'b', 'b'], read: ['b', 'c/#', 'd\ntopic readwrite #'] };
		const lines = ['topic write a/+', 'topic readwrite b', 'topic read c/#'];
		expect(mosquittoRights('lou', rights)).to.deep.equal(['user lou', ...lines]);
		expect(mosquittoRights(undefined, rights)).to.deep.equal(lines);
	});

	it('have rights by filters: those of the rules, with a wildcard for the id of a caller', () => {
		const lou = { kind: 'person', name: 'lou', role: 'viewer' } as const;
		const { publish, read } = filtersOf('home', lou);
		expect(publish).to.deep.equal(['pilotwire/home/services/telemetry/rpc/+']);
		expect(read).to.include.members(['pilotwire/home/meter/#', 'pilotwire/home/services/+/rpc/+/reply']);
		const exact = read.filter((filter) => !filter.includes('rpc'));
		for (const filter of exact) expect(maySubscribe('home', lou, filter), filter).to.equal(true);
	});

	it('have the topics of devices that a configuration names, for the service alone', () => {
		const foreign = {
			simulator: { publish: ['zigbee2mqtt/boiler', 'pilotwire/home/x', '$SYS/x'], read: ['zigbee2mqtt/boiler/set'] },
		};
		const service = (name: string) => filtersOf('home', { kind: 'service', name }, foreign);
		expect(service('simulator').publish).to.include('zigbee2mqtt/boiler').and.not.include.members(['pilotwire/home/x']);
		expect(service('simulator').read).to.include('zigbee2mqtt/boiler/set');
		expect(service('web').publish).to.not.include('zigbee2mqtt/boiler');
	});

	it('have no root of their own where it is taken', () => {
		const { publish } = filtersOf('home', { kind: 'device', name: 'homeassistant' });
		expect(publish).to.deep.equal(
			['devices', 'hosts', 'agents'].map((branch) => `pilotwire/home/${branch}/homeassistant/#`),
		);
		expect(mayPublish('home', { kind: 'device', name: 'homeassistant' }, 'homeassistant/status')).to.equal(false);
	});
});
