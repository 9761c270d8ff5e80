import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pagesAccount, type Role, rightsOf, serviceAccounts } from '@pilotwire/accounts';
import { Alerts, drawerIn, watchedServices } from '@pilotwire/alerts';
import { Bridge, bridgeSections, HouseSide, houseOutside, OutsideBroker } from '@pilotwire/bridge';
import { Broker, configuredAccounts, configuredCluster, hubOptions } from '@pilotwire/broker';
import { DeviceGateway, deviceGatewaySections } from '@pilotwire/device-gateway';
import { HomeAssistant } from '@pilotwire/home-assistant';
import { HostMonitor, hostPresence, readActivity, Sysfs, ThisMachine } from '@pilotwire/host-monitor';
import { LoadShedder } from '@pilotwire/load-shedder';
import { MeterReader } from '@pilotwire/meter-reader';
import { Planner } from '@pilotwire/planner';
import { RadiatorActuator } from '@pilotwire/radiator-actuator';
import { RemoteAgent } from '@pilotwire/remote-agent';
import {
	Bus,
	ForeignTopics,
	MqttTransport,
	machineSecretFile,
	readSecret,
	type ServiceContext,
	type ServiceFactory,
	systemClock,
	type Transport,
	tariffTopics,
} from '@pilotwire/runtime';
import { Simulator } from '@pilotwire/simulator';
import { holdWithGpioset, SwitchActuator, switchTopics } from '@pilotwire/switch-actuator';
import { blackBoxPath, Telemetry } from '@pilotwire/telemetry';
import { lookerOf, probeTopics, settingsFile, ThermostatService } from '@pilotwire/thermostat';
import { type HouseFile, Web } from '@pilotwire/web';
import { blindShareOf } from './blind-share.ts';
import { BusHealth } from './bus-health.ts';
import { brokerUrl, busAddress, type House, radiatorsOfHouse, shedderMeter, simulatorSockets } from './config.ts';
import type { HouseAccounts } from './house-accounts.ts';
import { adviseInProcess } from './io/advice-process.ts';
import { tellInProcess } from './io/story-process.ts';
import { version } from './version.ts';

interface ServiceKind {
	/** What it does, for --help. */
	readonly about: string;
	/** Whether a house has it. */
	readonly has: (house: House) => boolean;
	/** `accounts`: of this house, shared by the services of a process. `file`: where the house is configured. */
	readonly factory: (house: House, accounts: HouseAccounts, file: HouseFile) => ServiceFactory;
}

/** How the connections of this process do. */
export const busHealth = new BusHealth(systemClock);

const transport = (context: ServiceContext, house: House): Transport =>
	busHealth.watch(new MqttTransport(busAddress(house, context.name), context.name, context.log));

const bus = (context: ServiceContext, house: House): Bus => new Bus(context, house.site, transport(context, house));

/** The bus of the one service that must hear what was said while it was away. */
const historyBus = (context: ServiceContext, house: House): Bus =>
	new Bus(
		context,
		house.site,
		busHealth.watch(
			new MqttTransport(busAddress(house, context.name), context.name, context.log, {
				session: 'persistent',
				clientId: `${context.name}-${house.site}`,
			}),
		),
	);

/** The topics of devices that each service has a right to, besides those of the house. */
export function foreignRights({ simulator: { waterHeaterTopic: topic }, switches, tariff, probes }: House) {
	const plug =
		topic === undefined ? { publish: [], read: [] } : { publish: [topic], read: [`${topic}/set`, `${topic}/get`] };
	const meter = { publish: [], read: tariffTopics(tariff) };
	const thermostat = { publish: [], read: probeTopics(probes) };
	return { 'switch-actuator': switchTopics(switches), 'meter-reader': meter, simulator: plug, thermostat };
}

/** The accounts of people's pages on an outside broker: those of the configuration, or those that are exported. */
function pageAccounts({ mqtt, web, dataDir }: House): House['web']['brokerAccounts'] {
	if (web.brokerAccounts !== undefined || mqtt.url === undefined || !mqtt.ownAccounts) return web.brokerAccounts;
	const account = (role: Role) => {
		const username = pagesAccount(role);
		return { username, passwordFile: machineSecretFile(dataDir, username) };
	};
	return { admin: account('admin'), resident: account('resident'), viewer: account('viewer') };
}

/** The built dashboard. */
const assets = fileURLToPath(new URL('../../dashboard/dist', import.meta.url));

