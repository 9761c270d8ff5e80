/**
 * What Home Assistant takes as discovery, written from its documentation (mqtt, sensor.mqtt, binary_sensor.mqtt,
 * climate.mqtt, select.mqtt, switch.mqtt, sensor, energy; 2026.11) and narrowed to what is used here. It is lenient with
 * entities and drops what it doesn't know; these rules refuse any key that it doesn't know, since that is a mistake of ours.
 */
import * as z from 'zod';

const ID = /^[a-zA-Z0-9_-]+$/;
const topic = z
	.string()
	.min(1)
	.refine((name) => !/[+#\0]/.test(name), 'a topic without wildcards');
/** Jinja: what opens is closed. */
const template = z.string().refine((text) => {
	const opened = text.match(/\{\{|\{%/g)?.length ?? 0;
	return opened > 0 && opened === (text.match(/\}\}|%\}/g)?.length ?? 0);
}, 'a template whose braces are closed');
const qos = z.literal([0, 1, 2]);
const icon = z.string().regex(/^mdi:[a-z0-9-]+$/);

const availability = {
	availability: z.array(
		z.strictObject({
			topic,
			payload_available: z.string().optional(),
			payload_not_available: z.string().optional(),
			value_template: template.optional(),
		}),
	),
	availability_mode: z.enum(['all', 'any', 'latest']),
};
const mayBeAvailable = {
	availability: availability.availability.optional(),
	availability_mode: availability.availability_mode.optional(),
};

const device = z.strictObject({
	identifiers: z.array(z.string().min(1)).min(1),
	name: z.string().min(1),
	model: z.string().min(1).optional(),
	manufacturer: z.string().min(1).optional(),
	sw_version: z.string().min(1).optional(),
	hw_version: z.string().min(1).optional(),
	serial_number: z.string().min(1).optional(),
	via_device: z.string().min(1).optional(),
	suggested_area: z.string().min(1).optional(),
	configuration_url: z.url({ protocol: /^(https?|homeassistant)$/ }).optional(),
});
const origin = z.strictObject({
	name: z.string().min(1),
	sw_version: z.string().min(1),
	support_url: z.url({ protocol: /^https?$/ }),
});

/** What every entity can have. */
const entity = {
	...mayBeAvailable,
	unique_id: z.string().regex(ID),
	default_entity_id: z.string().regex(/^[a-z_]+\.[a-z0-9_]+$/),
	name: z.string().min(1).max(60).nullable(),
	icon: icon.optional(),
	qos: qos.optional(),
	enabled_by_default: z.boolean().optional(),
	json_attributes_topic: topic.optional(),
	json_attributes_template: template.optional(),
};
/** A sensor can't be a setting. */
const diagnostic = z.literal('diagnostic').optional();

/** Units by device class (developers.home-assistant.io, sensor entity). `undefined`: none. */
const UNITS: Readonly<Record<string, readonly (string | undefined)[]>> = {
	apparent_power: ['mVA', 'VA', 'kVA'],
	atmospheric_pressure: ['cbar', 'bar', 'hPa', 'mmHg', 'inHg', 'inH₂O', 'kPa', 'mbar', 'Pa', 'mPa', 'psi'],
	battery: ['%'],
	current: ['A', 'mA'],
	duration: ['d', 'h', 'min', 's', 'ms', 'µs'],
	energy: ['J', 'kJ', 'MJ', 'GJ', 'mWh', 'Wh', 'kWh', 'MWh', 'GWh', 'TWh', 'cal', 'kcal', 'Mcal', 'Gcal'],
	enum: [undefined],
	humidity: ['%'],
	power: ['mW', 'W', 'kW', 'MW', 'GW', 'TW'],
	temperature: ['°C', '°F', 'K'],
	timestamp: [undefined],
	voltage: ['V', 'mV', 'µV', 'kV', 'MV'],
};
/** State classes by device class; without one there are no long-term statistics. */
const STATE_CLASSES: Readonly<Record<string, readonly (string | undefined)[]>> = {
	energy: ['total', 'total_increasing'],
	enum: [undefined],
	timestamp: [undefined],
	duration: ['measurement', 'total', 'total_increasing', undefined],
};
const MEASURED = ['measurement', undefined];

const sensor = z
	.strictObject({
		...entity,
		state_topic: topic,
		value_template: template,
		device_class: z.enum(Object.keys(UNITS) as [string, ...string[]]).optional(),
		state_class: z.enum(['measurement', 'total', 'total_increasing']).optional(),
		unit_of_measurement: z.string().min(1).optional(),
		options: z.array(z.string().min(1)).min(1).optional(),
		expire_after: z.int().positive().optional(),
		suggested_display_precision: z.int().min(0).optional(),
		entity_category: diagnostic,
	})
	.superRefine((given, context) => {
		const { device_class: kind, unit_of_measurement: unit, state_class: state, options } = given;
		const refuse = (message: string): void => context.addIssue({ code: 'custom', message });
		if (kind !== undefined && !UNITS[kind]?.includes(unit)) refuse(`${kind} in ${unit}`);
		if (kind !== undefined && !(STATE_CLASSES[kind] ?? MEASURED).includes(state)) refuse(`${kind} that is ${state}`);
		if ((kind === 'enum') !== (options !== undefined)) refuse('options go with the device class enum');
		if (options !== undefined && (state !== undefined || unit !== undefined))
			refuse('options with a unit or a state class');
		if (options !== undefined && new Set(options).size < options.length) refuse('an option twice');
	});

const binarySensor = z.strictObject({
	...entity,
	state_topic: topic,
	value_template: template,
	device_class: z.enum(['connectivity', 'problem', 'running', 'heat', 'cold', 'power']).optional(),
	payload_on: z.string().optional(),
	payload_off: z.string().optional(),
	expire_after: z.int().positive().optional(),
	entity_category: diagnostic,
});

const climate = z
	.strictObject({
		...entity,
		temperature_unit: z.enum(['C', 'F']),
		modes: z.array(z.enum(['auto', 'off', 'cool', 'heat', 'dry', 'fan_only', 'heat_cool'])).min(1),
		mode_state_topic: topic,
		mode_state_template: template,
		mode_command_topic: topic,
		mode_command_template: template,
		preset_modes: z.array(z.string().min(1)).optional(),
		preset_mode_state_topic: topic.optional(),
		preset_mode_value_template: template.optional(),
		preset_mode_command_topic: topic.optional(),
		preset_mode_command_template: template.optional(),
		current_temperature_topic: topic.optional(),
		current_temperature_template: template.optional(),
		temperature_state_topic: topic.optional(),
		temperature_state_template: template.optional(),
		temperature_command_topic: topic.optional(),
		temperature_command_template: template.optional(),
		action_topic: topic.optional(),
		action_template: template.optional(),
		min_temp: z.number().optional(),
		max_temp: z.number().optional(),
		temp_step: z.number().positive().optional(),
	})
	.refine(({ preset_modes: presets }) => presets?.includes('none') !== true, 'none is no preset')
	.refine(
		({ preset_modes: presets, preset_mode_command_topic: command }) =>
			(presets === undefined) === (command === undefined),
		'presets and their command go together',
	)
	.refine(
		({ temperature_state_topic: state, temperature_command_topic: command }) =>
			(state === undefined) === (command === undefined),
		'a set point that is shown can be set',
	);

const select = z.strictObject({
	...entity,
	state_topic: topic,
	value_template: template,
	command_topic: topic,
	command_template: template.optional(),
	options: z.array(z.string().min(1)).min(1),
});

const switched = z.strictObject({
	...entity,
	state_topic: topic,
	value_template: template,
	command_topic: topic,
	payload_on: z.string(),
	payload_off: z.string(),
	state_on: z.string(),
	state_off: z.string(),
});

const platforms = { sensor, binary_sensor: binarySensor, climate, select, switch: switched };
type Platform = keyof typeof platforms;

/** The message of a device: its own keys, and an entity for each component. */
const wholeDevice = z.strictObject({
	...mayBeAvailable,
	device,
	origin,
	components: z.record(z.string().regex(ID), z.looseObject({ platform: z.enum(Object.keys(platforms) as [Platform]) })),
});

/** An entity as Home Assistant puts it together, and where it came from. */
export interface Found {
	readonly topic: string;
	readonly id: string;
	readonly platform: Platform;
	readonly device: z.output<typeof device>;
	readonly config: Readonly<Record<string, unknown>>;
}

/**
 * Takes a discovery message as Home Assistant would, but for its leniency.
 * @returns its entities, and all that is wrong with it
 */
export function takeDiscovery(name: string, payload: unknown): { found: Found[]; faults: string[] } {
	const [prefix, platform, ...rest] = name.split('/');
	const ids = rest.slice(0, -1);
	if (prefix !== 'homeassistant' || rest.at(-1) !== 'config' || ids.some((id) => !ID.test(id)))
		return { found: [], faults: [`${name}: no discovery topic`] };
	if (platform === 'device') return takeDevice(name, payload);
	if (!isPlatform(platform) || ids.length !== 2) return { found: [], faults: [`${name}: no entity's topic`] };
	// Versions before 2025.10 know this key.
	const { device: thing, origin: who, object_id: wish, ...config } = payload as Record<string, unknown>;
	const head = z
		.strictObject({ device, origin, wish: z.string().regex(/^[a-z0-9_]+$/) })
		.safeParse({ device: thing, origin: who, wish });
	const faults = [...faultsOf(name, head), ...faultsOf(name, platforms[platform].safeParse(config))];
	return head.success
		? { found: [{ topic: name, id: ids[1] ?? '', platform, device: head.data.device, config }], faults }
		: { found: [], faults };
}

function takeDevice(name: string, payload: unknown): { found: Found[]; faults: string[] } {
	const whole = wholeDevice.safeParse(payload);
	if (!whole.success) return { found: [], faults: faultsOf(name, whole) };
	const { device: thing, components, availability: all, availability_mode: mode } = whole.data;
	const found: Found[] = [];
	const faults: string[] = [];
	for (const [id, { platform, ...own }] of Object.entries(components)) {
		faults.push(...faultsOf(`${name} ${id}`, platforms[platform].safeParse(own)));
		const config = { ...(all === undefined ? {} : { availability: all, availability_mode: mode }), ...own };
		found.push({ topic: name, id, platform, device: thing, config });
	}
	return { found, faults };
}

/** What the Energy dashboard would refuse of an entity that measures energy; nothing where it takes it (energy/validate). */
export function energyFaults({ topic: name, id, config }: Found): string[] {
	if (config['device_class'] !== 'energy') return [];
	const faults: string[] = [];
	if (config['state_class'] !== 'total_increasing') faults.push('its state class is not total_increasing');
	if (config['unit_of_measurement'] !== 'Wh') faults.push('its unit is not Wh');
	if (config['entity_category'] !== undefined) faults.push('it is a diagnostic');
	if (config['expire_after'] !== undefined) faults.push('it expires: a register holds while nobody reads it');
	return faults.map((fault) => `${name} ${id}: ${fault}`);
}

const isPlatform = (word: string | undefined): word is Platform => word !== undefined && Object.hasOwn(platforms, word);

function faultsOf(name: string, result: z.ZodSafeParseResult<unknown>): string[] {
	if (result.success) return [];
	return result.error.issues.map(({ path, message }) => `${name} ${path.join('.')}: ${message}`);
}
