// A heater that a wireless probe runs: the real thermostat, planner, actuator, shedder and discovery on one bus.
import {
	type CircuitState,
	type LoadState,
	type ProbeState,
	type ProgrammeState,
	type ThermostatState,
	topicName,
	topics,
} from '@pilotwire/contract';
import { HomeAssistant, homeAssistantSections } from '@pilotwire/home-assistant';
import { LoadShedder, loadShedderSections } from '@pilotwire/load-shedder';
import { Planner, plannerSections } from '@pilotwire/planner';
import { Bus, createContext, ForeignTopics, instantOf, type Service, silentLog } from '@pilotwire/runtime';
import { MemoryHub, VirtualClock } from '@pilotwire/runtime/testing';
import { SwitchActuator, switchActuatorSections } from '@pilotwire/switch-actuator';
import { ThermostatService, thermostatSections } from '@pilotwire/thermostat';
import { expect } from 'chai';

const LIMIT_VA = 3_000;
const YEAR_MS = 365 * 86_400_000;
const ON = '{"state":"ON"}';
const OFF = '{"state":"OFF"}';
const everyDay = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

const probes = thermostatSections.probes.parse([
	{ id: 'beer', room: 'cellar', source: { topic: 'zigbee2mqtt/beer', temperature: 'temperature' } },
]);
const thermostats = thermostatSections.thermostats.parse([
	{ id: 'brew', probe: 'beer', heats: 'mat', targetC: 12, minOnS: 0, minOffS: 0 },
]);
const switches = switchActuatorSections.switches.parse([
	{ id: 'mat', powerW: 1_000, programme: 'off', minOffS: 0, output: { topic: 'zigbee2mqtt/mat/set' } },
]);

type Name = 'thermostat' | 'planner' | 'switch-actuator' | 'load-shedder' | 'home-assistant';

