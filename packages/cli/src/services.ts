import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pagesAccount, type Role, rightsOf, serviceAccounts } from '@pilotwire/accounts';
import { Broker, configuredAccounts } from '@pilotwire/broker';
import { LoadShedder } from '@pilotwire/load-shedder';
import { MeterReader } from '@pilotwire/meter-reader';
import { RadiatorActuator } from '@pilotwire/radiator-actuator';
import {
	Bus,
	ForeignTopics,
	MqttTransport,
	machineSecretFile,
	type ServiceContext,
	type ServiceFactory,
} from '@pilotwire/runtime';
import { Simulator } from '@pilotwire/simulator';
import { SwitchActuator, switchTopics } from '@pilotwire/switch-actuator';
import { Telemetry } from '@pilotwire/telemetry';
import { Web } from '@pilotwire/web';
import { blindShareOf } from './blind-share.ts';
import { brokerUrl, busAddress, type House, shedderMeter, simulatorSockets } from './config.ts';
import type { HouseAccounts } from './house-accounts.ts';
import { version } from './version.ts';

interface ServiceKind {
	/** What it does, for --help. */
	readonly about: string;
	/** Whether a house has it. */
	readonly has: (house: House) => boolean;
	/** `accounts`: of this house, shared by the services of a process. */
	readonly factory: (house: House, accounts: HouseAccounts) => ServiceFactory;
}

const transport = (context: ServiceContext, house: House): MqttTransport =>
	new MqttTransport(busAddress(house, context.name), context.name, context.log);

const bus = (context: ServiceContext, house: House): Bus => new Bus(context, house.site, transport(context, house));

/** The bus of the one service that must hear what was said while it was away. */
const historyBus = (context: ServiceContext, house: House): Bus =>
	new Bus(
		context,
		house.site,
		new MqttTransport(busAddress(house, context.name), context.name, context.log, {
			session: 'persistent',
			clientId: `${context.name}-${house.site}`,
		}),
	);

/** The topics of devices that each service has a right to, besides those of the house. */
export function foreignRights({ simulator: { waterHeaterTopic: topic }, switches }: House) {
	const plug =
		topic === undefined ? { publish: [], read: [] } : { publish: [topic], read: [`${topic}/set`, `${topic}/get`] };
	return { 'switch-actuator': switchTopics(switches), simulator: plug };
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
		about: 'orders to plugs, contactors and chargers that an MQTT topic switches',
		has: ({ switches }) => switches.length > 0,
		factory: (house) => (context) => {
			const foreign = new ForeignTopics(context, transport(context, house));
			return new SwitchActuator(context, new Bus(context, house.site, foreign), foreign, {
				...house,
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
			const { host, port, wsPort, tls, anonymous, anonymousRole, sysIntervalS } = house.broker;
			return new Broker({
				...{ host, port, wsPort, tls, log: context.log, clock: context.clock, version, sysIntervalS },
				measure: (metrics) => context.measure(metrics),
				anonymous: anonymous ? anonymousRole : undefined,
				accounts: [...serviceAccounts(house.dataDir), ...configuredAccounts(house.broker)],
				openDirectory: () => accounts.lend(context.fail),
				rights: (principal) => rightsOf(house.site, principal, foreignRights(house)),
				stateFile: join(house.dataDir, 'broker.db'),
			});
		},
	},
	'meter-reader': {
		about: "the meter's serial line to the bus",
		has: ({ meters }) => meters.length > 0,
		factory: (house) => (context) => new MeterReader(context, bus(context, house), house),
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
	telemetry: {
		about: 'every figure on the bus into the history; answers questions about it',
		has: () => true,
		factory: (house) => (context) => new Telemetry(context, historyBus(context, house), house),
	},
	web: {
		about: 'the dashboard, sign-in, and MQTT for browsers, at one address',
		has: (house) => house.web.enabled,
		factory: (house, accounts) => (context) => {
			const broker = { url: brokerUrl(house), embedded: house.mqtt.url === undefined };
			const { site, dataDir } = house;
			const config = { ...house.web, brokerAccounts: pageAccounts(house), site, dataDir, assets, broker };
			return new Web(context, bus(context, house), config, () => accounts.lend(context.fail));
		},
	},
};

export const serviceNames: readonly string[] = Object.keys(services);

/** The services that a house has, in the order they start. */
export function servicesOf(house: House): string[] {
	return serviceNames.filter((name) => services[name]?.has(house));
}

/** What makes a service of this house. */
export function factoryOf(name: string, house: House, accounts: HouseAccounts): ServiceFactory {
	const kind = services[name];
	if (kind === undefined) throw new RangeError(`expected one of ${serviceNames.join(', ')}, got ${name}`);
	return kind.factory(house, accounts);
}
