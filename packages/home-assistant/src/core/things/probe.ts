import { type ProbeState, topics } from '@pilotwire/contract';
import { field, type Naming, nameOf, onWhere, options, slugOf, type Thing, thingId, whileOnline } from '../thing.ts';

/** What decides how a probe is announced. */
export interface ProbeShape {
	readonly name: string;
	readonly room?: string | undefined;
	readonly hasHumidity: boolean;
	readonly owner?: string | undefined;
	readonly hasPressure: boolean;
	readonly hasBattery: boolean;
	readonly hasLinkQuality: boolean;
}

/** Probes speak at least once an hour; one silent for longer than this knows nothing. Seconds. */
const SILENCE_S = 5_400;

/** The shape of a probe that says this of itself. */
export function probeShape(state: ProbeState): ProbeShape {
	return {
		...{ name: state.name, room: state.room, owner: state.owner },
		hasHumidity: state.humidityPercent !== undefined,
		hasPressure: state.pressureHPa !== undefined,
		hasBattery: state.batteryPercent !== undefined,
		hasLinkQuality: state.linkQuality !== undefined,
	};
}

/** A temperature probe. */
export function probeThing(naming: Naming, id: string, shape: ProbeShape): Thing {
	const { word } = naming;
	const state_topic = nameOf(naming, topics.probe, { probe: id });
	const figure = { state_topic, state_class: 'measurement', expire_after: SILENCE_S };
	return {
		id: thingId(naming, 'probe', id),
		slug: slugOf('probe', id),
		name: `${word('probe')} ${shape.name}`,
		model: word('probeModel'),
		via: thingId(naming, 'hub'),
		area: naming.area(shape.room),
		availability: shape.owner === undefined ? [] : [whileOnline(naming, shape.owner)],
		components: {
			temperature: options('sensor', {
				...{ ...figure, name: word('temperature'), device_class: 'temperature', unit_of_measurement: '°C' },
				...{ value_template: field('temperatureC'), suggested_display_precision: 1 },
			}),
			...(shape.hasHumidity
				? {
						humidity: options('sensor', {
							...{ ...figure, name: word('humidity'), device_class: 'humidity', unit_of_measurement: '%' },
							value_template: field('humidityPercent'),
						}),
					}
				: {}),
			...(shape.hasPressure
				? {
						pressure: options('sensor', {
							...{ ...figure, name: word('pressure'), device_class: 'atmospheric_pressure' },
							...{ unit_of_measurement: 'hPa', value_template: field('pressureHPa') },
						}),
					}
				: {}),
			...(shape.hasBattery
				? {
						battery: options('sensor', {
							...{ ...figure, name: word('battery'), device_class: 'battery', unit_of_measurement: '%' },
							...{ entity_category: 'diagnostic', value_template: field('batteryPercent') },
						}),
					}
				: {}),
			...(shape.hasLinkQuality
				? {
						link_quality: options('sensor', {
							...{ ...figure, name: word('linkQuality'), icon: 'mdi:signal', entity_category: 'diagnostic' },
							value_template: field('linkQuality'),
						}),
					}
				: {}),
			problem: options('binary_sensor', {
				...{ name: word('fault'), state_topic, device_class: 'problem', entity_category: 'diagnostic' },
				value_template: onWhere("value_json.get('problem')"),
				json_attributes_topic: state_topic,
				json_attributes_template: "{{ {'problem': value_json.get('problem')} | tojson }}",
			}),
		},
	};
}