/** Every service, in the order they start: the wires are safe before anything else is tried. */
export const services: Readonly<Record<string, ServiceKind>> = {
	simulator: {
		about: 'a house that speaks TIC bytes and answers on an I2C bus',
		has: ({ simulated }) => simulated !== undefined,
		factory: (house) => (context) => {
			const foreign = new ForeignTopics(context, transport(context, house));
			return new Simulator(context, {
				config: { ...house.simulator, ...simulatorSockets(house) },
				...(house.simulated === undefined ? {} : { house: house.simulated }),
				radio: { bus: new Bus(context, house.site, foreign), foreign },
			});
		},
	},
	'radiator-actuator': {
		about: 'orders to I2C boards and their pilot wires',
		has: ({ boards }) => boards.modules.length > 0,
		factory: (house) => (context) =>
			new RadiatorActuator(context, bus(context, house), {
				...house,
				shedderEnabled: house.shedder.enabled,
				meter: shedderMeter(house),
				shareOf: blindShareOf(house, 'radiators'),
			}),
	},
	'switch-actuator': {
		about: 'orders to plugs, contactors and chargers that an MQTT topic or a relay switches',
		has: ({ switches }) => switches.length > 0,
		factory: (house) => (context) => {
			const foreign = new ForeignTopics(context, transport(context, house));
			return new SwitchActuator(context, new Bus(context, house.site, foreign), foreign, {
				...house,
				hold: holdWithGpioset(),
				shedderEnabled: house.shedder.enabled,
				meter: shedderMeter(house),
				shareOf: blindShareOf(house, 'switches'),
			});
		},
	},
	broker: {
		about: 'the embedded MQTT broker, over TCP, TLS and WebSocket',
		has: ({ mqtt }) => mqtt.url === undefined,
		factory: (house, accounts) => (context) => {
			const { host, port, wsPort, tls, trustProxy, channels, hub, anonymous, anonymousRole, sysIntervalS } =
				house.broker;
			const common = {
				...{ host, port, wsPort, tls, trustProxy, channels, version, log: context.log, clock: context.clock },
				measure: (metrics: Parameters<typeof context.measure>[0]) => context.measure(metrics),
			};
			if (hub) return new Broker({ ...common, ...hubOptions });
			return new Broker({
				...common,
				sysIntervalS,
				anonymous: anonymous ? anonymousRole : undefined,
				accounts: [...serviceAccounts(house.dataDir), ...configuredAccounts(house.broker)],
				openDirectory: () => accounts.lend(context.fail),
				rights: (principal) => rightsOf(house.site, principal, foreignRights(house)),
				stateFile: join(house.dataDir, 'broker.db'),
				cluster: configuredCluster(house.broker),
			});
		},
	},
	'meter-reader': {
		about: "the meter's serial line to the bus",
		has: ({ meters }) => meters.length > 0,
		factory: (house) => (context) => {
			const foreign = new ForeignTopics(context, transport(context, house));
			return new MeterReader(context, new Bus(context, house.site, foreign), house, undefined, foreign);
		},
	},
	'load-shedder': {
		about: 'load to the circuits that must wait',
		has: () => true,
		factory: (house) => (context) =>
			new LoadShedder(context, bus(context, house), {
				...house.shedder,
				meter: shedderMeter(house),
			}),
	},
	planner: {
		about: 'weekly programmes, absence and tariff to the order of each circuit',
		has: ({ planner }) => planner.enabled,
		factory: (house) => (context) => {
			const meter = shedderMeter(house);
			return new Planner(context, bus(context, house), { ...house, meter });
		},
	},
	telemetry: {
		about: 'every figure on the bus into the history; answers questions about it',
		has: () => true,
		factory: (house) => (context) => {
			const asks = { meter: shedderMeter(house), radiators: radiatorsOfHouse(house), mode: house.shedder.mode };
			const adviser = adviseInProcess(asks, () => context.clock.wallMs());
			const box = { path: blackBoxPath(house), meter: asks.meter, branchA: house.shedder.branchBreakerA };
			const storyteller = tellInProcess(box);
			return new Telemetry(context, historyBus(context, house), { ...house, adviser, storyteller });
		},
	},
	thermostat: {
		about: 'temperature probes, and the heaters and coolers that they run',
		has: ({ probes, thermostats }) => probes.length > 0 || thermostats.length > 0,
		factory: (house) => (context) => {
			const foreign = new ForeignTopics(context, transport(context, house));
			const outside = { lookerOf, settings: settingsFile(house.dataDir) };
			return new ThermostatService(context, new Bus(context, house.site, foreign), foreign, house, outside);
		},
	},
	'host-monitor': {
		about: "the machine's CPU, memory, disks and processes, live while somebody watches",
		has: ({ host }) => host.enabled,
		factory: (house) => (context) => {
			const presence = hostPresence(house.site, house);
			const outside = { machine: new ThisMachine(new Sysfs()), readActivity };
			return new HostMonitor(
				context,
				new Bus(context, house.site, transport(context, house), presence),
				house,
				outside,
			);
		},
	},
	'device-gateway': {
		about: 'devices that speak JSON over WebSocket',
		has: ({ deviceGateway }) => deviceGateway !== undefined,
		factory: (house, accounts) => (context) => {
			const deviceGateway = deviceGatewaySections.deviceGateway.unwrap().parse(house.deviceGateway ?? {});
			const config = { deviceGateway, dataDir: house.dataDir };
			return new DeviceGateway(context, bus(context, house), config, () => accounts.lend(context.fail));
		},
	},
	'remote-agent': {
		about: 'this machine from afar: files, camera, sound, television, pins and commands, as far as configured',
		has: ({ remoteAgent }) => remoteAgent.enabled,
		factory: (house) => (context) => new RemoteAgent(context, house, busAddress(house, context.name)),
	},
	'home-assistant': {
		about: 'announces the house to Home Assistant',
		has: ({ homeAssistant }) => homeAssistant.enabled,
		factory: (house) => (context) => {
			const foreign = new ForeignTopics(context, transport(context, house));
			return new HomeAssistant(context, new Bus(context, house.site, foreign), foreign, {
				...house.homeAssistant,
				...{ dataDir: house.dataDir, version, rooms: house.rooms },
				meters: house.meters.map(({ id }) => id),
				url: house.homeAssistant.url ?? `http://${hostname()}.local:${house.web.port}`,
			});
		},
	},
	web: {
		about: 'the dashboard, sign-in, and MQTT for browsers, at one address',
		has: (house) => house.web.enabled,
		factory: (house, accounts, file) => (context) => {
			const broker = { url: brokerUrl(house), embedded: house.mqtt.url === undefined };
			const { site, dataDir } = house;
			const config = { ...house.web, brokerAccounts: pageAccounts(house), site, dataDir, assets, broker };
			return new Web(context, bus(context, house), config, () => accounts.lend(context.fail), file);
		},
	},
	bridge: {
		about: 'shows the house on an outside broker, and lets in from there what is allowed',
		has: ({ bridge }) => bridge !== undefined,
		factory: (house) => (context) => {
			const { site } = house;
			const bridge = bridgeSections.bridge.unwrap().parse(house.bridge ?? {});
			const name = houseOutside({ site, bridge });
			const { url, username = name, caFile } = bridge;
			const address = { url, username, password: readSecret(bridge), caFile };
			const side = new HouseSide(transport(context, house));
			const outside = new OutsideBroker(address, name, context.clock);
			return new Bridge(context, new Bus(context, site, side), { house: side, outside }, { site, bridge });
		},
	},
	alerts: {
		about: 'tells people what is wrong, by ntfy, e-mail, webhook and Web Push',
		has: ({ alerts }) => alerts.enabled,
		factory: (house) => (context) => {
			const { dataDir, meters, rooms } = house;
			const own = servicesOf(house);
			const watched = {
				...{ meters: meters.map(({ id }) => id), rooms },
				services: watchedServices.filter((name) => own.includes(name)),
			};
			const config = { ...house, language: house.web.language ?? 'en', house: watched };
			return new Alerts(context, bus(context, house), config, drawerIn(dataDir));
		},
	},
};

export const serviceNames: readonly string[] = Object.keys(services);

/** The services that a house has, in the order they start. */
export function servicesOf(house: House): string[] {
	// A hub has no house behind it.
	if (house.broker.hub) return ['broker'];
	return serviceNames.filter((name) => services[name]?.has(house));
}

/** What makes a service of this house. */
export function factoryOf(name: string, house: House, accounts: HouseAccounts, file: HouseFile): ServiceFactory {
	const kind = services[name];
	if (kind === undefined) throw new RangeError(`expected one of ${serviceNames.join(', ')}, got ${name}`);
	return kind.factory(house, accounts, file);
}
