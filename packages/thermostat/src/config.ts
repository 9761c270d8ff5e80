import { type Fault, foreignTopicSetting, idSetting, jsonPathSetting } from '@pilotwire/runtime';
import * as z from 'zod';

/** A 1-wire thermometer's serial number, as the kernel writes it. */
const serialForms = 'the serial number of a 1-wire thermometer, such as 28-00000a1b2c3d';

const sourceSetting = z.union(
	[
		z.strictObject({
			oneWire: z
				.string()
				.regex(/^(10|22|28|3b|42)-[0-9a-f]{12}$/, serialForms)
				.describe('Its folder in /sys/bus/w1/devices.'),
		}),
		z.strictObject({
			iio: z
				.string()
				.regex(/^[A-Za-z0-9@:_.-]{1,64}$/, 'the name of an IIO device, such as bme280 or iio:device0')
				.describe("Its folder in /sys/bus/iio/devices, or what the folder's file `name` says."),
		}),
		z.strictObject({
			topic: foreignTopicSetting.describe('Where it says what it measures, such as zigbee2mqtt/salon.'),
			temperature: jsonPathSetting
				.optional()
				.describe('Where the °C stand in its JSON. Without it the whole payload is meant.'),
			humidity: jsonPathSetting.optional().describe('Where the percent of relative humidity stand.'),
			pressure: jsonPathSetting.optional().describe('Where the hPa stand.'),
			time: jsonPathSetting
				.optional()
				.describe('Where it says when it measured: ISO 8601, or seconds or milliseconds since 1970.'),
		}),
	],
	{ error: '{oneWire: serial number}, {iio: device} or {topic: MQTT topic}' },
);

const probeSetting = z.strictObject({
	id: idSetting.describe('Name of the probe on the bus.'),
	name: z.string().min(1).max(64).optional().describe('Name that people read. Default: the id.'),
	room: idSetting.optional().describe('The room it stands in, one of rooms.'),
	source: sourceSetting.describe('Where it is read.'),
	everyS: z
		.number()
		.min(1)
		.max(3_600)
		.default(10)
		.describe('How often it is read, s, until somebody sets another rhythm; a topic speaks when it likes.'),
	offsetC: z.number().min(-20).max(20).default(0).describe('Added to what it says, K: what a good thermometer showed.'),
	jumpC: z
		.number()
		.min(0.5)
		.max(100)
		.default(10)
		.describe('A step this large is believed once the next reading agrees, K.'),
	silentS: z
		.number()
		.min(5)
		.max(172_800)
		.optional()
		.describe(
			'Without a right reading for so long it counts as silent, s. Default: 120 or three readings; 7200 for a topic.',
		),
});

const thermostatSetting = z.strictObject({
	id: idSetting.describe('Name of the thermostat on the bus.'),
	name: z.string().min(1).max(64).optional().describe('Name that people read. Default: the id.'),
	probe: idSetting.describe('The probe it goes by, one of probes.'),
	heats: idSetting.optional().describe('The circuit that heats, one of radiators or switches.'),
	cools: idSetting.optional().describe('The circuit that cools.'),
	mode: z
		.enum(['off', 'heat', 'cool', 'both'])
		.default('heat')
		.describe('What it does, until somebody sets another mode.'),
	targetC: z.number().min(-30).max(120).default(20).describe('Target until somebody sets another one, °C.'),
	hysteresisC: z
		.number()
		.min(0.1)
		.max(20)
		.default(0.5)
		.describe('It begins this far from the target and ends at it, K.'),
	minOnS: z.number().min(0).max(86_400).default(60).describe('Least time it runs once it does, s.'),
	minOffS: z
		.number()
		.min(0)
		.max(86_400)
		.default(120)
		.describe('Least time it rests once it does, s; for a compressor 300.'),
	longestRunS: z
		.number()
		.min(60)
		.max(172_800)
		.optional()
		.describe('A run ends after this much time under power, s: the probe may have fallen out.'),
});

