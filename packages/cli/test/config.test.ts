import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { firstAccount } from '@pilotwire/accounts';
import { demoHouse } from '@pilotwire/house';
import { silentLog, systemClock } from '@pilotwire/runtime';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import { blindShareOf } from '../src/blind-share.ts';
import { brokerHost, busAddress, readHouse, shedderMeter, simulatorSockets } from '../src/config.ts';
import { ConfigurationFile } from '../src/configuration-file.ts';
import { HouseAccounts, prepareAccounts } from '../src/house-accounts.ts';
import { factoryOf, serviceNames, servicesOf } from '../src/services.ts';
import { welcome } from '../src/view/welcome.ts';

/** The example of docs/guides/first-house.md and the README. */
const REAL = `
site: home
broker: { host: 127.0.0.1, port: 1883, wsPort: 9001 }
meters: [{ id: main, source: "serial:/dev/ttyAMA0", mode: auto }]
boards: { bus: 1, modules: [{ address: 0x20, phase: 1 }, { address: 0x21, phase: 2 }, { address: 0x22, phase: 3 }] }
radiators: [{ id: salon, name: Salon, board: 0x20, wire: 1, powerW: 1500, priority: 1, orders: 6 }]
`;

const directory = temporaryDirectory();
const file = (text: string): string => {
	const path = join(directory.path, 'house.yaml');
	writeFileSync(path, text);
	return path;
};
const read = (text: string, set: string[] = []) => readHouse({ config: file(text), set });
/** Without a file, as `npm start`; its data lies in the test's directory. */
const simulated = (...set: string[]) => readHouse({ set: [`dataDir=${directory.path}`, ...set] });

async function messageOf(promise: Promise<unknown>): Promise<string> {
	try {
		await promise;
	} catch (error) {
		return (error as Error).message;
	}
	throw new Error('expected an error');
}

/** Services that a house has once they are configured. */
const OFF = ['switch-actuator', 'thermostat', 'device-gateway', 'remote-agent', 'bridge'];

