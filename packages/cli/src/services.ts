import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rightsOf, serviceAccounts } from '@pilotwire/accounts';
import { Broker, configuredAccounts } from '@pilotwire/broker';
import { LoadShedder } from '@pilotwire/load-shedder';
import { MeterReader } from '@pilotwire/meter-reader';
import { RadiatorActuator } from '@pilotwire/radiator-actuator';
import { Bus, MqttTransport, type ServiceContext, type ServiceFactory } from '@pilotwire/runtime';
import { Simulator } from '@pilotwire/simulator';
import { Telemetry } from '@pilotwire/telemetry';
import { Web } from '@pilotwire/web';
import { brokerUrl, busAddress, type House, simulatorSockets } from './config.ts';
import { openAccounts } from './house-accounts.ts';

interface ServiceKind {
	/** What it does, for --help. */
	readonly about: string;
	/** Whether a house has it. */
	readonly has: (house: House) => boolean;
	readonly factory: (house: House) => ServiceFactory;
}

const bus = (context: ServiceContext, house: House): Bus =>
	new Bus(context, house.site, new MqttTransport(busAddress(house, context.name), context.name, context.log));

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

/** The built dashboard. */
const assets = fileURLToPath(new URL('../../dashboard/dist', import.meta.url));

/** Every service, in the order they start: the wires are safe before anything else is tried. */
export const services: Readonly<Record<string, ServiceKind>> = {
	simulator: {
		about: 'a house that speaks TIC bytes and answers on an I2C bus',
		has: ({ simulated }) => simulated !== undefined,
		factory: (house) => (context) =>
			new Simulator(context, {
				config: { ...house.simulator, ...simulatorSockets(house) },
				...(house.simulated === undefined ? {} : { house: house.simulated }),
			}),
	},
	'radiator-actuator': {
		about: 'orders to I2C boards and their pilot wires',
		has: ({ boards }) => boards.modules.length > 0,
		factory: (house) => (context) =>
			new RadiatorActuator(context, bus(context, house), { ...house, shedderEnabled: house.shedder.enabled }),
	},
	broker: {
		about: 'the embedded MQTT broker, over TCP and WebSocket',
		has: ({ mqtt }) => mqtt.url === undefined,
		factory: (house) => (context) => {
			const { host, port, wsPort, anonymous, anonymousRole } = house.broker;
			return new Broker({
				...{ host, port, wsPort, log: context.log, clock: context.clock },
				anonymous: anonymous ? anonymousRole : undefined,
				accounts: [...serviceAccounts(house.dataDir), ...configuredAccounts(house.broker)],
				openDirectory: () => openAccounts(house, context),
				rights: (principal) => rightsOf(house.site, principal),
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
				meter: house.shedder.meter ?? house.meters[0]?.id ?? 'main',
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
		factory: (house) => (context) => {
			const broker = { url: brokerUrl(house), embedded: house.mqtt.url === undefined };
			const { site, dataDir } = house;
			return new Web(context, bus(context, house), { ...house.web, site, dataDir, assets, broker }, () =>
				openAccounts(house, context),
			);
		},
	},
};

export const serviceNames: readonly string[] = Object.keys(services);

/** The services that a house has, in the order they start. */
export function servicesOf(house: House): string[] {
	return serviceNames.filter((name) => services[name]?.has(house));
}

/** What makes a service of this house. */
export function factoryOf(name: string, house: House): ServiceFactory {
	const kind = services[name];
	if (kind === undefined) throw new RangeError(`expected one of ${serviceNames.join(', ')}, got ${name}`);
	return kind.factory(house);
}
