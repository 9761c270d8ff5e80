import { join } from 'node:path';
import { Broker, configuredAccounts, hashSecret } from '@pilotwire/broker';
import { LoadShedder } from '@pilotwire/load-shedder';
import { MeterReader } from '@pilotwire/meter-reader';
import { RadiatorActuator } from '@pilotwire/radiator-actuator';
import { Bus, MqttTransport, type ServiceContext, type ServiceFactory } from '@pilotwire/runtime';
import { Simulator } from '@pilotwire/simulator';
import { builtInAccounts, busAddress, type House, simulatorSockets } from './config.ts';

interface ServiceKind {
	/** What it does, for --help. */
	readonly about: string;
	/** Whether a house has it. */
	readonly has: (house: House) => boolean;
	readonly factory: (house: House) => ServiceFactory;
}

const bus = (context: ServiceContext, house: House): Bus =>
	new Bus(context, house.site, new MqttTransport(busAddress(house), context.name, context.log));

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
			const { host, port, wsPort, anonymous } = house.broker;
			const own = builtInAccounts(house).map(({ name, password }) => ({ name, secretHash: hashSecret(password) }));
			const accounts = [...own, ...configuredAccounts(house.broker)];
			const stateFile = join(house.dataDir, 'broker.db');
			return new Broker({ host, port, wsPort, anonymous, accounts, stateFile, log: context.log, clock: context.clock });
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
