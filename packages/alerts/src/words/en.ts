import type { Alert } from '../core/alert.ts';
import type { Words } from './words.ts';

const degrees = ({ figure = 0 }: Alert): string => `${figure.toFixed(1)} °C`;
const meter = ({ name }: Alert): string => (name === undefined ? 'The meter' : `The meter ${name}`);
const board = ({ name }: Alert): string => (name === undefined ? 'The board' : `The board ${name}`);
const breaker = ({ name }: Alert): string => (name === undefined ? 'The breaker' : `The breaker of the meter ${name}`);
const phase = ({ name }: Alert): string => (name === undefined ? '' : ` on phase ${name}`);

const stores: Readonly<Record<string, string>> = {
	sqlite: 'The history',
	influxdb: 'InfluxDB',
	spool: "The disk of the history's queue",
	'black-box': 'The black box',
};
const store = ({ subject }: Alert): string => stores[subject] ?? subject;

const services: Readonly<Record<string, string>> = {
	'meter-reader': 'The meter reader',
	'radiator-actuator': 'What drives the radiators',
	'switch-actuator': 'What switches plugs and contactors',
	'load-shedder': 'Load shedding',
	planner: 'The programmes',
	telemetry: 'The history',
	thermostat: 'The thermostat',
	'home-assistant': "Home Assistant's link",
	'device-gateway': 'The gateway of devices',
	web: 'The dashboard',
};
const service = ({ subject }: Alert): string => services[subject] ?? subject;

const serviceAdvice: Readonly<Record<string, string>> = {
	'load-shedder': 'Until it is back, radiators take turns within a safe share of the limit.',
	'radiator-actuator': 'Until it is back, the radiators keep the order they had.',
	'meter-reader': 'Until it is back, radiators take turns within a safe share of the limit.',
};

const openings: Readonly<Record<string, string>> = {
	breaker_open: 'The meter says so.',
	load_gone: 'More than the limit was drawn, then nothing.',
	meter_gone: 'More than the limit was drawn, then the meter fell silent: a breaker before it opened.',
};

/** English. */
export const en: Words = {
	kinds: {
		breaker_opened: {
			begin: (alert) => `${breaker(alert)} opened`,
			end: () => 'The power is back',
			past: (alert) => `${breaker(alert)} had opened`,
			advice: ({ detail = '' }) =>
				`${openings[detail] ?? ''} Switch something off before you close it; "pilotwire why" tells what led to it.`,
		},
		power_lost: {
			begin: () => 'The house had no power',
			end: () => 'The power is back',
			past: () => 'The power was away, and is back',
			advice: () =>
				'The machine that runs the heating had lost its power: a cut of the grid, the breaker, or its plug. "pilotwire why" tells what came before.',
		},
		room_freezing: {
			begin: (alert) => `Frost is near: ${alert.name ?? alert.subject} has ${degrees(alert)}`,
			end: ({ name, subject }) => `${name ?? subject} is out of danger of frost`,
			past: ({ name, subject }) => `${name ?? subject} was near to frost`,
			advice: () => 'Pipes may freeze. Look whether the radiator heats and a window is open.',
		},
		room_cold: {
			begin: (alert) => `${alert.name ?? alert.subject} is cold: ${degrees(alert)}`,
			end: ({ name, subject }) => `${name ?? subject} is warm enough again`,
			past: ({ name, subject }) => `${name ?? subject} was cold`,
			advice: () => 'It is colder than its guard temperature. Look whether its radiator heats and a window is open.',
		},
		meter_silent: {
			begin: (alert) => `${meter(alert)} is silent`,
			end: (alert) => `${meter(alert)} speaks again`,
			past: (alert) => `${meter(alert)} was silent`,
			advice: ({ detail }) =>
				detail === 'unplugged'
					? 'Its cable or adapter is not there. Until it is back, radiators take turns within a safe share of the limit.'
					: 'Look at the cable between the meter and this machine. Until it is back, radiators take turns within a safe share of the limit.',
		},
		margin_thin: {
			begin: (alert) => `The breaker is near to opening${phase(alert)}`,
			end: (alert) => `There is room again${phase(alert)}`,
			past: (alert) => `The breaker was near to opening${phase(alert)}`,
			advice: ({ figure = 0 }) =>
				figure > 0
					? `${figure} VA too much, and nothing more can be shed. Switch something off.`
					: 'Switch something off, or wait with what you were about to switch on.',
		},
		board_dead: {
			begin: (alert) => `${board(alert)} of the radiators does not answer`,
			end: (alert) => `${board(alert)} of the radiators answers again`,
			past: (alert) => `${board(alert)} of the radiators did not answer`,
			advice: () => 'Its radiators may heat without a limit. Look at its power and at its cable.',
		},
		output_faulty: {
			begin: ({ name, subject }) => `${name ?? subject} does not do what it is told`,
			end: ({ name, subject }) => `${name ?? subject} does what it is told again`,
			past: ({ name, subject }) => `${name ?? subject} did not do what it was told`,
			advice: ({ detail }) =>
				detail === 'output_stuck'
					? 'A pin of its wire is held from outside: look at the wiring.'
					: 'Its plug or relay does not answer: look whether it has power and is in reach.',
		},
		service_away: {
			begin: (alert) => `${service(alert)}: not running`,
			end: (alert) => `${service(alert)}: running again`,
			past: (alert) => `${service(alert)}: was not running`,
			advice: ({ subject }) =>
				`${serviceAdvice[subject] ?? ''} It starts again by itself; if it stays away, "pilotwire doctor" says why.`,
		},
		bus_away: {
			begin: () => 'The parts of the house do not reach each other',
			end: () => 'The parts of the house reach each other again',
			past: () => 'The parts of the house did not reach each other',
			advice: () =>
				'The broker does not answer. Radiators take turns within a safe share of the limit; "pilotwire doctor" says what is wrong.',
		},
		store_away: {
			begin: (alert) => `${store(alert)} takes nothing in`,
			end: (alert) => `${store(alert)} takes everything in again`,
			past: (alert) => `${store(alert)} took nothing in`,
			advice: ({ subject }) =>
				subject === 'influxdb' || subject === 'sqlite'
					? 'What is measured waits on the disk meanwhile, and nothing is lost. Look at the disk and at the database.'
					: 'Look whether the disk is full or worn out: "pilotwire doctor".',
		},
		probe_silent: {
			begin: ({ name, subject }) => `The thermometer ${name ?? subject} says nothing`,
			end: ({ name, subject }) => `The thermometer ${name ?? subject} speaks again`,
			past: ({ name, subject }) => `The thermometer ${name ?? subject} said nothing`,
			advice: () => 'Look at its battery, or its cable. Nobody guards its room against frost meanwhile.',
		},
	},
	since: (time) => `Since ${time}.`,
	span: (from, to, length) => `From ${from} to ${to}: ${length}.`,
	at: (time) => `At ${time}.`,
	unknown: (time) => `It was so since ${time}; nothing says any more whether it still is.`,
	several: (count) => `${count} messages from the house`,
	lost: (count) => (count === 1 ? 'One more had no room.' : `${count} more had no room.`),
	test: ['A test from Pilotwire', 'This is how the house reaches you. All is well.'],
	hours: (hours, minutes) => (minutes === 0 ? `${hours} h` : `${hours} h ${minutes} min`),
	minutes: (minutes) => (minutes === 1 ? '1 minute' : `${minutes} minutes`),
	seconds: (seconds) => (seconds === 1 ? '1 second' : `${seconds} seconds`),
	days: (days) => `${days} days`,
};
