import { type HostState, topics } from '@pilotwire/contract';
import type { Word } from '../../words.ts';
import { type Component, field, type Naming, nameOf, onWhere, options, slugOf, type Thing, thingId } from '../thing.ts';

/** What decides how a machine is announced. */
export interface HostShape {
	readonly name: string;
	readonly model: string;
	readonly system: string;
	readonly hasTemperature: boolean;
	readonly hasThrottling: boolean;
	readonly hasDisk: boolean;
}

/** Machines speak once a minute. Seconds. */
const SILENCE_S = 300;

/** The shape of a machine that says this of itself. */
export function hostShape(state: HostState): HostShape {
	return {
		...{ name: state.name, model: state.model ?? state.architecture, system: state.system },
		hasTemperature: state.temperatureC !== undefined,
		hasThrottling: state.throttling !== undefined,
		hasDisk: state.disks.length > 0,
	};
}

const shareOf = (what: string): string =>
	`{% set all = ${what} %}{{ (100 * all.usedBytes / all.totalBytes) | round(1) if all.totalBytes else none }}`;

/** A machine of the house, such as the Pi. */
export function hostThing(naming: Naming, id: string, shape: HostShape): Thing {
	const { word } = naming;
	const common = { state_topic: nameOf(naming, topics.host, { host: id }), entity_category: 'diagnostic' };
	const figure = { ...common, state_class: 'measurement', expire_after: SILENCE_S };
	const percent = (name: Word, value_template: string): Component =>
		options('sensor', { ...figure, name: word(name), unit_of_measurement: '%', value_template });
	const fault = (name: Word, source: string): Component =>
		options('binary_sensor', {
			...{ ...common, name: word(name), device_class: 'problem', expire_after: SILENCE_S },
			value_template: onWhere(`(value_json.get('throttling') or {}).get('${source}')`),
		});
	return {
		id: thingId(naming, 'host', id),
		slug: slugOf('host', id),
		name: shape.name,
		model: shape.model,
		version: shape.system,
		via: thingId(naming, 'hub'),
		availability: [{ topic: nameOf(naming, topics.hostStatus, { host: id }) }],
		components: {
			cpu: percent('cpu', field('cpuPercent')),
			memory: percent('memory', shareOf('value_json.memory')),
			...(shape.hasDisk ? { disk: percent('disk', shareOf('value_json.disks[0]')) } : {}),
			...(shape.hasTemperature
				? {
						temperature: options('sensor', {
							...{ ...figure, name: word('temperature'), device_class: 'temperature', unit_of_measurement: '°C' },
							value_template: field('temperatureC'),
						}),
					}
				: {}),
			...(shape.hasThrottling
				? { under_voltage: fault('underVoltage', 'underVoltage'), throttled: fault('throttled', 'throttled') }
				: {}),
			booted_at: options('sensor', {
				...{ ...common, name: word('bootedAt'), device_class: 'timestamp' },
				value_template: field('bootedAt'),
			}),
		},
	};
}
