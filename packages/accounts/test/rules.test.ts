import { alertTopics, bridgeTopics, remoteTopics, topicName, topics } from '@pilotwire/contract';
import { expect } from 'chai';
import fc from 'fast-check';
import {
	filtersOf,
	mayPublish,
	maySubscribe,
	nameless,
	type Principal,
	rightsOf,
	roles,
	serviceNames,
} from '../src/index.ts';

const call = 'c0123456789ab';

/** Everyone the table knows, and one service that it doesn't. */
const everyone: Readonly<Record<string, Principal>> = {
	...Object.fromEntries(roles.map((role) => [role, { kind: 'person', name: 'somebody', role } as const])),
	...Object.fromEntries([...serviceNames, 'newcomer'].map((name) => [name, { kind: 'service', name } as const])),
	probe: { kind: 'device', name: 'probe' },
};

/** All that anybody has, as filters. */
const everyoneFilters = (): string[] =>
	Object.values(everyone).flatMap((principal) => {
		const { publish, read } = filtersOf('home', principal);
		return [...publish, ...read];
	});

/** Who may publish there; all others may not. */
const publishers: Readonly<Record<string, string>> = {
	'pilotwire/home/meter/main/load/state': 'admin meter-reader',
	'pilotwire/home/meter/main/load/log': 'admin meter-reader',
	'pilotwire/home/meter/main/reading/state': 'admin meter-reader',
	'pilotwire/home/meter/main/link/state': 'admin meter-reader',
	'pilotwire/home/lines/main/log': 'admin meter-reader',
	'pilotwire/home/lines/main/set': 'admin',
	'pilotwire/home/circuits/salon/state': 'admin radiator-actuator switch-actuator',
	'pilotwire/home/circuits/salon/set': 'admin resident radiator-actuator switch-actuator web bridge',
	'pilotwire/home/circuits/all/set': 'admin resident radiator-actuator switch-actuator web bridge',
	'pilotwire/home/planner/salon/state': 'admin planner thermostat',
	'pilotwire/home/planner/cellar/target/state': 'admin planner',
	'pilotwire/home/programmes/state': 'admin planner',
	'pilotwire/home/programmes/set': 'admin resident planner bridge',
	'pilotwire/home/absence/state': 'admin planner',
	'pilotwire/home/absence/set': 'admin resident planner bridge',
	[`pilotwire/home/services/planner/rpc/${call}`]: 'admin resident cli planner bridge',
	'pilotwire/home/probes/salon/state': 'admin simulator thermostat',
	'pilotwire/home/probes/salon/set': 'admin resident bridge',
	'pilotwire/home/thermostats/cellar/state': 'admin thermostat',
	'pilotwire/home/thermostats/cellar/set': 'admin resident bridge',
	'pilotwire/home/boards/1-32/state': 'admin radiator-actuator',
	'pilotwire/home/shedder/shed/state': 'admin load-shedder',
	'pilotwire/home/shedder/state': 'admin load-shedder',
	'pilotwire/home/shedder/event': 'admin load-shedder',
	'pilotwire/home/shedder/set': 'admin resident load-shedder bridge',
	'pilotwire/home/commissioning/state': 'admin load-shedder',
	'pilotwire/home/hosts/attic/state': 'admin host-monitor',
	'pilotwire/home/hosts/attic/log': 'admin host-monitor',
	'pilotwire/home/hosts/attic/status': 'admin host-monitor',
	// Whoever watches sees the command lines of programs, which say more than a resident need know.
	'pilotwire/home/hosts/attic/set': 'admin',
	'pilotwire/home/hosts/probe/state': 'admin host-monitor probe',
	'pilotwire/home/agents/attic/state': 'admin remote-agent',
	'pilotwire/home/agents/attic/status': 'admin remote-agent',
	'pilotwire/home/agents/attic/log': 'admin remote-agent',
	// Whoever may ask an agent has that machine's files, camera and commands.
	[`pilotwire/home/agents/attic/to/${call}`]: 'admin remote-agent',
	[`pilotwire/home/agents/attic/from/${call}`]: 'admin remote-agent',
	[`pilotwire/home/agents/probe/from/${call}`]: 'admin remote-agent probe',
	'pilotwire/home/agents/all/to/c1': 'admin remote-agent',
	'pilotwire/home/telemetry/state': 'admin telemetry',
	'pilotwire/home/alerts/state': 'admin alerts',
	'pilotwire/home/bridge/state': 'admin bridge',
	// Only on an outside broker somebody says it; at home it would be a bridge that leads back.
	'pilotwire/home/bridge/event': 'admin',
	[`pilotwire/home/services/alerts/rpc/${call}`]: 'admin resident cli alerts',
	'pilotwire/home/tariff/state': 'admin meter-reader',
	'pilotwire/home/tariff/prices/state': 'admin telemetry',
	'pilotwire/home/tariff/prices/set': 'admin resident telemetry bridge',
	'pilotwire/home/advice/state': 'admin telemetry',
	'pilotwire/home/advice/set': 'admin resident telemetry bridge',
	[`pilotwire/home/services/telemetry/rpc/${call}`]: 'admin resident viewer cli telemetry web bridge',
	// What changes the history is for administrators.
	[`pilotwire/home/services/telemetry-admin/rpc/${call}`]: 'admin cli bridge',
	[`pilotwire/home/services/telemetry-admin/rpc/${call}/reply`]: 'admin telemetry',
	[`pilotwire/home/services/meter-reader/rpc/${call}`]: 'admin resident cli meter-reader bridge',
	[`pilotwire/home/services/web/rpc/${call}`]: 'admin cli web',
	[`pilotwire/home/services/load-shedder/rpc/${call}`]: 'admin cli load-shedder',
	'pilotwire/home/services/telemetry/rpc/short': 'admin telemetry',
	[`pilotwire/home/services/telemetry/rpc/${call}/reply`]: 'admin telemetry',
	[`pilotwire/home/services/load-shedder/rpc/${call}/reply`]: 'admin load-shedder',
	'pilotwire/home/devices/probe/state': 'admin device-gateway probe',
	'pilotwire/home/devices/probe/status': 'admin device-gateway probe',
	'pilotwire/home/devices/probe/telemetry': 'admin probe',
	'pilotwire/home/devices/probe/set': 'admin resident device-gateway probe bridge',
	'pilotwire/home/devices/probe/event': 'admin device-gateway probe',
	'pilotwire/home/devices/other/telemetry': 'admin',
	'pilotwire/home/devices/all/set': 'admin resident device-gateway bridge',
	[`pilotwire/home/services/device-gateway/rpc/${call}`]: 'admin resident cli device-gateway web bridge',
	// Which devices there are is for administrators.
	[`pilotwire/home/services/device-gateway-admin/rpc/${call}`]: 'admin cli bridge',
	[`pilotwire/home/services/device-gateway-admin/rpc/${call}/reply`]: 'admin device-gateway',
	'pilotwire/home/devices/probe/measured/state': 'admin probe',
	'pilotwire/home/devices/probe': 'admin probe',
	'pilotwire/home/devices/other/measured/state': 'admin',
	'pilotwire/home/devices/probe2/state': 'admin device-gateway',
	'pilotwire/home/devices': 'admin',
	'pilotwire/home/anything': 'admin',
	'probe/measured': 'probe',
	probe: 'probe',
	'zigbee2mqtt/plug/set': '',
	'homeassistant/status': 'admin resident',
	'homeassistant/climate/salon/config': 'admin home-assistant',
	'homeassistant/device/salon/config': 'admin home-assistant',
	'homeassistant/sensor/meter/energy/config': 'admin home-assistant',
	'homeassistant/sensor/meter/energy/state': 'admin',
	'pilotwire/home/home-assistant/state': 'admin home-assistant',
	'pilotwire/home/home-assistant/meters/main/state': 'admin home-assistant',
	'pilotwire/home/home-assistant/shedder/state': 'admin home-assistant',
	...Object.fromEntries(
		[...serviceNames, 'newcomer'].map((name) => [`pilotwire/home/services/${name}/status`, `admin ${name}`]),
	),
	// Nobody, whoever asks.
	'channels/attic/join': '',
	'channels/attic/broadcast/one': '',
	'$SYS/broker/uptime': '',
	$SYS: '',
	'$share/group/pilotwire/home/circuits/salon/set': '',
	'pilotwire/other/circuits/salon/set': '',
	'pilotwire/home2/circuits/salon/set': '',
	'pilotwire/circuits/salon/set': '',
	'Pilotwire/home/circuits/salon/set': '',
	'/pilotwire/home/circuits/salon/set': '',
	'pilotwire/home/circuits/salon/set/': '',
	'pilotwire/home//circuits/salon/set': '',
	'pilotwire/home/circuits//set': '',
	'pilotwire/home/circuits/+/set': '',
	'pilotwire/home/circuits/#': '',
	'#': '',
	'': '',
	'pilotwire/home/devices/probe/../../circuits/salon/set': '',
	'pilotwire/home/devices/probe/../other/state': '',
	'pilotwire/home/devices/./state': '',
	'pilotwire/home/circuits/..': '',
	'pilotwire/home/circuits/salon/set\0': '',
	'pilotwire/home/circuits/sal\0on/set': '',
	'pilotwire/home/circuits/s\u0430lon/set': '',
	'pilotwire/home/\u0441ircuits/salon/set': '',
	'pilotwire/home\u200B/circuits/salon/set': '',
	'pilotwire/home\u2215circuits/salon/set': '',
	'pilotwire/home/circuits/salon/set\n': '',
	'pilotwire/home/circuits/sal on/set': '',
	'pilotwire/home/circuits/%2e%2e/set': '',
	'pilotwire/home/devices/\uFF50robe/state': '',
};

