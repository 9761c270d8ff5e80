import { type ThermostatState, topics } from '@pilotwire/contract';
import { field, type Naming, nameOf, onWhere, options, slugOf, type Thing, thingId, whileOnline } from '../thing.ts';

/** What it can be set to, °C: a freezer, a fermenter and a kiln have one. */
const RANGE = { min_temp: -30, max_temp: 120 };

/** What decides how a thermostat is announced. */
export interface ThermostatShape {
	readonly name: string;
	readonly heats: boolean;
	readonly cools: boolean;
}

/** The shape of a thermostat that says this of itself. */
export function thermostatShape({ name, heats, cools }: ThermostatState): ThermostatShape {
	return { name, heats: heats !== undefined, cools: cools !== undefined };
}

/** A heater or cooler that a probe and a set point run. */
export function thermostatThing(naming: Naming, id: string, shape: ThermostatShape): Thing {
	const { word } = naming;
	const topic = nameOf(naming, topics.thermostat, { thermostat: id });
	const command = nameOf(naming, topics.thermostatSet, { thermostat: id });
	const modes = [
		'off',
		...(shape.heats ? ['heat'] : []),
		...(shape.cools ? ['cool'] : []),
		...(shape.heats && shape.cools ? ['heat_cool'] : []),
	];
	return {
		id: thingId(naming, 'thermostat', id),
		slug: slugOf('thermostat', id),
		name: `${word('thermostat')} ${shape.name}`,
		model: word('thermostatModel'),
		via: thingId(naming, 'hub'),
		availability: [whileOnline(naming, 'thermostat')],
		components: {
			climate: options('climate', {
				...{ name: null, qos: 1, temperature_unit: 'C', modes, temp_step: 0.5, ...RANGE },
				mode_state_topic: topic,
				mode_state_template: "{{ 'heat_cool' if value_json.mode == 'both' else value_json.mode }}",
				mode_command_topic: command,
				mode_command_template: "{{ {'mode': 'both' if value == 'heat_cool' else value} | tojson }}",
				temperature_state_topic: topic,
				temperature_state_template: '{{ value_json.targetC }}',
				temperature_command_topic: command,
				temperature_command_template: "{{ {'targetC': value} | tojson }}",
				current_temperature_topic: topic,
				current_temperature_template: field('temperatureC'),
				action_topic: topic,
				// Who has to wait heats nothing, whatever it asks for.
				action_template:
					"{{ 'off' if value_json.mode == 'off' else 'idle' if value_json.waits else {'heat': 'heating', 'cool': 'cooling'}.get(value_json.doing, 'idle') }}",
			}),
			waits: options('binary_sensor', {
				...{ name: word('shed'), state_topic: topic, device_class: 'problem' },
				value_template: onWhere('value_json.waits'),
			}),
			problem: options('binary_sensor', {
				...{ name: word('fault'), state_topic: topic, device_class: 'problem', entity_category: 'diagnostic' },
				value_template: onWhere("value_json.get('problem')"),
				json_attributes_topic: topic,
				json_attributes_template: "{{ {'problem': value_json.get('problem')} | tojson }}",
			}),
		},
	};
}