describe('a heater that a wireless probe runs', () => {
	let clock: VirtualClock;
	let hub: MemoryHub;
	let temperatureC: number;
	let background: number;
	const running = new Map<Name, { service: Service; end: () => void }>();
	const failures: unknown[] = [];
	/** What each service keeps over a restart. */
	const kept = new Map<Name, unknown>();

	const memoryOf = (name: Name) => ({
		read: async (): Promise<unknown> => kept.get(name),
		write: async (value: unknown): Promise<void> => void kept.set(name, structuredClone(value)),
	});

	async function start(...names: Name[]): Promise<void> {
		for (const name of names) {
			const context = createContext(name, silentLog, clock, (error) => failures.push(error));
			const foreign = new ForeignTopics(context, hub.transport());
			const bus = new Bus(context, 'home', foreign);
			const common = { dataDir: '/nowhere', timeZone: 'Europe/Paris', rooms: [{ id: 'cellar', guardC: 5 }] };
			const make: Record<Name, () => Service> = {
				thermostat: () =>
					new ThermostatService(
						context,
						bus,
						foreign,
						{ ...common, probes, thermostats },
						{
							lookerOf: () => undefined,
							settings: {
								read: async () => (kept.get(name) ?? { thermostats: {}, rhythms: {}, circuits: [] }) as never,
								write: memoryOf(name).write,
							},
						},
					),
				planner: () => {
					const planner = plannerSections.planner.parse({});
					const outside = { memory: memoryOf(name), isSynchronised: async () => true };
					return new Planner(context, bus, { ...common, planner }, outside);
				},
				'switch-actuator': () => {
					const settings = { fallback: { enabled: true }, shedderEnabled: true, shareOf: () => 1 };
					const config = { ...common, ...settings, switches, relays: [] };
					return new SwitchActuator(context, bus, foreign, config, memoryOf(name), () => 86_400_000);
				},
				'load-shedder': () =>
					new LoadShedder(context, bus, { ...loadShedderSections.shedder.parse({}), meter: 'main' }),
				'home-assistant': () => {
					const section = homeAssistantSections.homeAssistant.parse({});
					const more = { version: '1.0.0', url: 'http://house.local', meters: ['main'] };
					const config = { ...common, ...section, ...more };
					const memory = {
						read: async () => (kept.get(name) ?? { announced: {}, meters: {} }) as never,
						write: memoryOf(name).write,
					};
					return new HomeAssistant(context, bus, foreign, config, memory);
				},
			};
			const service = make[name]();
			running.set(name, { service, end: () => context.end() });
			await service.start();
		}
		await pass(3);
	}

	/** Ends a service as SIGKILL does. */
	function kill(name: Name): void {
		running.get(name)?.end();
		running.delete(name);
	}

	/** Each second the probe speaks and the meter says its load; the mat draws what it is told. */
	async function pass(seconds: number): Promise<void> {
		for (let second = 0; second < seconds; second += 1) {
			const at = instantOf(clock.wallMs());
			const apparentPowerVA = background + (mat() === ON ? 1_000 : 0);
			const over = apparentPowerVA > LIMIT_VA;
			const phase = { phase: 1 as const, at, apparentPowerVA, limitVA: LIMIT_VA, over, alert: false, label: 'SINSTS' };
			say(topicName('home', topics.load, { meter: 'main' }), { at, over, phases: [phase] } satisfies LoadState, true);
			if (second % 30 === 0) say('zigbee2mqtt/beer', { temperature: temperatureC, battery: 80 });
			await clock.advanceAsync(1_000, 500);
		}
	}

	function say(name: string, payload: unknown, retain = false): void {
		hub.publish({ name, payload: JSON.stringify(payload), qos: 1, retain });
	}

	/** What the mat was last told. */
	const mat = (): string => hub.published.findLast(({ name }) => name === 'zigbee2mqtt/mat/set')?.payload ?? OFF;
	const read = <State>(name: string): State => JSON.parse(hub.retained.get(name) ?? '{}') as State;
	const circuit = (): CircuitState => read(topicName('home', topics.circuit, { circuit: 'mat' }));
	const brew = (): ThermostatState => read(topicName('home', topics.thermostat, { thermostat: 'brew' }));
	const told = (): ProgrammeState => read(topicName('home', topics.programme, { circuit: 'mat' }));

	beforeEach(() => {
		clock = new VirtualClock(Date.parse('2026-01-15T17:00:00Z'));
		hub = new MemoryHub({ clock, delayMs: () => 2 });
		[temperatureC, background] = [10, 300];
		kept.clear();
	});
	afterEach(async () => {
		for (const { service, end } of running.values()) {
			await service.stop();
			end();
		}
		running.clear();
		expect(failures.splice(0)).to.deep.equal([]);
	});

	it('is a probe of the house, an admitted load, and found by Home Assistant', async () => {
		await start('thermostat', 'switch-actuator', 'load-shedder', 'home-assistant');
		await pass(60);
		const probe = read<ProbeState>(topicName('home', topics.probe, { probe: 'beer' }));
		expect(probe).to.include({ owner: 'thermostat', room: 'cellar', temperatureC: 10, batteryPercent: 80 });
		expect(mat()).to.equal(ON);
		expect(circuit()).to.include({ inForce: 'comfort', reason: 'programme', control: 'lease' });
		const found = read<{ components: Record<string, { state_topic: string; value_template: string }> }>(
			'homeassistant/device/pilotwire_home_probe_beer/config',
		);
		expect(found.components['temperature']?.state_topic).to.equal('pilotwire/home/probes/beer/state');
		expect(Object.keys(found.components)).to.include('battery');
		expect(hub.retained.has('homeassistant/device/pilotwire_home_thermostat_brew/config')).to.equal(true);
		temperatureC = 12;
		await pass(35);
		expect(mat()).to.equal(OFF);
	});

	it('says that it waits when it is shed, and comes back', async () => {
		await start('thermostat', 'switch-actuator', 'load-shedder');
		await pass(60);
		expect(brew()).to.include({ doing: 'heat', waits: false });
		background = 2_800;
		await pass(10);
		expect(mat()).to.equal(OFF);
		expect(circuit()).to.include({ wanted: 'comfort', inForce: 'off', reason: 'shed' });
		await pass(10);
		expect(brew()).to.include({ doing: 'heat', waits: true });
		background = 300;
		await pass(300);
		expect(mat()).to.equal(ON);
		expect(brew()).to.include({ doing: 'heat', waits: false });
	});

	it('follows a programme of temperatures', async () => {
		await start('thermostat', 'switch-actuator', 'load-shedder', 'planner');
		const changes = [
			{ days: everyDay, at: '18:05', temperatureC: 8 },
			{ days: everyDay, at: '17:00', temperatureC: 14 },
		];
		say(topicName('home', topics.programmesSet, {}), { put: { id: 'crash', for: { thermostat: 'brew' }, changes } });
		temperatureC = 13;
		await pass(60);
		expect(brew()).to.include({ targetC: 14, setC: 12, doing: 'heat' });
		expect(mat()).to.equal(ON);
		await pass(245);
		expect(brew()).to.include({ targetC: 8, doing: 'rest' });
		expect(mat()).to.equal(OFF);
		say(topicName('home', topics.programmesSet, {}), { delete: 'crash' });
		await pass(5);
		expect(brew()).to.include({ targetC: 12 });
	});

	for (const stepMs of [0, -YEAR_MS, YEAR_MS]) {
		it(`is off six minutes after its thermostat is killed, the clock being set by ${stepMs} ms then`, async () => {
			await start('thermostat', 'switch-actuator', 'load-shedder');
			await pass(60);
			expect(mat()).to.equal(ON);
			kill('thermostat');
			clock.stepWall(stepMs);
			await pass(361);
			expect(mat()).to.equal(OFF);
			// The actuator's next life reads what the killed one left on the bus.
			kill('switch-actuator');
			await start('switch-actuator');
			await pass(stepMs < 0 ? 361 : 10);
			expect(mat()).to.equal(OFF);
		});
	}

	for (const years of [-1, 1]) {
		it(`goes on heating to its target when the clock is set by ${years} year`, async () => {
			await start('thermostat', 'switch-actuator', 'load-shedder');
			await pass(60);
			clock.stepWall(years * YEAR_MS);
			await pass(60);
			expect(mat()).to.equal(ON);
			temperatureC = 12;
			await pass(35);
			expect(mat()).to.equal(OFF);
		});
	}

	it('is switched by hand for a time, and then by its thermostat again, though the clock is set back', async () => {
		temperatureC = 13;
		await start('thermostat', 'switch-actuator', 'load-shedder');
		await pass(60);
		const until = instantOf(clock.wallMs() + 120_000);
		say(topicName('home', topics.circuitSet, { circuit: 'mat' }), { order: 'comfort', until });
		await pass(20);
		expect(mat()).to.equal(ON);
		clock.stepWall(-YEAR_MS);
		await pass(105);
		expect(mat()).to.equal(OFF);
		expect(told()).to.include({ order: 'off', why: 'thermostat' });
	});
});
