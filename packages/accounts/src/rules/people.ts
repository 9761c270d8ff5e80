import type { Role } from '../principal.ts';
import { answersToOwnCalls, houseStates, type Rights } from './rights.ts';

const viewer: Rights = {
	// History is reading too, by way of a question.
	publish: ['{site}/services/telemetry/rpc/{call}'],
	read: [...houseStates, answersToOwnCalls],
};

/** Who lives in the house. */
export const resident: Rights = {
	publish: [
		...viewer.publish,
		'{site}/circuits/+/set',
		'{site}/devices/+/set',
		'{site}/services/device-gateway/rpc/{call}',
		'{site}/probes/+/set',
		'{site}/thermostats/+/set',
		'{site}/programmes/set',
		'{site}/absence/set',
		'{site}/services/planner/rpc/{call}',
		'{site}/shedder/set',
		'{site}/tariff/prices/set',
		'{site}/advice/set',
		'{site}/services/meter-reader/rpc/{call}',
		// Whoever lives there says on which of their devices they are told.
		'{site}/services/alerts/rpc/{call}',
		// How Home Assistant says that it has started.
		'homeassistant/status',
	],
	read: viewer.read,
	channels: true,
};

const admin: Rights = {
	publish: ['{site}/#', 'homeassistant/#'],
	read: ['{site}/#', 'homeassistant/#', '$SYS/#'],
	channels: true,
};

/** What a person may do, by role. */
export const people: Readonly<Record<Role, Rights>> = { admin, resident, viewer };

/**
 * A device has its place in the house, others where it is a machine that is watched or used, and its own root beside it:
 * Zigbee2MQTT under an account of that name has `zigbee2mqtt/#`, a Tasmota plug whose FullTopic begins with its name has
 * that.
 */
export const device: Rights = {
	publish: ['{site}/devices/{self}/#', '{site}/hosts/{self}/#', '{site}/agents/{self}/#', '{root}/#'],
	read: [
		...['{site}/devices/{self}/#', '{site}/hosts/{self}/#', '{root}/#'],
		// What is asked of its own agent, or of all.
		...['{site}/agents/{self}/to/+', '{site}/agents/all/to/+'],
	],
	channels: true,
};

/** Whoever it is, on a broker that lets everybody in for its channels. */
export const guest: Rights = { publish: [], read: [], channels: true };