/** The sections of the configuration that thermostat owns. */
export const thermostatSections = {
	probes: z.array(probeSetting).default([]).describe('Temperature probes: 1-wire, IIO sensors, or any MQTT topic.'),
	thermostats: z.array(thermostatSetting).default([]).describe('Heaters and coolers that a probe runs.'),
};

export type ProbeConfig = z.output<typeof probeSetting>;
export type ThermostatSetting = z.output<typeof thermostatSetting>;

/** What the service is given. */
export interface ThermostatConfig {
	/** Folder for what people set. */
	readonly dataDir: string;
	readonly probes: readonly ProbeConfig[];
	readonly thermostats: readonly ThermostatSetting[];
}

/** The topics outside `pilotwire/` that probes speak on. */
export function probeTopics(probes: readonly ProbeConfig[]): string[] {
	return [...new Set(probes.flatMap(({ source }) => ('topic' in source ? [source.topic] : [])))];
}

interface Surroundings extends Omit<ThermostatConfig, 'dataDir'> {
	readonly rooms: readonly { readonly id: string }[];
	readonly radiators: readonly { readonly id: string; readonly programme?: string | undefined }[];
	readonly switches: readonly { readonly id: string; readonly programme: string }[];
}

/** What no single setting shows: names twice, and things that nobody named. */
export function thermostatFaults(config: Surroundings): Fault[] {
	return [...probeFaults(config), ...config.thermostats.flatMap((one, index) => faultsOf(one, index, config))];
}

function probeFaults({ probes, rooms }: Surroundings): Fault[] {
	return probes.flatMap(({ id, room }, index) => {
		const faults: Fault[] = [];
		const fault = (key: string, expected: string, received: string): void => {
			faults.push({ path: `probes[${index}].${key}`, expected, received });
		};
		if (probes.findIndex((other) => other.id === id) < index)
			fault('id', 'an id of its own for each probe', `${id} again`);
		if (room !== undefined && !rooms.some((known) => known.id === room)) fault('room', oneOf('rooms', rooms), room);
		return faults;
	});
}

function faultsOf(one: ThermostatSetting, index: number, config: Surroundings): Fault[] {
	const { probes, thermostats, radiators, switches } = config;
	const faults: Fault[] = [];
	const fault = (key: string, expected: string, received: string): void => {
		faults.push({ path: `thermostats[${index}].${key}`, expected, received });
	};
	const earlier = thermostats.slice(0, index);
	const circuits = [...radiators, ...switches];
	if (earlier.some(({ id }) => id === one.id)) fault('id', 'an id of its own for each thermostat', `${one.id} again`);
	if (circuits.some(({ id }) => id === one.id)) fault('id', 'an id that no circuit has', one.id);
	if (!probes.some(({ id }) => id === one.probe)) fault('probe', oneOf('probes', probes), one.probe);
	if (one.heats === undefined && one.cools === undefined) fault('heats', 'a circuit that heats or cools', 'none');
	for (const [does, mode] of [
		['heats', 'heat'],
		['cools', 'cool'],
	] as const) {
		const id = one[does];
		if (id === undefined) {
			if (one.mode === mode || one.mode === 'both') fault(does, `a circuit for mode: ${one.mode}`, 'none');
			continue;
		}
		const circuit = circuits.find((known) => known.id === id);
		if (circuit === undefined) fault(does, oneOf('radiators or switches', circuits), id);
		else if (circuit.programme !== 'off')
			fault(
				does,
				`a circuit with programme: off, which holds while nobody runs it`,
				`${id}, whose programme is ${circuit.programme}`,
			);
		if (earlier.some(({ heats, cools }) => heats === id || cools === id) || (does === 'cools' && one.heats === id))
			fault(does, 'a circuit of its own for each thermostat', `${id} again`);
	}
	return faults;
}

function oneOf(what: string, things: readonly { readonly id: string }[]): string {
	return things.length === 0
		? `one of ${what}, which is empty`
		: `one of ${what} (${things.map(({ id }) => id).join(', ')})`;
}
