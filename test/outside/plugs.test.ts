// Switched circuits over a real broker: Debian's Mosquitto with rights of its own, a plug that speaks as Zigbee2MQTT does,
// and the simulated house's water heater behind another.
import { join } from 'node:path';
import { type ShedState, topicName, topics } from '@pilotwire/contract';
import { demoHouse } from '@pilotwire/house';
import {
	Bus,
	createContext,
	ForeignTopics,
	MqttTransport,
	type ServiceContext,
	silentLog,
	systemClock,
} from '@pilotwire/runtime';
import { Simulator, simulatorConfig } from '@pilotwire/simulator';
import { SwitchActuator, switchActuatorSections, switchTopics } from '@pilotwire/switch-actuator';
import { noProcessLeft } from '@pilotwire/test/processes';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import { connect, type MqttClient } from 'mqtt';
import { mosquitto, need } from '../support/parts.ts';
import { Mosquitto } from './mosquitto.ts';
import { Observer, SITE } from './observer.ts';

const HOST = '127.0.6.7';
const PASSWORD = 'of everyone';
const SWITCHES = switchActuatorSections.switches.parse(
	['heater', 'boiler'].map((id) => ({
		...{ id, powerW: 3000, phase: id === 'boiler' ? 3 : 1, answerS: 1 },
		output: { topic: `zigbee2mqtt/${id}/set` },
		feedback: { topic: `zigbee2mqtt/${id}`, path: 'state' },
		power: { topic: `zigbee2mqtt/${id}`, path: 'power' },
	})),
);
const foreign = switchTopics(SWITCHES);

/** The rights that the embedded broker would give each. */
const accounts = [
	{
		...{ name: 'switch-actuator', password: PASSWORD },
		rights: [
			`readwrite pilotwire/${SITE}/#`,
			...foreign.publish.map((topic) => `write ${topic}`),
			...foreign.read.map((topic) => `read ${topic}`),
		],
	},
	...['zigbee2mqtt', 'simulator'].map((name) => {
		return { name, password: PASSWORD, rights: ['readwrite zigbee2mqtt/#', `write pilotwire/${SITE}/#`] };
	}),
	{ name: 'observer', password: PASSWORD, rights: [`readwrite pilotwire/${SITE}/#`] },
];

