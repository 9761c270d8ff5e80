import { topics } from '@pilotwire/contract';
import type { Word } from '../../words.ts';
import {
	type Component,
	field,
	type Naming,
	nameOf,
	ofPhase,
	oneOf,
	onWhere,
	options,
	type Thing,
	thingId,
	whileOnline,
} from '../thing.ts';

/** What the hub is announced with. */
export interface HubShape {
	readonly version: string;
	/** The dashboard's address. */
	readonly url: string;
	/** How often the shedder's figures are published, s. */
	readonly everyS: number;
	/** How many phases the shedder sees; 0 while it has never spoken. */
	readonly phases: number;
}

const MODES = ['shedding', 'waiting_for_meter', 'disabled'];
/** Figures that fail to come so many times are none; shorter than the least is no silence, s. */
const MISSED = 6;
const SILENCE_S = 60;

/** Pilotwire itself, on which all others hang: what sheds, and what it thinks. */
export function hubThing(naming: Naming, shape: HubShape): Thing {
	const { word } = naming;
	return {
		id: thingId(naming, 'hub'),
		slug: 'pilotwire',
		name: word('hub'),
		model: word('hubModel'),
		manufacturer: 'Pilotwire',
		version: shape.version,
		url: shape.url,
		availability: [whileOnline(naming, 'home-assistant')],
		components: {
			...(shape.phases > 0 ? shedder(naming, shape) : {}),
			version: options('sensor', {
				...{ name: word('version'), state_topic: nameOf(naming, topics.homeAssistant, {}) },
				...{ value_template: field('version'), entity_category: 'diagnostic', icon: 'mdi:tag' },
			}),
		},
	};
}

function shedder(naming: Naming, { phases, everyS }: HubShape): Record<string, Component> {
	const { word } = naming;
	const state_topic = nameOf(naming, topics.homeAssistantShedder, {});
	const common = {
		state_topic,
		availability: [whileOnline(naming, 'home-assistant'), whileOnline(naming, 'load-shedder')],
	};
	const figure = { ...common, state_class: 'measurement', expire_after: Math.max(SILENCE_S, everyS * MISSED) };
	const each = (key: string, name: Word, source: string, given: object): [string, Component][] =>
		Array.from({ length: phases }, (_, index) => [
			`${key}_${index + 1}`,
			options('sensor', {
				...{ ...figure, ...given, value_template: ofPhase(source, index) },
				name: phases === 1 ? word(name) : `${word(name)} ${word('phase')} ${index + 1}`,
			}),
		]);
	return {
		shedding: options('binary_sensor', {
			...{ ...common, name: word('shedding'), device_class: 'problem' },
			value_template: onWhere('value_json.shedding'),
			json_attributes_topic: state_topic,
			json_attributes_template: "{{ {'circuits': value_json.shed} | tojson }}",
		}),
		pause: options('switch', {
			...{ ...common, name: word('pause'), icon: 'mdi:pause-circle', qos: 1 },
			value_template: onWhere("value_json.get('pausedUntil')"),
			command_topic: nameOf(naming, topics.shedderSet, {}),
			...{ payload_on: 'pause', payload_off: 'resume', state_on: 'ON', state_off: 'OFF' },
		}),
		paused_until: options('sensor', {
			...{ ...common, name: word('pausedUntil'), device_class: 'timestamp' },
			value_template: field('pausedUntil'),
		}),
		shedder_mode: options('sensor', {
			...{ ...common, name: word('shedderMode'), device_class: 'enum', options: MODES },
			...{ value_template: oneOf('mode', MODES), entity_category: 'diagnostic' },
		}),
		...Object.fromEntries([
			...each('headroom', 'headroom', 'headroomVA', { device_class: 'apparent_power', unit_of_measurement: 'VA' }),
			...each('margin', 'margin', 'marginPercent', { unit_of_measurement: '%', icon: 'mdi:gauge' }),
			...each('trip', 'trip', 'tripInS', {
				...{ device_class: 'duration', unit_of_measurement: 's', enabled_by_default: false },
			}),
		]),
	};
}