const anyoneReadsStates = 'admin resident viewer telemetry terminal bridge';

/** Who may subscribe to it; all others may not. */
const readers: Readonly<Record<string, string>> = {
	'pilotwire/home/meter/+/load/state': `${anyoneReadsStates} radiator-actuator switch-actuator load-shedder web alerts`,
	'pilotwire/home/meter/main/load/state': `${anyoneReadsStates} radiator-actuator switch-actuator load-shedder web alerts`,
	'pilotwire/home/meter/+/link/state': `${anyoneReadsStates} alerts`,
	'pilotwire/home/alerts/state': anyoneReadsStates,
	'pilotwire/home/bridge/state': anyoneReadsStates,
	'pilotwire/home/bridge/event': 'admin bridge',
	'pilotwire/home/meter/main/load/log': anyoneReadsStates,
	'pilotwire/home/meter/#': anyoneReadsStates,
	// A line says whose meter it is.
	'pilotwire/home/lines/+/log': 'admin telemetry bridge',
	'pilotwire/home/lines/main/log': 'admin telemetry bridge',
	'pilotwire/home/lines/#': 'admin',
	'pilotwire/home/meter': anyoneReadsStates,
	'pilotwire/home/meter/+': anyoneReadsStates,
	'pilotwire/home/circuits/+/state': `${anyoneReadsStates} radiator-actuator switch-actuator load-shedder home-assistant planner thermostat web alerts`,
	'pilotwire/home/circuits/+/set': `${anyoneReadsStates} radiator-actuator switch-actuator`,
	'pilotwire/home/circuits/+/+': anyoneReadsStates,
	'pilotwire/home/circuits/#': anyoneReadsStates,
	'pilotwire/home/planner/+/state': `${anyoneReadsStates} radiator-actuator switch-actuator planner`,
	'pilotwire/home/planner/+/target/state': `${anyoneReadsStates} planner thermostat`,
	'pilotwire/home/programmes/state': anyoneReadsStates,
	'pilotwire/home/programmes/set': `${anyoneReadsStates} planner`,
	'pilotwire/home/absence/state': anyoneReadsStates,
	'pilotwire/home/absence/set': `${anyoneReadsStates} planner`,
	'pilotwire/home/probes/+/state': `${anyoneReadsStates} radiator-actuator switch-actuator load-shedder home-assistant thermostat alerts`,
	'pilotwire/home/meter/+/reading/state': `${anyoneReadsStates} load-shedder home-assistant planner web`,
	'pilotwire/home/tariff/state': `${anyoneReadsStates} switch-actuator planner`,
	'pilotwire/home/tariff/prices/state': anyoneReadsStates,
	'pilotwire/home/advice/state': anyoneReadsStates,
	'pilotwire/home/boards/+/state': `${anyoneReadsStates} radiator-actuator home-assistant alerts`,
	'pilotwire/home/shedder/shed/state': `${anyoneReadsStates} radiator-actuator switch-actuator`,
	'pilotwire/home/shedder/state': `${anyoneReadsStates} home-assistant alerts`,
	'pilotwire/home/shedder/event': `${anyoneReadsStates} web`,
	'pilotwire/home/shedder/+': anyoneReadsStates,
	'pilotwire/home/commissioning/state': `${anyoneReadsStates} load-shedder cli`,
	'pilotwire/home/commissioning/#': anyoneReadsStates,
	'pilotwire/home/hosts/+/state': `${anyoneReadsStates} home-assistant`,
	'pilotwire/home/hosts/+/status': anyoneReadsStates,
	'pilotwire/home/hosts/attic/log': 'admin',
	'pilotwire/home/hosts/+/set': 'admin host-monitor',
	'pilotwire/home/hosts/probe/set': 'admin host-monitor probe',
	'pilotwire/home/agents/+/state': 'admin',
	'pilotwire/home/agents/+/from/+': 'admin',
	'pilotwire/home/agents/attic/to/+': 'admin remote-agent',
	'pilotwire/home/agents/all/to/+': 'admin remote-agent probe',
	'pilotwire/home/agents/probe/to/+': 'admin remote-agent probe',
	'pilotwire/home/agents/probe/from/+': 'admin',
	'pilotwire/home/probes/+/set': `${anyoneReadsStates} thermostat`,
	'pilotwire/home/thermostats/+/state': `${anyoneReadsStates} thermostat home-assistant planner`,
	'pilotwire/home/thermostats/+/set': `${anyoneReadsStates} thermostat`,
	'pilotwire/home/telemetry/state': `${anyoneReadsStates} alerts`,
	'pilotwire/home/services/+/status': `${anyoneReadsStates} web alerts`,
	'pilotwire/home/services/telemetry/status': `${anyoneReadsStates} web alerts`,
	[`pilotwire/home/services/+/rpc/${call}/reply`]: 'admin resident viewer cli web bridge',
	[`pilotwire/home/services/telemetry/rpc/${call}/reply`]: 'admin resident viewer cli web bridge',
	'pilotwire/home/services/telemetry-admin/rpc/+': 'admin telemetry',
	'pilotwire/home/services/telemetry/rpc/short/reply': 'admin',
	'pilotwire/home/services/+/rpc/+/reply': 'admin',
	'pilotwire/home/services/telemetry/rpc/+/reply': 'admin',
	'pilotwire/home/services/telemetry/rpc/+': 'admin telemetry',
	[`pilotwire/home/services/telemetry/rpc/${call}`]: 'admin telemetry',
	'pilotwire/home/services/telemetry/rpc/#': 'admin',
	[`pilotwire/home/services/telemetry/rpc/${call}/#`]: 'admin',
	'pilotwire/home/services/#': 'admin',
	'pilotwire/home/services/+/+': 'admin',
	'pilotwire/home/services/telemetry/+': 'admin',
	'pilotwire/home/services/newcomer/rpc/+': 'admin newcomer',
	'pilotwire/home/+/+/state': 'admin',
	'pilotwire/home/+': 'admin',
	'pilotwire/home/#': 'admin',
	'pilotwire/home': 'admin',
	'pilotwire/home/devices/#': anyoneReadsStates,
	'pilotwire/home/devices/probe/#': `${anyoneReadsStates} probe`,
	'pilotwire/home/devices/probe/+/state': `${anyoneReadsStates} probe`,
	'pilotwire/home/devices/+/state': `${anyoneReadsStates} device-gateway web`,
	'pilotwire/home/devices/+/status': `${anyoneReadsStates} device-gateway`,
	'pilotwire/home/devices/+/telemetry': `${anyoneReadsStates} device-gateway`,
	'pilotwire/home/devices/+/set': `${anyoneReadsStates} device-gateway`,
	'pilotwire/home/devices/+/event': `${anyoneReadsStates} web`,
	'pilotwire/home/devices/probe/set': `${anyoneReadsStates} device-gateway probe`,
	'pilotwire/home/services/device-gateway-admin/rpc/+': 'admin device-gateway',
	'pilotwire/home/devices/other/#': anyoneReadsStates,
	'probe/#': 'probe',
	'probe/+/set': 'probe',
	'zigbee2mqtt/#': '',
	'homeassistant/#': anyoneReadsStates,
	'homeassistant/status': `${anyoneReadsStates} home-assistant`,
	'homeassistant/device/+/config': anyoneReadsStates,
	'pilotwire/home/home-assistant/meters/+/state': `${anyoneReadsStates} home-assistant`,
	'pilotwire/home/home-assistant/state': anyoneReadsStates,
	'$SYS/#': 'admin',
	'$SYS/broker/uptime': 'admin',
	'$SYS/+/new/clients': 'admin',
	// Nobody, whoever asks.
	'#': '',
	'+': '',
	'+/#': '',
	'+/home/#': '',
	'+/+/circuits/salon/state': '',
	'pilotwire/#': '',
	'pilotwire/+': '',
	'pilotwire/+/circuits/+/state': '',
	pilotwire: '',
	'pilotwire/other/#': '',
	'pilotwire/other/circuits/salon/state': '',
	'pilotwire/home/circuits/#/state': '',
	'pilotwire/home/circuits/a+/state': '',
	'pilotwire/home/circuits/a#': '',
	'pilotwire/home/circuits//state': '',
	'pilotwire/home/circuits/../state': '',
	'pilotwire/home/circuits/+/state\0': '',
	'pilotwire/home/circuits/s\u0430lon/state': '',
	'pilotwire/home/circuits/': '',
	'/#': '',
	'/pilotwire/home/circuits/#': '',
	'': '',
	'$share/group/pilotwire/home/circuits/#': '',
	'$share/group/#': '',
	'$queue/pilotwire/home/circuits/#': '',
	'$SYS2/#': '',
	'+/broker/uptime': '',
	'pilotwire/home/$SYS/#': '',
};

