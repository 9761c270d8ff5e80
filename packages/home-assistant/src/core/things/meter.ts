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
	slugOf,
	type Thing,
	thingId,
	whileOnline,
} from '../thing.ts';

/** What a meter has, as far as it has ever said it. */
export interface MeterShape {
	readonly phases: number;
	/** Registers that have counted, in the order they came. */
	readonly registers: readonly string[];
	/** What the supplier calls the hours of its registers, by number. */
	readonly labels: Readonly<Record<string, string>>;
	readonly hasVoltage: boolean;
	readonly hasPhasePower: boolean;
	readonly hasInjectedPower: boolean;
}

/** How a meter is announced. */
export interface MeterPlace {
	readonly id: string;
	/** The only one of its house. */
	readonly isOnly: boolean;
	/** The tariff is said with it. */
	readonly saysTariff: boolean;
	/** How often its figures are published, s. */
	readonly everyS: number;
}

const PERIODS = ['all_hours', 'off_peak', 'peak', 'normal', 'mobile_peak', 'weekend', 'other'];
const COLOURS = ['blue', 'white', 'red', 'normal', 'peak'];
/** Figures that fail to come so many times are none. */
const MISSED = 6;
/** Shorter than this is no silence, s: a frame can be long, and a reader restarts. */
const SILENCE_S = 60;

/** The electricity meter. */
export function meterThing(naming: Naming, place: MeterPlace, shape: MeterShape): Thing {
	const { word } = naming;
	return {
		id: thingId(naming, 'meter', place.id),
		slug: place.isOnly ? 'meter' : slugOf('meter', place.id),
		name: place.isOnly ? word('meter') : `${word('meter')} ${place.id}`,
		model: word('meterModel'),
		via: thingId(naming, 'hub'),
		availability: [
			whileOnline(naming, 'home-assistant'),
			whileOnline(naming, 'meter-reader'),
			{
				topic: nameOf(naming, topics.link, { meter: place.id }),
				value_template: "{{ 'online' if value_json.connected and not value_json.get('silentSince') else 'offline' }}",
			},
		],
		components: {
			...registers(naming, place, shape),
			...powers(naming, place, shape),
			...(place.saysTariff ? tariff(naming) : {}),
			...line(naming, place),
		},
	};
}

function registers(naming: Naming, { id }: MeterPlace, shape: MeterShape): Record<string, Component> {
	const state_topic = nameOf(naming, topics.homeAssistantMeter, { meter: id });
	return Object.fromEntries(
		shape.registers.map((register) => [
			`energy_${register.toLowerCase()}`,
			options('sensor', {
				name: registerName(naming, register, shape.labels),
				state_topic,
				value_template: `{{ value_json.energyWh.get('${register}') }}`,
				device_class: 'energy',
				state_class: 'total_increasing',
				unit_of_measurement: 'Wh',
				// The grid operator's own view of the same energy: whoever wants it can enable it.
				enabled_by_default: register.startsWith('EASD') ? false : undefined,
			}),
		]),
	);
}

function registerName({ word }: Naming, register: string, labels: MeterShape['labels']): string {
	const numbered = /^(EASF|EASD)0?(\d+)$/.exec(register);
	if (numbered === null) return word(register as Word);
	const [, stem, number] = numbered as unknown as [string, 'EASF' | 'EASD', string];
	const label = stem === 'EASF' ? labels[number] : undefined;
	return label === undefined ? `${word(stem)} ${number}` : `${word('energyOf')} ${label}`;
}

function powers(naming: Naming, { id, everyS }: MeterPlace, shape: MeterShape): Record<string, Component> {
	const { word } = naming;
	const common = {
		state_topic: nameOf(naming, topics.homeAssistantMeter, { meter: id }),
		state_class: 'measurement',
		expire_after: Math.max(SILENCE_S, everyS * MISSED),
	};
	const power = { ...common, device_class: 'apparent_power', unit_of_measurement: 'VA' };
	const current = { ...common, device_class: 'current', unit_of_measurement: 'A' };
	const voltage = { ...common, device_class: 'voltage', unit_of_measurement: 'V' };
	const each = (name: Word, key: string, source: string, given: object): [string, Component][] =>
		Array.from({ length: shape.phases }, (_, index) => [
			`${key}_${index + 1}`,
			options('sensor', {
				...given,
				name: shape.phases === 1 ? word(name) : `${word(name)} ${word('phase')} ${index + 1}`,
				value_template: ofPhase(source, index),
			}),
		]);
	return Object.fromEntries([
		[
			'apparent_power',
			options('sensor', { ...power, name: word('apparentPower'), value_template: field('apparentPowerVA') }),
		],
		...(shape.hasPhasePower && shape.phases > 1
			? each('apparentPower', 'apparent_power', 'phaseApparentPowerVA', power)
			: []),
		...(shape.hasInjectedPower
			? [
					[
						'injected_power',
						options('sensor', {
							...power,
							name: word('injectedPower'),
							value_template: field('injectedApparentPowerVA'),
						}),
					],
				]
			: []),
		...each('current', 'current', 'currentA', current),
		...(shape.hasVoltage ? each('voltage', 'voltage', 'voltageV', voltage) : []),
	]);
}

/** The house's tariff: known from the configured hours too, while the meter's line is silent. */
function tariff(naming: Naming): Record<string, Component> {
	const state_topic = nameOf(naming, topics.tariff, {});
	const availability = [whileOnline(naming, 'meter-reader')];
	const said = (name: Word, source: string, words: readonly string[]): Component =>
		options('sensor', {
			...{ name: naming.word(name), state_topic, availability, device_class: 'enum', options: words },
			value_template: oneOf(source, words),
		});
	return {
		tariff_period: said('tariffPeriod', 'period', PERIODS),
		tariff_colour: said('colour', 'colour', COLOURS),
		tariff_colour_today: said('colourToday', 'colourToday', COLOURS),
		tariff_colour_tomorrow: said('colourTomorrow', 'colourTomorrow', COLOURS),
	};
}

/** How its line does. These are there while the line is silent: then they matter. */
function line(naming: Naming, { id }: MeterPlace): Record<string, Component> {
	const common = {
		state_topic: nameOf(naming, topics.link, { meter: id }),
		availability: [whileOnline(naming, 'meter-reader')],
		entity_category: 'diagnostic',
	};
	return {
		line: options('binary_sensor', {
			...{ ...common, name: naming.word('line'), device_class: 'connectivity' },
			value_template: onWhere("value_json.connected and not value_json.get('silentSince')"),
			json_attributes_topic: common.state_topic,
			json_attributes_template: "{{ {'problem': value_json.get('problem'), 'mode': value_json.mode} | tojson }}",
		}),
		frames_per_minute: options('sensor', {
			...{ ...common, name: naming.word('framesPerMinute'), state_class: 'measurement' },
			value_template: field('framesPerMinute'),
		}),
		bad_groups: options('sensor', {
			...{ ...common, name: naming.word('badGroups'), state_class: 'total_increasing' },
			value_template: field('groupsBad'),
		}),
	};
}
