import { resident } from './people.ts';
import { answersToOwnCalls, houseStates, type Rights } from './rights.ts';

/** The services around the control path: history, people, devices and other systems. */
export const otherServices: Readonly<Record<string, Rights>> = {
	'host-monitor': {
		publish: ['{site}/hosts/+/state', '{site}/hosts/+/log', '{site}/hosts/+/status'],
		read: ['{site}/hosts/+/set'],
	},
	/** The black box keeps the meters' lines; they say whose meter it is, so that only administrators see them besides. */
	telemetry: {
		publish: [
			'{site}/telemetry/state',
			'{site}/tariff/prices/state',
			'{site}/tariff/prices/set',
			'{site}/advice/state',
			'{site}/advice/set',
			'{site}/services/telemetry-admin/rpc/+/reply',
		],
		read: [...houseStates, '{site}/lines/+/log', '{site}/services/telemetry-admin/rpc/+'],
	},
	'home-assistant': {
		publish: [
			'{site}/home-assistant/state',
			'{site}/home-assistant/meters/+/state',
			'{site}/home-assistant/shedder/state',
			'homeassistant/+/+/config',
			'homeassistant/+/+/+/config',
		],
		read: [
			'{site}/meter/+/reading/state',
			'{site}/circuits/+/state',
			'{site}/boards/+/state',
			'{site}/probes/+/state',
			'{site}/thermostats/+/state',
			'{site}/hosts/+/state',
			'{site}/shedder/state',
			'{site}/home-assistant/meters/+/state',
			'homeassistant/status',
		],
	},
	alerts: {
		publish: ['{site}/alerts/state'],
		read: [
			'{site}/meter/+/link/state',
			'{site}/meter/+/load/state',
			'{site}/boards/+/state',
			'{site}/probes/+/state',
			'{site}/circuits/+/state',
			'{site}/shedder/state',
			'{site}/telemetry/state',
			'{site}/services/+/status',
		],
	},
	/** Several machines of a house may have their agents under this account. Who uses them is an administrator. */
	'remote-agent': {
		publish: [
			'{site}/agents/+/state',
			'{site}/agents/+/status',
			'{site}/agents/+/log',
			'{site}/agents/+/from/+',
			// A request that came retained is cleared.
			'{site}/agents/+/to/+',
		],
		read: ['{site}/agents/+/to/+'],
		channels: true,
	},
	/** Adding and removing devices is for administrators: it has a name of its own among the services. */
	'device-gateway': {
		publish: [
			'{site}/devices/+/state',
			'{site}/devices/+/status',
			'{site}/devices/+/set',
			'{site}/devices/+/event',
			'{site}/services/device-gateway-admin/rpc/+/reply',
		],
		read: [
			'{site}/devices/+/state',
			'{site}/devices/+/status',
			'{site}/devices/+/telemetry',
			'{site}/devices/+/set',
			'{site}/services/device-gateway-admin/rpc/+',
		],
	},
	/** Hands on what signed-in people and programs with a token ask, each within the rights of their role. */
	web: {
		publish: [
			'{site}/services/telemetry/rpc/{call}',
			'{site}/services/device-gateway/rpc/{call}',
			'{site}/circuits/+/set',
		],
		read: [
			'{site}/services/+/status',
			answersToOwnCalls,
			'{site}/circuits/+/state',
			'{site}/meter/+/load/state',
			'{site}/meter/+/reading/state',
			'{site}/devices/+/state',
			'{site}/devices/+/event',
			'{site}/shedder/event',
		],
	},
	/**
	 * Shows the house on an outside broker; says at home what comes from there, within its configuration and the rights of a
	 * role.
	 */
	bridge: {
		publish: [
			'{site}/bridge/state',
			...resident.publish.filter((right) => right.endsWith('/set')),
			...['planner', 'meter-reader', 'telemetry', 'telemetry-admin', 'device-gateway', 'device-gateway-admin'].map(
				(service) => `{site}/services/${service}/rpc/{call}`,
			),
		],
		read: [...houseStates, '{site}/lines/+/log', '{site}/bridge/event', answersToOwnCalls],
	},
	/** The picture of the house in the terminal that runs it. */
	terminal: { publish: [], read: houseStates },
	/** `pilotwire call` and `commission`: whoever runs them can read every secret of this machine anyway. */
	cli: { publish: ['{site}/services/+/rpc/{call}'], read: [answersToOwnCalls, '{site}/commissioning/state'] },
};