describe('switched circuits on Mosquitto', function () {
	this.timeout(60_000);
	noProcessLeft('suite');
	const directory = temporaryDirectory('suite');
	const failures: unknown[] = [];
	let broker: Mosquitto;
	let actuator: SwitchActuator;
	let simulator: Simulator;
	let plug: MqttClient;
	let bus: Observer;
	let renewal: NodeJS.Timeout | undefined;
	let sequence = 0;
	/** The plug of the heater: what it obeys, and whether it has power at all. */
	const heater = { isOn: false, isDead: false, told: 0 };

	const context = (name: string): ServiceContext =>
		createContext(name, silentLog, systemClock, (error) => failures.push(error));
	const foreignOf = (of: ServiceContext): ForeignTopics =>
		new ForeignTopics(
			of,
			new MqttTransport({ url: broker.url, username: of.name, password: PASSWORD }, of.name, of.log),
		);
	const options = (username: string) => ({ username, password: PASSWORD });

	function answer(text: string): void {
		heater.told += 1;
		if (heater.isDead) return;
		heater.isOn = (JSON.parse(text) as { state: string }).state === 'ON';
		plug.publish(
			'zigbee2mqtt/heater',
			JSON.stringify({ state: heater.isOn ? 'ON' : 'OFF', power: heater.isOn ? 900 : 0 }),
		);
	}

	/** What the shedder would say, again and again. */
	function lead(set: Pick<ShedState, 'shed' | 'admitted'>): void {
		clearInterval(renewal);
		const say = (): void => {
			const at = new Date().toISOString();
			const whole: ShedState = { at, session: 'test', sequence: sequence++, leaseS: 5, ...set };
			bus.client.publish(topicName(SITE, topics.shed, {}), JSON.stringify(whole), { retain: true });
		};
		say();
		renewal = setInterval(say, 500);
	}

	before(async function () {
		need(this, mosquitto);
		broker = new Mosquitto({ folder: join(directory.path, 'broker'), host: HOST, accounts });
		await broker.start();
		plug = connect(broker.url, { ...options('zigbee2mqtt'), reconnectPeriod: 100 });
		plug.on('error', () => undefined);
		plug.on('connect', () => plug.subscribe('zigbee2mqtt/heater/set'));
		plug.on('message', (_, payload) => answer(payload.toString()));
		bus = new Observer(broker.url, options('observer'));
		await bus.hears([topics.circuit, topics.probe]);
		const [own, world] = [context('switch-actuator'), context('simulator')];
		const [mine, theirs] = [foreignOf(own), foreignOf(world)];
		simulator = new Simulator(world, {
			config: simulatorConfig.parse({ waterHeaterTopic: 'zigbee2mqtt/boiler' }),
			house: demoHouse(),
			radio: { bus: new Bus(world, SITE, theirs), foreign: theirs },
		});
		const fallback = { enabled: true };
		const rest = { rooms: [], relays: [], timeZone: 'UTC', fallback, shedderEnabled: true, shareOf: () => 1 };
		const config = { dataDir: join(directory.path, 'data'), switches: SWITCHES, ...rest };
		actuator = new SwitchActuator(own, new Bus(own, SITE, mine), mine, config);
		await simulator.start();
		await actuator.start();
	});

	after(async () => {
		clearInterval(renewal);
		await actuator?.stop();
		await simulator?.stop();
		await bus?.close();
		await plug?.endAsync(true);
		await broker?.kill();
		expect(failures).to.deep.equal([]);
	});

	const until = (id: string, test: Parameters<typeof bus.until<'circuits/{circuit}/state', never>>[2]) =>
		bus.until(topics.circuit, { circuit: id }, test as never, 15_000);

	it('come on once admitted, go off when shed, and say what they draw', async () => {
		lead({ shed: [], admitted: {} });
		await until('heater', ({ inForce, control }) => inForce === 'off' && control === 'lease');
		lead({ shed: [], admitted: { heater: 'comfort', boiler: 'comfort' } });
		await until('heater', ({ inForce, measuredPowerW }) => inForce === 'comfort' && measuredPowerW === 900);
		await until('boiler', ({ inForce, measuredPowerW }) => inForce === 'comfort' && (measuredPowerW ?? 0) > 2500);
		expect(heater.isOn).to.equal(true);
		lead({ shed: ['heater', 'boiler'], admitted: {} });
		await until('heater', ({ inForce, reason }) => inForce === 'off' && reason === 'shed');
		await until('boiler', ({ inForce, measuredPowerW }) => inForce === 'off' && measuredPowerW === 0);
		expect(heater.isOn).to.equal(false);
	});

	it('hear the probes of the simulated house', async () => {
		const probe = await bus.until(topics.probe, { probe: 'salon' }, ({ temperatureC }) => temperatureC !== undefined);
		expect(probe).to.include({ room: 'salon', name: 'Salon' });
	});

	it('are reported while they do not answer, and told again until they do', async () => {
		heater.isDead = true;
		lead({ shed: [], admitted: { heater: 'comfort', boiler: 'comfort' } });
		await until('heater', ({ reason, problem }) => reason === 'unreachable' && problem !== undefined);
		const { told } = heater;
		heater.isDead = false;
		await until('heater', ({ inForce, reason }) => inForce === 'comfort' && reason === 'programme');
		expect(heater.told).to.be.above(told);
	});

	it('are told what they shall do once a broker that was lost is back, and forgot everything', async () => {
		await broker.kill();
		heater.isOn = false;
		bus.forget();
		const told = new Promise<void>((resolve) => plug.once('message', () => resolve()));
		await broker.start();
		await told;
		await until('heater', ({ inForce, reason }) => inForce === 'comfort' && reason === 'programme');
		expect(heater.isOn).to.equal(true);
	});

	it('drop to the blind budget when the shedder falls silent', async () => {
		clearInterval(renewal);
		await until('heater', ({ inForce, control }) => control === 'fallback' && inForce === 'off');
		expect(heater.isOn).to.equal(false);
	});
});