describe('the configuration', () => {
	it('without a file is the whole simulated house', async () => {
		const house = await simulated();
		const demo = demoHouse();
		expect(house.simulated).to.deep.equal(demo);
		expect(house.meters.map(({ source }) => source)).to.deep.equal(['simulator:']);
		expect(house.boards.bus).to.equal('simulator');
		expect(house.radiators.map(({ id, board, wire }) => ({ id, board, wire }))).to.deep.equal(
			demo.radiators.map(({ id, board, wire }) => ({ id, board, wire })),
		);
		for (const { address, phase } of house.boards.modules)
			for (const radiator of demo.radiators.filter(({ board }) => board === address))
				expect(radiator.phase).to.equal(phase);
		expect(house.rooms[0]).to.deep.equal({ id: 'salon', name: 'Salon', wantedC: 19.5, guardC: 7 });
		expect(house.radiators.map(({ room }) => room)).to.deep.equal(demo.radiators.map(({ room }) => room));
		expect(servicesOf(house)).to.deep.equal(serviceNames.filter((name) => !OFF.includes(name)));
	});

	it('of the simulated house has a plug at its water heater where one is named', async () => {
		const house = await simulated('simulator.waterHeaterTopic=zigbee2mqtt/boiler');
		expect(house.switches).to.have.length(1);
		expect(house.switches[0]).to.deep.include({ id: 'water-heater', kind: 'water_heater', phase: 3, powerW: 3000 });
		expect(house.switches[0]?.output.topic).to.equal('zigbee2mqtt/boiler/set');
		expect(servicesOf(house)).to.deep.equal(
			serviceNames.filter((name) => name === 'switch-actuator' || !OFF.includes(name)),
		);
	});

	it('shares what each phase may draw blind between radiators and switches, by their rated power', async () => {
		const plug = '{ id: plug, powerW: 500, phase: 1, output: { topic: a } }';
		const car = '{ id: car, powerW: 7400, phase: 2, output: { topic: b } }';
		const house = await read(`${REAL}\nswitches: [${plug}, ${car}]`);
		const [radiators, switches] = [blindShareOf(house, 'radiators'), blindShareOf(house, 'switches')];
		expect([1, 2, 3].map(radiators)).to.deep.equal([0.75, 0, 0]);
		expect([1, 2, 3].map(switches)).to.deep.equal([0.25, 1, 0]);
	});

	it('reports circuits that radiators and switches both have, and rooms that nobody named', async () => {
		const message = await messageOf(
			read(`${REAL}\nswitches: [{ id: salon, powerW: 500, room: attic, output: { topic: a } }]`),
		);
		expect(message).to.include('got 2 faults').and.include('switches[0].id').and.include('switches[0].room');
	});

	it('with the example file is a real house: no simulator', async () => {
		const house = await read(REAL);
		expect(house.simulated).to.equal(undefined);
		expect(house.boards.modules.map(({ address, phase }) => [address, phase])).to.deep.equal([
			[0x20, 1],
			[0x21, 2],
			[0x22, 3],
		]);
		expect(servicesOf(house)).to.deep.equal([
			...[
				'radiator-actuator',
				'broker',
				'meter-reader',
				'load-shedder',
				'planner',
				'telemetry',
				'host-monitor',
				'home-assistant',
				'web',
				'alerts',
			],
		]);
	});

	it('of the demonstration has a week of its own, unless the file has one', async () => {
		const { planner, rooms } = await simulated();
		const named = planner.zones.flatMap((zone) => zone.rooms);
		expect(rooms.map(({ id }) => id)).to.include.members(named);
		expect(planner.programmes.map(({ id }) => id)).to.include('living');
		const own = '{ id: own, for: house, changes: [{ days: [mon], at: "06:00", order: eco }] }';
		const house = await simulated(`planner.programmes=[${own}]`);
		expect(house.planner.programmes.map(({ id }) => id)).to.deep.equal(['own']);
		expect(house.planner.zones).to.deep.equal([]);
	});

	it('reports programmes that contradict themselves or name what is not there', async () => {
		const change = '{ days: [mon], at: "06:00", order: eco }';
		const message = await messageOf(
			read(`${REAL}
planner:
  zones: [{ id: night, circuits: [nobody] }, { id: night, rooms: [] }]
  programmes:
    - { id: a, for: { circuit: sallon }, changes: [${change}] }
    - { id: b, for: house, changes: [${change}, ${change}] }
    - { id: c, for: house, changes: [${change}] }
  rules: [{ id: r, for: { zone: day }, when: { today: [red] }, order: eco }]
`),
		);
		for (const path of [
			'planner.zones[1].id',
			'planner.zones[0].circuits[0]',
			'planner.zones[1]: expected rooms or circuits',
			'planner.programmes[0].for.circuit: expected one of the circuits (salon), got sallon',
			'planner.programmes[1].changes[1].at: expected one change at a time, got mon 06:00 again',
			'planner.programmes[2].for: expected a target of its own for each programme, got house, which b has',
			'planner.rules[0].for.zone: expected one of the zones (night), got day',
		]) {
			expect(message).to.include(path);
		}
	});

	it('keeps the parts that a file names, although the meter is simulated', async () => {
		const house = await read(REAL.replace('serial:/dev/ttyAMA0', 'simulator:').replace('bus: 1', 'bus: simulator'));
		expect(house.radiators.map(({ id }) => id)).to.deep.equal(['salon']);
		expect(house.simulated).to.not.equal(undefined);
	});

	it('keeps the settings of a simulated house that have nothing to do with its parts', async () => {
		const house = await simulated('boards.readBackS=2', 'shedder.enabled=false');
		expect(house.boards.readBackS).to.equal(2);
		expect(house.shedder.enabled).to.equal(false);
	});

	it('puts its data beside the file unless it says where', async () => {
		expect((await read(REAL)).dataDir).to.equal(join(directory.path, '.pilotwire'));
		expect((await read(`${REAL}\ndataDir: /var/lib/pilotwire`)).dataDir).to.equal('/var/lib/pilotwire');
	});

	it('reports what contradicts itself between sections, all at once', async () => {
		const text = REAL.replace(/radiators:.*/, '').concat(
			'radiators: [{ id: a, wire: 1, powerW: 1 }, { id: b, wire: 1, powerW: 1 }, { id: c, board: 0x27, wire: 1, powerW: 1 }]',
		);
		const message = await messageOf(read(text, ['meters.1.id=main', 'meters.1.source=serial:/dev/ttyUSB0']));
		expect(message).to.match(/^CONFIGURATION_INVALID: .* got 3 faults:/);
		expect(message).to.include('meters[1].id').and.include('radiators[1].wire').and.include('radiators[2].board');
	});

	it('reports a meter of the shedder that is none of those read', async () => {
		const two = ['meters.1.id=panels', 'meters.1.source=tcp:pi:3000'];
		expect(await messageOf(read(REAL, [...two, 'shedder.meter=garage']))).to.match(
			/shedder\.meter: expected the id of one of meters \(main, panels\), got "garage"/,
		);
		expect(shedderMeter(await read(REAL, two))).to.equal('main');
		expect(shedderMeter(await read(REAL, [...two, 'shedder.meter=panels']))).to.equal('panels');
	});

	it('reports a house file of the simulator that is not there', async () => {
		expect(await messageOf(simulated('simulator.house=/nowhere.yaml'))).to.match(/^SIMULATOR_HOUSE_UNREADABLE: /);
	});

	it('finds the embedded broker where it listens, also when that is everywhere', async () => {
		const at = async (host: string) =>
			busAddress(await simulated(`broker.host="${host}"`, 'broker.port=1884'), 'web').url;
		expect(await at('127.0.5.1')).to.equal('mqtt://127.0.5.1:1884');
		expect(await at('0.0.0.0')).to.equal('mqtt://127.0.0.1:1884');
		expect(await at('::')).to.equal('mqtt://127.0.0.1:1884');
		expect(await at('::1')).to.equal('mqtt://[::1]:1884');
		expect(brokerHost(await simulated('broker.host="::1"'))).to.equal('::1');
	});

	it('takes an outside broker with the account that the file names, and starts none', async () => {
		const house = await simulated('mqtt.url=mqtts://broker.example:8883', 'mqtt.username=us', 'mqtt.password=secret');
		const expected = { url: 'mqtts://broker.example:8883', username: 'us', password: 'secret' };
		expect(busAddress(house, 'web')).to.deep.equal(expected);
		expect(servicesOf(house)).to.not.include('broker');
	});

	it('gives each service an account of its own, kept for its owner alone', async () => {
		const house = await simulated();
		const reader = busAddress(house, 'meter-reader');
		expect(busAddress(house, 'meter-reader')).to.deep.equal(reader);
		expect(reader.username).to.equal('meter-reader');
		expect(busAddress(house, 'web').password).to.not.equal(reader.password);
		const secret = join(directory.path, 'secrets', 'meter-reader');
		expect(readFileSync(secret, 'utf8').trim()).to.equal(reader.password);
		expect(statSync(secret).mode & 0o077).to.equal(0);
	});

	it('lets the sockets of the simulator be named', async () => {
		const house = await simulated('simulator.controlSocket=/run/house.sock');
		expect(simulatorSockets(house)).to.deep.equal({
			lineSocket: join(directory.path, 'simulator-line.sock'),
			busSocket: join(directory.path, 'simulator-i2c.sock'),
			controlSocket: '/run/house.sock',
		});
	});

	it('knows no other services, and none that its section is missing for', async () => {
		const house = await simulated();
		const accounts = new HouseAccounts(house, silentLog, systemClock);
		const configuration = new ConfigurationFile({}, house, systemClock, false);
		const making = factoryOf('toaster', house, { accounts, file: configuration });
		expect(await messageOf(making)).to.include('toaster');
		const bridge = factoryOf('bridge', house, { accounts, file: configuration });
		expect(await messageOf(bridge)).to.include('CONFIGURATION_SECTION_MISSING: expected a section bridge');
	});
});

