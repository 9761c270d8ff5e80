import type { Rights } from './rights.ts';

/** The services from the meter to the wires: who measures, who decides and who switches. */
export const controlServices: Readonly<Record<string, Rights>> = {
	'meter-reader': {
		publish: [
			'{site}/meter/+/load/state',
			'{site}/meter/+/load/log',
			'{site}/meter/+/reading/state',
			'{site}/meter/+/link/state',
			'{site}/lines/+/log',
			'{site}/tariff/state',
		],
		read: [],
	},
	'radiator-actuator': {
		publish: ['{site}/circuits/+/state', '{site}/circuits/+/set', '{site}/boards/+/state'],
		read: [
			'{site}/shedder/shed/state',
			'{site}/circuits/+/set',
			'{site}/circuits/+/state',
			'{site}/planner/+/state',
			'{site}/meter/+/load/state',
			'{site}/boards/+/state',
			'{site}/probes/+/state',
		],
	},
	'switch-actuator': {
		publish: ['{site}/circuits/+/state', '{site}/circuits/+/set'],
		read: [
			'{site}/shedder/shed/state',
			'{site}/circuits/+/set',
			'{site}/circuits/+/state',
			'{site}/planner/+/state',
			'{site}/meter/+/load/state',
			'{site}/tariff/state',
			'{site}/probes/+/state',
		],
	},
	/** Its own orders too: what an earlier life left there is cleared. */
	planner: {
		publish: [
			'{site}/planner/+/state',
			'{site}/planner/+/target/state',
			'{site}/programmes/state',
			'{site}/programmes/set',
			'{site}/absence/state',
			'{site}/absence/set',
		],
		read: [
			'{site}/circuits/+/state',
			'{site}/planner/+/state',
			'{site}/planner/+/target/state',
			'{site}/programmes/set',
			'{site}/absence/set',
			'{site}/tariff/state',
			'{site}/meter/+/reading/state',
			'{site}/thermostats/+/state',
		],
	},
	/** Plays the house's wireless probes. */
	simulator: { publish: ['{site}/probes/+/state'], read: [] },
	'load-shedder': {
		publish: [
			'{site}/shedder/shed/state',
			'{site}/shedder/state',
			'{site}/shedder/event',
			'{site}/shedder/set',
			'{site}/commissioning/state',
		],
		read: [
			'{site}/shedder/set',
			'{site}/meter/+/load/state',
			'{site}/meter/+/reading/state',
			'{site}/circuits/+/state',
			'{site}/probes/+/state',
			'{site}/commissioning/state',
		],
	},
	thermostat: {
		// To the circuits that it runs it is the programme.
		publish: ['{site}/probes/+/state', '{site}/thermostats/+/state', '{site}/planner/+/state'],
		read: [
			'{site}/probes/+/state',
			'{site}/probes/+/set',
			'{site}/thermostats/+/state',
			'{site}/thermostats/+/set',
			'{site}/planner/+/target/state',
			'{site}/circuits/+/state',
		],
	},
};
