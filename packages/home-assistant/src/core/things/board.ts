import { topics } from '@pilotwire/contract';
import type { Word } from '../../words.ts';
import {
	type Component,
	field,
	type Naming,
	nameOf,
	onWhere,
	options,
	slugOf,
	type Thing,
	thingId,
	whileOnline,
} from '../thing.ts';

/** A board that drives pilot wires. All it says is for whoever looks for a fault. */
export function boardThing(naming: Naming, id: string): Thing {
	const { word } = naming;
	const common = { state_topic: nameOf(naming, topics.board, { board: id }), entity_category: 'diagnostic' };
	const counter = (name: Word, source: string): Component =>
		options('sensor', {
			...{ ...common, name: word(name), state_class: 'total_increasing' },
			value_template: field(source),
		});
	return {
		id: thingId(naming, 'board', id),
		slug: slugOf('board', id),
		name: `${word('board')} ${id}`,
		model: word('boardModel'),
		via: thingId(naming, 'hub'),
		availability: [whileOnline(naming, 'radiator-actuator')],
		components: {
			reachable: options('binary_sensor', {
				...{ ...common, name: word('reachable'), device_class: 'connectivity' },
				value_template: onWhere('value_json.reachable'),
				json_attributes_topic: common.state_topic,
				json_attributes_template: "{{ {'problem': value_json.get('problem')} | tojson }}",
			}),
			resets: counter('resets', 'resets'),
			drifts: counter('drifts', 'drifts'),
			failures: counter('failures', 'failures'),
			read_back: options('sensor', {
				...{ ...common, name: word('readBack'), device_class: 'timestamp', enabled_by_default: false },
				value_template: field('readBackAt'),
			}),
		},
	};
}