describe('the welcome', () => {
	it('tells where to look and with which account, the same at every start', async () => {
		const house = await simulated('broker.host=127.0.5.2', 'web.host=127.0.5.2');
		await prepareAccounts(house);
		await prepareAccounts(house);
		const text = welcome(house, servicesOf(house));
		expect(text).to.include('a simulated house').and.include('http://127.0.5.2:8080\n');
		expect(text).to.include('mqtt://127.0.5.2:1883, over WebSocket ws://127.0.5.2:9001');
		const account = firstAccount(directory.path);
		expect(account?.password).to.match(/^(\w{5}-){3}\w{5}$/);
		expect(text).to.include(`${account?.name}, password ${account?.password}`);
	});

	it('names addresses that can be reached where services listen everywhere', async () => {
		const text = welcome(await simulated('broker.host=0.0.0.0', 'web.host=0.0.0.0'), ['broker', 'web']);
		expect(text).to.include('ws://127.0.0.1:9001').and.include('http://127.0.0.1:8080').and.not.include('0.0.0.0');
	});

	it('says how phones get in where the page is for this machine alone', async () => {
		expect(welcome(await simulated(), ['web'])).to.include('web.host: 0.0.0.0');
	});

	it('names the site of a real house, and shows no account where nobody signs in', async () => {
		const house = await read(REAL);
		await prepareAccounts(house);
		const text = welcome(house, ['meter-reader']);
		expect(text).to.include('Pilotwire: site home').and.include('MQTT      mqtt://127.0.0.1:1883\n');
		expect(text).to.not.include('password');
	});
});