describe('rules', () => {
	for (const [topic, allowed] of Object.entries(publishers)) {
		it(`lets ${allowed === '' ? 'nobody' : allowed} publish to ${JSON.stringify(topic)}`, () => {
			const found = Object.keys(everyone).filter((who) => mayPublish('home', principalOf(who), topic));
			expect(found).to.have.members(wordsOf(allowed));
		});
	}

	for (const [filter, allowed] of Object.entries(readers)) {
		it(`lets ${allowed === '' ? 'nobody' : allowed} read ${JSON.stringify(filter)}`, () => {
			const found = Object.keys(everyone).filter((who) => maySubscribe('home', principalOf(who), filter));
			expect(found).to.have.members(wordsOf(allowed));
		});
	}

	it('speak of every topic of the contract', () => {
		const example = {
			meter: 'main',
			circuit: 'salon',
			device: 'probe',
			board: '1-32',
			host: 'attic',
			agent: 'attic',
			probe: 'salon',
			thermostat: 'cellar',
			service: 'telemetry',
			client: call,
		};
		for (const topic of [
			...Object.values(topics),
			...Object.values(alertTopics),
			...Object.values(bridgeTopics),
			...Object.values(remoteTopics),
		]) {
			expect(publishers).to.have.property(topicName('home', topic, example));
		}
	});

	it('let those into channels who live in the house or are its machines, and guests into nothing else', () => {
		const may = Object.entries(everyone).filter(([, principal]) => rightsOf('home', principal).mayUseChannels);
		expect(may.map(([name]) => name)).to.deep.equal(['admin', 'resident', 'remote-agent', 'probe']);
		const guest = rightsOf('home', nameless('guest'));
		expect(guest.mayUseChannels).to.equal(true);
		for (const topic of Object.keys(publishers)) expect(guest.mayPublish(topic), topic).to.equal(false);
		for (const filter of Object.keys(readers)) expect(guest.maySubscribe(filter), filter).to.equal(false);
		// Another broker knows topics alone, and would let everybody hear everything.
		const filters = everyoneFilters();
		expect(filters.filter((filter) => filter.startsWith('channels'))).to.deep.equal([]);
		// A device can't make the channels its own by its name.
		const device = rightsOf('home', { kind: 'device', name: 'channels' });
		expect(device.mayPublish('channels/attic/join')).to.equal(false);
	});

	it('hold for the house that is meant', () => {
		const admin = principalOf('admin');
		expect(mayPublish('chalet', admin, 'pilotwire/chalet/circuits/salon/set')).to.equal(true);
		expect(mayPublish('chalet', admin, 'pilotwire/home/circuits/salon/set')).to.equal(false);
		expect(maySubscribe('chalet', admin, 'pilotwire/home/#')).to.equal(false);
	});

	it('give a device its own root, but not one that is the house or Home Assistant', () => {
		for (const name of ['pilotwire', 'homeassistant']) {
			const device: Principal = { kind: 'device', name };
			for (const topic of ['x', 'pilotwire', 'pilotwire/home/circuits/salon/set', 'homeassistant/status', 'x/y']) {
				expect(mayPublish('home', device, topic), topic).to.equal(false);
				expect(maySubscribe('home', device, topic), topic).to.equal(false);
			}
			for (const filter of ['#', '+', '+/#', 'pilotwire/#', '{nobody}', '{nobody}/#', '+/+']) {
				expect(maySubscribe('home', device, filter), filter).to.equal(false);
			}
		}
	});

	it('give a service the topics of devices that its configuration names, whole and no others', () => {
		const foreign = {
			'switch-actuator': {
				publish: ['zigbee2mqtt/Chauffe eau/set', 'pilotwire/home/meter/main/load/state', 'a/#', '$SYS/x'],
				read: ['zigbee2mqtt/Chauffe eau', 'tele/+/SENSOR', '#', 'pilotwire/home/services/web/rpc/x'],
			},
		};
		const of = (name: string) => rightsOf('home', { kind: 'service', name }, foreign);
		const actuator = of('switch-actuator');
		expect(actuator.mayPublish('zigbee2mqtt/Chauffe eau/set')).to.equal(true);
		expect(actuator.maySubscribe('zigbee2mqtt/Chauffe eau')).to.equal(true);
		for (const topic of ['zigbee2mqtt/other/set', 'zigbee2mqtt/Chauffe eau', 'a/#', 'a/b', '$SYS/x']) {
			expect(actuator.mayPublish(topic), topic).to.equal(false);
		}
		expect(actuator.mayPublish('pilotwire/home/meter/main/load/state')).to.equal(false);
		for (const filter of ['zigbee2mqtt/Chauffe eau/set', 'zigbee2mqtt/#', 'tele/+/SENSOR', 'tele/x/SENSOR', '#']) {
			expect(actuator.maySubscribe(filter), filter).to.equal(false);
		}
		expect(actuator.maySubscribe('pilotwire/home/services/web/rpc/x')).to.equal(false);
		expect(of('radiator-actuator').mayPublish('zigbee2mqtt/Chauffe eau/set')).to.equal(false);
		const person = rightsOf('home', { kind: 'person', name: 'switch-actuator', role: 'admin' }, foreign);
		expect(person.mayPublish('zigbee2mqtt/Chauffe eau/set')).to.equal(false);
	});

	it('give nothing to names that every object has', () => {
		for (const name of ['constructor', '__proto__', 'toString']) {
			const service: Principal = { kind: 'service', name };
			expect(mayPublish('home', service, 'pilotwire/home/circuits/salon/state')).to.equal(false);
			expect(maySubscribe('home', service, 'pilotwire/home/circuits/salon/state')).to.equal(false);
		}
	});

	const word = fc.constantFrom(
		'pilotwire',
		'home',
		'circuits',
		'services',
		'probe',
		'status',
		'rpc',
		'reply',
		call,
		'x',
	);
	const someone = fc.constantFrom(...Object.values(everyone));
	const known = fc.constantFrom(...Object.keys(readers), ...Object.keys(publishers));
	/** Filters close to the rules: a level of a known one made a wildcard or another word, and perhaps cut off by `#`. */
	const filter = fc
		.tuple(
			known,
			fc.array(fc.tuple(fc.nat(8), fc.oneof(fc.constant('+'), word)), { maxLength: 2 }),
			fc.option(fc.nat(8)),
		)
		.map(([base, changes, cut]) => {
			const levels = base.split('/');
			for (const [index, level] of changes) if (index < levels.length) levels[index] = level;
			return cut === null ? levels.join('/') : [...levels.slice(0, cut), '#'].join('/');
		});

	it('allow a filter only if every topic that it matches may be read', () => {
		let allowed = 0;
		fc.assert(
			fc.property(
				someone,
				filter,
				fc.array(word, { minLength: 12, maxLength: 12 }),
				fc.nat(4),
				(who, asked, words, more) => {
					if (!maySubscribe('home', who, asked)) return;
					allowed += 1;
					const topic = anyTopicOf(asked, words, more);
					expect(matches(asked.split('/'), topic.split('/')), `${asked} ${topic}`).to.equal(true);
					expect(maySubscribe('home', who, topic), `${asked} matches ${topic}`).to.equal(true);
				},
			),
			{ numRuns: 5000 },
		);
		expect(allowed).to.be.greaterThan(200);
	});

	it('allow no publish outside the house, and none with anything but plain words between slashes', () => {
		const levels = fc.array(fc.oneof(word, fc.string({ unit: 'binary', maxLength: 3 })), { maxLength: 4 });
		fc.assert(
			fc.property(someone, known, levels, (who, base, more) => {
				const topic = [base, ...more].join('/');
				if (!mayPublish('home', who, topic)) return;
				expect(topic).to.match(/^(pilotwire\/home|homeassistant|probe)(\/[A-Za-z0-9_-]+)*$/);
			}),
			{ numRuns: 5000 },
		);
	});

	it('let a device publish below its own name only', () => {
		const name = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,8}$/);
		fc.assert(
			fc.property(name, known, fc.array(word, { maxLength: 3 }), (device, base, more) => {
				for (const topic of [base, [base, ...more].join('/'), ['pilotwire/home/devices', device, ...more].join('/')]) {
					if (mayPublish('home', { kind: 'device', name: device }, topic)) {
						const own = [`pilotwire/home/devices/${device}/`, `${device}/`];
						expect(own.some((root) => `${topic}/`.startsWith(root))).to.equal(true);
					}
				}
			}),
		);
	});
});

function principalOf(who: string): Principal {
	const principal = everyone[who];
	if (principal === undefined) throw new RangeError(who);
	return principal;
}

function wordsOf(text: string): string[] {
	return text === '' ? [] : text.split(' ');
}

/** MQTT 3.1.1 section 4.7, written down once more. */
function matches([first, ...filter]: readonly string[], topic: readonly string[]): boolean {
	if (first === undefined) return topic.length === 0;
	if (first === '#') return true;
	const [level, ...rest] = topic;
	if (level === undefined) return false;
	return (first === '+' || first === level) && matches(filter, rest);
}

/** A topic that the filter matches, with the words given in the place of its wildcards. */
function anyTopicOf(filter: string, words: readonly string[], more: number): string {
	return filter
		.split('/')
		.flatMap((level, index) => {
			if (level === '#') return words.slice(index, index + more);
			return level === '+' ? [words[index] ?? 'x'] : [level];
		})
		.join('/');
}
