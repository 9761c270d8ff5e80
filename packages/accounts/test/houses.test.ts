import { expect } from 'chai';
import fc from 'fast-check';
import { filtersOf, mayPublish, maySubscribe, type Principal, rightsOf } from '../src/index.ts';

const call = 'c0123456789ab';
const dupont: Principal = { kind: 'home', name: 'dupont-box', house: 'dupont' };
const fitter: Principal = { kind: 'integrator', name: 'fitter', houses: ['dupont', 'roux'] };

/** Beside the broker's own house, which may be called anything. */
const sites = ['engine', 'dupont', 'home'];

/** Topics below a house, and what an integrator may do with them: in any house, and in one that it is given. */
const table: readonly (readonly [topic: string, anywhere: string, given: string])[] = [
	['meter/main/load/state', 'read', 'read'],
	['meter/+/load/state', 'read', 'read'],
	['meter/#', 'read', 'read'],
	['circuits/salon/state', 'read', 'read'],
	['circuits/salon/set', 'read', 'read publish'],
	['circuits/all/set', 'read', 'read publish'],
	['programmes/set', 'read', 'read publish'],
	['absence/set', 'read', 'read publish'],
	['thermostats/cellar/set', 'read', 'read publish'],
	['services/bridge/status', 'read', 'read'],
	['alerts/state', 'read', 'read'],
	['hosts/pi/state', 'read', 'read'],
	// A line says whose meter it is, an agent is a machine from within, and an answer is the caller's.
	['lines/main/log', '', ''],
	['agents/pi/state', '', ''],
	['agents/pi/to/x', '', ''],
	['hosts/pi/set', '', ''],
	['bridge/event', '', ''],
	[`services/telemetry/rpc/${call}`, '', 'publish'],
	[`services/telemetry/rpc/${call}/reply`, '', 'read'],
	[`services/telemetry-admin/rpc/${call}`, '', ''],
	['services/telemetry/rpc/+/reply', '', ''],
	['services/#', '', ''],
	['#', '', ''],
	['', '', ''],
];

const may = (principal: Principal, topic: string, site = 'engine'): string =>
	[maySubscribe(site, principal, topic) && 'read', mayPublish(site, principal, topic) && 'publish']
		.filter(Boolean)
		.join(' ');

describe('a broker that many houses share', () => {
	it('gives a house itself, whole, whatever its account and the broker are called', () => {
		for (const site of sites) {
			for (const [topic] of table) {
				const below = topic === '' ? 'pilotwire/dupont' : `pilotwire/dupont/${topic}`;
				const wild = /[+#]/.test(topic);
				expect(may(dupont, below, site), below).to.equal(wild ? 'read' : 'read publish');
			}
		}
	});

	it('gives a house nothing of another, and no filter that reaches beyond it', () => {
		const beyond = [
			...table.flatMap(([topic]) => [`pilotwire/martin/${topic}`, `pilotwire/engine/${topic}`, `pilotwire/+/${topic}`]),
			...['#', '+', '+/#', '+/dupont/#', '+/dupont/meter/main/load/state', 'pilotwire', 'pilotwire/#', 'pilotwire/+'],
			...['pilotwire/dupont2/x', 'pilotwire/dupon', 'Pilotwire/dupont/x', '/pilotwire/dupont/x', 'pilotwire//dupont/x'],
			...['$SYS/#', '$share/g/pilotwire/martin/#', 'homeassistant/#', 'channels/x', 'dupont/x', 'dupont-box/x'],
		];
		for (const site of sites) for (const topic of beyond) expect(may(dupont, topic, site), topic).to.equal('');
	});

	it('lets an integrator read how every house does, and command those that it is given', () => {
		for (const [topic, anywhere, given] of table) {
			for (const house of ['dupont', 'roux']) expect(may(fitter, `pilotwire/${house}/${topic}`), topic).to.equal(given);
			expect(may(fitter, `pilotwire/martin/${topic}`), topic).to.equal(anywhere);
			expect(may(fitter, `pilotwire/+/${topic}`), topic).to.equal(anywhere.replace(' publish', ''));
		}
		for (const topic of ['#', 'pilotwire/#', '+/+/meter/#', 'homeassistant/#', 'homeassistant/status', '$SYS/#'])
			expect(may(fitter, topic), topic).to.equal('');
	});

	it('takes no wildcard for the name of a house', () => {
		for (const house of ['+', '#', '', 'a/b', 'all', 'a b', 'Dupont']) {
			const principals: Principal[] = [
				{ kind: 'home', name: 'x', house },
				{ kind: 'integrator', name: 'x', houses: [house] },
			];
			for (const principal of principals)
				for (const topic of ['pilotwire/martin/circuits/salon/set', `pilotwire/${house}/circuits/salon/set`])
					expect(mayPublish('engine', principal, topic), topic).to.equal(false);
			expect(filtersOf('engine', principals[0] as Principal)).to.deep.equal({ publish: [], read: [] });
		}
	});

	it('lets neither into channels', () => {
		for (const principal of [dupont, fitter]) expect(rightsOf('engine', principal).mayUseChannels).to.equal(false);
	});

	it('keeps houses apart by filters too, for brokers that have these alone', () => {
		expect(filtersOf('engine', dupont)).to.deep.equal({
			publish: ['pilotwire/dupont/#'],
			read: ['pilotwire/dupont/#'],
		});
		const { publish, read } = filtersOf('engine', fitter);
		for (const filter of publish) expect(filter).to.match(/^pilotwire\/(dupont|roux)\//);
		for (const filter of read) expect(filter).to.match(/^pilotwire\/(dupont|roux|\+)\/[a-z]/);
		expect(read).to.include('pilotwire/+/meter/#').and.not.include('pilotwire/+/services/+/rpc/+/reply');
	});

	it('lets no house near another by any topic or filter at all', () => {
		const level = fc.constantFrom(
			'pilotwire',
			'dupont',
			'martin',
			'+',
			'#',
			'',
			'circuits',
			'salon',
			'set',
			'$share',
			'g',
		);
		fc.assert(
			fc.property(fc.array(level, { minLength: 1, maxLength: 6 }), (levels) => {
				const asked = levels.join('/');
				if (mayPublish('engine', dupont, asked) || maySubscribe('engine', dupont, asked))
					expect(`${asked}/`.startsWith('pilotwire/dupont/'), asked).to.equal(true);
			}),
			{ numRuns: 3_000 },
		);
	});
});
