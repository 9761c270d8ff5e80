// A real Home Assistant finds a simulated house on its embedded broker, over MQTT 5, and heats it.
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { HostState } from '@pilotwire/contract';
import { demoHouse } from '@pilotwire/house';
import { Hass, homeAssistant } from '@pilotwire/test/hass';
import { need } from '@pilotwire/test/parts';
import { noProcessLeft } from '@pilotwire/test/processes';
import { SimulatedHouse } from '@pilotwire/test/simulated-house';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { until } from '@pilotwire/test/until';
import { expect } from 'chai';
import { connectAsync, type MqttClient } from 'mqtt';

const HOST = '127.0.9.11';
const PASSWORD = 'of Home Assistant';
const MQTT = 'homeassistant.components.mqtt';

interface RegistryEntity {
	readonly id: string;
	readonly entity_id: string;
	readonly unique_id: string;
	readonly platform: string;
	readonly entity_category: string | null;
}
interface RegistryDevice {
	readonly id: string;
	readonly name: string;
	readonly identifiers: [string, string][];
	readonly via_device_id: string | null;
}

describe('a real Home Assistant', function () {
	this.timeout(300_000);
	noProcessLeft('suite');
	const directory = temporaryDirectory('suite');
	let house: SimulatedHouse;
	let hass: Hass;
	let zigbee: MqttClient | undefined;

	before(async function () {
		need(this, homeAssistant);
		house = new SimulatedHouse({
			...{ folder: join(directory.path, 'house'), host: HOST, house: demoHouse() },
			services: ['home-assistant', 'thermostat', 'switch-actuator'],
			config: {
				broker: {
					...{ host: HOST, port: 1883, wsPort: 9001 },
					accounts: [{ name: 'hass', role: 'resident', password: PASSWORD }],
				},
				homeAssistant: { discovery: 'entity', everyS: 2 },
				probes: [
					{ id: 'cellar', source: { topic: 'zigbee2mqtt/cellar', temperature: 'temperature', humidity: 'humidity' } },
				],
				switches: [{ id: 'mat', powerW: 60, programme: 'off', output: { topic: 'zigbee2mqtt/mat/set' } }],
				thermostats: [{ id: 'beer', probe: 'cellar', heats: 'mat', targetC: 12, minOnS: 0, minOffS: 0 }],
			},
		});
		const token = ['account', 'token', 'zigbee2mqtt', '--kind', 'device', '--config', house.configFile];
		const { stdout } = await promisify(execFile)(process.execPath, ['packages/cli/bin/pilotwire.js', ...token]);
		await house.start();
		const password = stdout.trim();
		zigbee = await connectAsync(`mqtt://${HOST}:1883`, { username: 'zigbee2mqtt', password });
		const broker = { host: HOST, port: 1883, username: 'hass', password: PASSWORD };
		hass = new Hass({ folder: join(directory.path, 'hass'), broker, host: HOST });
		await hass.start();
	});

	after(async () => {
		await zigbee?.endAsync();
		await hass?.stop();
		await house?.stop();
	});

	const entities = async (): Promise<RegistryEntity[]> => {
		const all = (await hass.command('config/entity_registry/list')) as RegistryEntity[];
		return all.filter(({ platform }) => platform === 'mqtt');
	};
	const devices = async (): Promise<RegistryDevice[]> => {
		const all = (await hass.command('config/device_registry/list')) as RegistryDevice[];
		return all.filter(({ identifiers }) => identifiers[0]?.[0] === 'mqtt');
	};
	/** Waits until a radiator obeys an order that its wire carries. */
	async function obeys(radiator: string, order: string): Promise<void> {
		await until(`${radiator} has ${order}`, async () => {
			const { radiators } = await house.state();
			return radiators.find(({ id }) => id === radiator)?.order === order;
		});
	}

	const sayVisitor = (state: HostState | undefined): Promise<unknown> | undefined =>
		zigbee?.publishAsync('pilotwire/home/hosts/zigbee2mqtt/state', state === undefined ? '' : JSON.stringify(state), {
			...{ qos: 1, retain: true },
		});

	/** A machine that is announced now; gives an entity of it. */
	async function visitor(): Promise<string> {
		const at = new Date().toISOString();
		const figures = { cpuPercent: 1, load: 0, memory: { totalBytes: 2, usedBytes: 1 }, disks: [] };
		const machine = { name: 'visitor', system: 'Linux', architecture: 'arm64', cores: 4, history: false };
		await sayVisitor({ at, bootedAt: at, ...figures, ...machine });
		const found = await until('the visitor is announced', async () =>
			(await entities()).find(({ unique_id }) => unique_id.includes('host_zigbee2mqtt')),
		);
		await hass.until(found.entity_id, () => true);
		return found.entity_id;
	}

	/** Begins another life of the service, which announces like this. `meanwhile`: what it can't hear of. */
	async function discover(
		discovery: 'device' | 'entity',
		meanwhile: () => Promise<unknown> | undefined,
	): Promise<void> {
		const pid = house.pidOf('home-assistant');
		process.kill(pid, 'SIGSTOP');
		await meanwhile();
		const file = JSON.parse(readFileSync(house.configFile, 'utf8')) as { homeAssistant: object };
		writeFileSync(house.configFile, JSON.stringify({ ...file, homeAssistant: { ...file.homeAssistant, discovery } }));
		process.kill(pid, 'SIGKILL');
	}

	async function moved(discovery: 'device' | 'entity'): Promise<void> {
		const before = await entities();
		const gone = await visitor();
		await discover(discovery, () => sayVisitor(undefined));
		// It goes with all that is to go, at the end of the minute in which things may be heard of again.
		await hass.untilGone(gone, 150_000);
		expect(await entities()).to.have.deep.members(before);
		const states = await hass.states();
		const lost = before.filter(({ entity_id }) => states.get(entity_id)?.attributes['restored'] === true);
		expect(lost.map(({ entity_id }) => entity_id)).to.deep.equal([]);
		await hass.until('sensor.meter_apparent_power', ({ state }) => Number(state) > 0);
	}

	it('finds everything, one device for each thing, tied to what it hangs on', async () => {
		await hass.until('sensor.meter_apparent_power', ({ state }) => Number(state) > 0);
		const climate = await hass.until('climate.salon', ({ state }) => state === 'auto');
		expect(climate.attributes['preset_modes']).to.deep.equal([
			...['none', 'comfort', 'comfort_-1', 'comfort_-2', 'eco', 'frost_protection'],
		]);
		expect(climate.attributes).not.to.have.property('temperature');
		expect(Number((await hass.states()).get('sensor.meter_energy_east')?.state)).to.be.above(0);
		const found = await devices();
		const named = (id: string): RegistryDevice | undefined =>
			found.find(({ identifiers }) => identifiers[0]?.[1] === `pilotwire_home_${id}`);
		const hub = named('hub');
		expect(hub?.via_device_id).to.equal(null);
		const board = found.find(({ identifiers }) => identifiers[0]?.[1].startsWith('pilotwire_home_board_'));
		expect(board?.via_device_id).to.equal(hub?.id);
		expect(named('meter_main')?.via_device_id).to.equal(hub?.id);
		const boards = found.filter(({ identifiers }) => identifiers[0]?.[1].startsWith('pilotwire_home_board_'));
		expect(boards.map(({ id }) => id)).to.include(named('circuit_salon')?.via_device_id ?? '');
		expect(named('circuit_salon')?.name).to.equal('Salon');
	});

	it('counts the registers on its Energy dashboard, and has nothing against them', async () => {
		const register = [...(await hass.states()).keys()].filter((id) => id.startsWith('sensor.meter_energy_easf'));
		expect(register).not.to.deep.equal([]);
		await hass.command('energy/save_prefs', {
			energy_sources: register.map((stat_energy_from) => ({
				...{ type: 'grid', stat_energy_from, stat_energy_to: null, stat_cost: null, cost_adjustment_day: 0 },
			})),
			device_consumption: [],
		});
		const { energy_sources: verdicts } = (await hass.command('energy/validate')) as {
			energy_sources: { issues?: unknown; type?: string }[][] | { type: string }[][];
		};
		const issues = JSON.stringify(verdicts).match(/"type":\s*"[a-z_]+"/g) ?? [];
		// Statistics are made every five minutes: until then there are none.
		expect(issues.filter((issue) => !issue.includes('statistics_not_defined'))).to.deep.equal([]);
	});

	it('moves the wire by a preset, and ends the override by auto', async () => {
		await obeys('salon', 'comfort');
		await hass.call('climate', 'set_preset_mode', { entity_id: 'climate.salon', preset_mode: 'frost_protection' });
		await hass.until('sensor.salon_in_force', ({ state }) => state === 'frost_protection');
		await hass.until('climate.salon', ({ state }) => state === 'heat');
		await obeys('salon', 'frost_protection');
		await hass.call('select', 'select_option', { entity_id: 'select.salon_order', option: 'auto' });
		await hass.until('climate.salon', ({ state }) => state === 'auto');
	});

	it('pauses load shedding, which ends by itself or by its switch', async () => {
		await hass.call('switch', 'turn_on', { entity_id: 'switch.pilotwire_pause' });
		await hass.until('switch.pilotwire_pause', ({ state }) => state === 'on');
		const { state: until } = await hass.until(
			'sensor.pilotwire_paused_until',
			({ state }) => !Number.isNaN(Date.parse(state)),
		);
		expect(Date.parse(until)).to.be.above(Date.now());
		await hass.call('switch', 'turn_off', { entity_id: 'switch.pilotwire_pause' });
		await hass.until('switch.pilotwire_pause', ({ state }) => state === 'off');
	});

	it("runs a heater by a wireless probe, and shows what that does and doesn't say", async () => {
		await zigbee?.subscribeAsync('zigbee2mqtt/mat/set');
		const told: string[] = [];
		zigbee?.on('message', (_, payload) => void told.push(payload.toString()));
		const say = (temperature: number): void =>
			void zigbee?.publish('zigbee2mqtt/cellar', JSON.stringify({ temperature, humidity: 61, battery: 90 }));
		say(10);
		await hass.until('climate.thermostat_beer', ({ attributes }) => attributes['hvac_action'] === 'heating', 60_000);
		await hass.until('sensor.probe_cellar_humidity', ({ state }) => state === '61');
		await hass.until('sensor.mat_in_force', ({ state }) => state === 'comfort', 60_000);
		expect(told).to.include('{"state":"ON"}');
		await hass.call('climate', 'set_temperature', { entity_id: 'climate.thermostat_beer', temperature: 2 });
		const idle = await hass.until(
			'climate.thermostat_beer',
			({ attributes }) => attributes['hvac_action'] === 'idle' && attributes['temperature'] === 2,
		);
		expect(idle.attributes['current_temperature']).to.equal(10);
		await hass.until('sensor.mat_in_force', ({ state }) => state === 'off');
		expect(told.at(-1)).to.equal('{"state":"OFF"}');
		await hass.call('climate', 'set_hvac_mode', { entity_id: 'climate.thermostat_beer', hvac_mode: 'off' });
		await hass.until('climate.thermostat_beer', ({ state }) => state === 'off');
	});

	it('shows what is not there any more as unavailable, and what is back as it is', async () => {
		process.kill(house.pidOf('radiator-actuator'), 'SIGKILL');
		await hass.until('climate.salon', ({ state }) => state === 'unavailable');
		await hass.until('climate.salon', ({ state }) => state === 'auto', 60_000);
		await house.tell({ do: 'silence', on: true });
		await hass.until('sensor.meter_energy_east', ({ state }) => state === 'unavailable', 60_000);
		await hass.until('binary_sensor.meter_line', ({ state }) => state === 'off');
		await house.tell({ do: 'silence', on: false });
		await hass.until('sensor.meter_energy_east', ({ state }) => Number(state) > 0, 60_000);
	});

	it('keeps each entity when discovery moves from one message an entity to one a device', () => moved('device'));

	it('keeps each entity when discovery moves back', () => moved('entity'));

	it('has nothing to complain of', () => {
		expect(hass.complaints(MQTT)).to.deep.equal([]);
	});
});
