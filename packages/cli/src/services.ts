import type { ServiceFactory } from '@pilotwire/runtime';
import type { House } from './config.ts';
import type { ServiceOf, Surroundings } from './services/service-of.ts';

interface ServiceKind {
	/** What it does, for --help. */
	readonly about: string;
	/** Whether a house has it. */
	readonly has: (house: House) => boolean;
	/** Loads it. A process that doesn't run it never does: this table knows names, and no service. */
	readonly load: () => Promise<{ readonly serviceOf: ServiceOf }>;
}

/** Every service, in the order they start: the wires are safe before anything else is tried. */
export const services: Readonly<Record<string, ServiceKind>> = {
	simulator: {
		about: 'a house that speaks TIC bytes and answers on an I2C bus',
		has: ({ simulated }) => simulated !== undefined,
		load: () => import('./services/simulator.ts'),
	},
	'radiator-actuator': {
		about: 'orders to I2C boards and their pilot wires',
		has: ({ boards }) => boards.modules.length > 0,
		load: () => import('./services/radiator-actuator.ts'),
	},
	'switch-actuator': {
		about: 'orders to plugs, contactors and chargers that an MQTT topic or a relay switches',
		has: ({ switches }) => switches.length > 0,
		load: () => import('./services/switch-actuator.ts'),
	},
	broker: {
		about: 'the embedded MQTT broker, over TCP, TLS and WebSocket',
		has: ({ mqtt }) => mqtt.url === undefined,
		load: () => import('./services/broker.ts'),
	},
	'meter-reader': {
		about: "the meter's serial line to the bus",
		has: ({ meters }) => meters.length > 0,
		load: () => import('./services/meter-reader.ts'),
	},
	'load-shedder': {
		about: 'load to the circuits that must wait',
		has: () => true,
		load: () => import('./services/load-shedder.ts'),
	},
	planner: {
		about: 'weekly programmes, absence and tariff to the order of each circuit',
		has: ({ planner }) => planner.enabled,
		load: () => import('./services/planner.ts'),
	},
	telemetry: {
		about: 'every figure on the bus into the history; answers questions about it',
		has: () => true,
		load: () => import('./services/telemetry.ts'),
	},
	thermostat: {
		about: 'temperature probes, and the heaters and coolers that they run',
		has: ({ probes, thermostats }) => probes.length > 0 || thermostats.length > 0,
		load: () => import('./services/thermostat.ts'),
	},
	'host-monitor': {
		about: "the machine's CPU, memory, disks and processes, live while somebody watches",
		has: ({ host }) => host.enabled,
		load: () => import('./services/host-monitor.ts'),
	},
	'device-gateway': {
		about: 'devices that speak JSON over WebSocket',
		has: ({ deviceGateway }) => deviceGateway !== undefined,
		load: () => import('./services/device-gateway.ts'),
	},
	'remote-agent': {
		about: 'this machine from afar: files, camera, sound, television, pins and commands, as far as configured',
		has: ({ remoteAgent }) => remoteAgent.enabled,
		load: () => import('./services/remote-agent.ts'),
	},
	'home-assistant': {
		about: 'announces the house to Home Assistant',
		has: ({ homeAssistant }) => homeAssistant.enabled,
		load: () => import('./services/home-assistant.ts'),
	},
	web: {
		about: 'the dashboard, sign-in, and MQTT for browsers, at one address',
		has: ({ web }) => web.enabled,
		load: () => import('./services/web.ts'),
	},
	bridge: {
		about: 'shows the house on an outside broker, and lets in from there what is allowed',
		has: ({ bridge }) => bridge !== undefined,
		load: () => import('./services/bridge.ts'),
	},
	alerts: {
		about: 'tells people what is wrong, by ntfy, e-mail, webhook and Web Push',
		has: ({ alerts }) => alerts.enabled,
		load: () => import('./services/alerts.ts'),
	},
};

export const serviceNames: readonly string[] = Object.keys(services);

/** The services that a house has, in the order they start. */
export function servicesOf(house: House): string[] {
	// A hub has no house behind it.
	if (house.broker.hub) return ['broker'];
	return serviceNames.filter((name) => services[name]?.has(house));
}

/** What makes a service of this house, once that service is loaded. */
export async function factoryOf(
	name: string,
	house: House,
	shared: Pick<Surroundings, 'accounts' | 'file'>,
): Promise<ServiceFactory> {
	const kind = services[name];
	if (kind === undefined) throw new RangeError(`expected one of ${serviceNames.join(', ')}, got ${name}`);
	const { serviceOf } = await kind.load();
	return serviceOf(house, { ...shared, services: servicesOf(house) });
}
