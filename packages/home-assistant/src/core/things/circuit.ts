import { type CircuitState, topics } from '@pilotwire/contract';
import type { Word } from '../../words.ts';
import {
	type Component,
	field,
	type Naming,
	nameOf,
	oneOf,
	onWhere,
	options,
	slugOf,
	type Thing,
	thingId,
	whileOnline,
} from '../thing.ts';

/** What decides how a circuit is announced; orders come and go. */
export interface CircuitShape {
	readonly name: string;
	readonly kind: CircuitState['kind'];
	readonly owner: string;
	readonly room?: string | undefined;
	readonly isMeasured: boolean;
	readonly hasDayEnergy: boolean;
}

/** The things a circuit is tied to. */
export interface CircuitTies {
	/** The board that drives its wire, where one does. */
	readonly board?: string | undefined;
	/** The probe of its room, where there is one. */
	readonly probe?: string | undefined;
}

const PRESETS = ['comfort', 'comfort_-1', 'comfort_-2', 'eco', 'frost_protection'] as const;
const ORDERS = [...PRESETS, 'off'] as const;
/** What each kind can be told. */
const TOLD: Readonly<Record<CircuitState['kind'], readonly string[]>> = {
	radiator: ORDERS,
	switch: ['comfort', 'off'],
	water_heater: ['comfort', 'off'],
	charger: ['comfort', 'eco', 'off'],
};
const REASONS = [
	'programme',
	'override',
	'commissioning',
	'frost_guard',
	'shed',
	'waits_for_admission',
	'fallback',
	'unreachable',
];

/** The shape of a circuit that says this of itself. */
export function circuitShape(state: CircuitState): CircuitShape {
	return {
		...{ name: state.name, kind: state.kind, owner: state.owner, room: state.room },
		isMeasured: state.measuredPowerW !== undefined,
		hasDayEnergy: state.dayEnergyWh !== undefined,
	};
}

/** A radiator, a plug, a water heater or a charger. */
export function circuitThing(naming: Naming, id: string, shape: CircuitShape, ties: CircuitTies): Thing {
	const topic = nameOf(naming, topics.circuit, { circuit: id });
	return {
		id: thingId(naming, 'circuit', id),
		slug: slugOf(id),
		name: shape.name,
		model: naming.word(shape.kind),
		via: ties.board ?? thingId(naming, 'hub'),
		area: naming.area(shape.room),
		availability: [whileOnline(naming, shape.owner)],
		components: {
			...(shape.kind === 'radiator' ? { climate: climate(naming, id, ties.probe) } : {}),
			order: select(naming, id, TOLD[shape.kind]),
			...orders(naming, topic, TOLD[shape.kind]),
			...figures(naming, topic, shape),
		},
	};
}

/** Without a probe there is neither a temperature nor a set point: a pilot wire says neither. */
function climate(naming: Naming, id: string, probe: string | undefined): Component {
	const topic = nameOf(naming, topics.circuit, { circuit: id });
	const command = nameOf(naming, topics.circuitSet, { circuit: id });
	return options('climate', {
		name: null,
		qos: 1,
		temperature_unit: 'C',
		modes: ['auto', 'heat', 'off'],
		mode_state_topic: topic,
		mode_state_template:
			"{% set own = value_json.get('override') %}{{ 'auto' if not own else ('off' if own.order == 'off' else 'heat') }}",
		mode_command_topic: command,
		mode_command_template: "{{ {'auto': 'auto', 'heat': 'comfort', 'off': 'off'}[value] }}",
		preset_modes: PRESETS,
		preset_mode_state_topic: topic,
		preset_mode_value_template: "{{ 'none' if value_json.wanted == 'off' else value_json.wanted }}",
		preset_mode_command_topic: command,
		preset_mode_command_template: "{{ 'auto' if value == 'none' else value }}",
		...(probe === undefined
			? {}
			: {
					current_temperature_topic: nameOf(naming, topics.probe, { probe }),
					current_temperature_template: field('temperatureC'),
				}),
	});
}

function select(naming: Naming, id: string, told: readonly string[]): Component {
	return options('select', {
		name: naming.word('order'),
		icon: 'mdi:radiator',
		qos: 1,
		state_topic: nameOf(naming, topics.circuit, { circuit: id }),
		value_template: overrideOf(told),
		command_topic: nameOf(naming, topics.circuitSet, { circuit: id }),
		options: ['auto', ...told],
	});
}

/** An order that the circuit doesn't know by itself is shown as what it makes of it: Home Assistant refuses other words. */
function overrideOf(told: readonly string[]): string {
	const own = "{% set own = (value_json.get('override') or {}).get('order', 'auto') %}";
	const known = ['auto', ...told].map((word) => `'${word}'`).join(', ');
	return `${own}{{ own if own in [${known}] else ('off' if own == 'frost_protection' else 'comfort') }}`;
}

function orders({ word }: Naming, state_topic: string, told: readonly string[]): Record<string, Component> {
	const said = (name: Word, source: string, words: readonly string[]): Component =>
		options('sensor', {
			...{ name: word(name), state_topic, device_class: 'enum', options: words },
			value_template: oneOf(source, words),
		});
	return {
		in_force: said('inForce', 'inForce', told),
		reason: said('reason', 'reason', REASONS),
		shed: options('binary_sensor', {
			...{ name: word('shed'), state_topic, device_class: 'problem' },
			value_template: onWhere("value_json.reason == 'shed'"),
		}),
		override_until: options('sensor', {
			...{ name: word('overrideUntil'), state_topic, device_class: 'timestamp' },
			value_template: "{{ (value_json.get('override') or {}).get('until') }}",
		}),
		output: options('binary_sensor', {
			...{ name: word('output'), state_topic, device_class: 'problem', entity_category: 'diagnostic' },
			value_template: onWhere("value_json.reason == 'unreachable' or value_json.get('problem')"),
			json_attributes_topic: state_topic,
			json_attributes_template: "{{ {'problem': value_json.get('problem')} | tojson }}",
		}),
	};
}

function figures({ word }: Naming, state_topic: string, shape: CircuitShape): Record<string, Component> {
	const power = { state_topic, device_class: 'power', state_class: 'measurement', unit_of_measurement: 'W' };
	return {
		learned_power: options('sensor', {
			...{ ...power, name: word('learnedPower'), entity_category: 'diagnostic' },
			value_template: field('learnedPowerW'),
		}),
		...(shape.isMeasured
			? { power: options('sensor', { ...power, name: word('power'), value_template: field('measuredPowerW') }) }
			: {}),
		// It falls each day and stands in steps of 100 Wh: no energy that the Energy dashboard could count.
		...(shape.hasDayEnergy
			? {
					day_energy: options('sensor', {
						...{ name: word('energyToday'), state_topic, unit_of_measurement: 'Wh', icon: 'mdi:water-boiler' },
						value_template: field('dayEnergyWh'),
					}),
				}
			: {}),
	};
}
