import { type Parameters, type Topic, topicName, topics } from '@pilotwire/contract';
import type { Word } from '../words.ts';

/** The kinds of entities that are used. */
export type Platform = 'sensor' | 'binary_sensor' | 'climate' | 'select' | 'switch';

/** An entity: its platform and Home Assistant's options for it, unabbreviated. */
export interface Component {
	readonly platform: Platform;
	readonly [option: string]: unknown;
}

/** One condition of many for a thing to count as available. */
export interface Availability {
	readonly topic: string;
	readonly value_template?: string;
}

/** One device of Home Assistant's, with its entities by their ids. */
export interface Thing {
	/** Unique on the broker, the same for ever: it stands in topics and in each unique_id. */
	readonly id: string;
	/** What the ids of its entities begin with, such as salon in climate.salon, unless people rename them. */
	readonly slug: string;
	readonly name: string;
	readonly model: string;
	readonly manufacturer?: string;
	readonly version?: string;
	/** The thing it hangs on. */
	readonly via?: string;
	readonly area?: string | undefined;
	readonly url?: string;
	/** All must hold. */
	readonly availability: readonly Availability[];
	readonly components: Readonly<Record<string, Component>>;
}

/** What every maker of things needs. */
export interface Naming {
	readonly site: string;
	readonly word: (word: Word) => string;
	/** The name of a room, where it has one. */
	readonly area: (room: string | undefined) => string | undefined;
}

/** The kinds of things; a circuit keeps its id when its kind changes. */
export type ThingKind = 'hub' | 'meter' | 'circuit' | 'thermostat' | 'board' | 'probe' | 'host';

/** A thing's id. */
export function thingId({ site }: Naming, kind: ThingKind, id?: string): string {
	return ['pilotwire', site, kind, ...(id === undefined ? [] : [id])].join('_');
}

/** Words as they may stand in an entity's id. */
export const slugOf = (...words: readonly string[]): string => words.join('_').replaceAll('-', '_');

/** The whole name of a topic. */
export function nameOf<Template extends string>(
	{ site }: Naming,
	topic: Topic<Template, unknown>,
	parameters: Parameters<Template>,
): string {
	return topicName(site, topic, parameters);
}

/** Available while a service says that it is online. */
export function whileOnline(naming: Naming, service: string): Availability {
	return { topic: nameOf(naming, topics.status, { service }) };
}

/** Undefined options left out. */
export function options(platform: Platform, given: Readonly<Record<string, unknown>>): Component {
	return { platform, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) };
}

/** A template that gives a field of a JSON object, or nothing where it is absent. */
export const field = (name: string): string => `{{ value_json.get('${name}') }}`;

/** A template that gives one phase's value of a field that has one for each, or nothing. */
export const ofPhase = (name: string, index: number): string =>
	`{{ (value_json.get('${name}') or [none, none, none])[${index}] }}`;

/** A template that says ON or OFF. */
export const onWhere = (condition: string): string => `{{ 'ON' if ${condition} else 'OFF' }}`;

/** A template that gives a field's word where it is one of those known, or nothing: Home Assistant refuses others. */
export const oneOf = (name: string, words: readonly string[]): string =>
	`{% set word = value_json.get('${name}') %}{{ word if word in [${words.map((word) => `'${word}'`).join(', ')}] else none }}`;
