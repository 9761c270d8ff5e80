import { numberAt, valueAt } from '@pilotwire/runtime';
import type { ProbeConfig } from '../config.ts';
import type { Look } from './one-wire.ts';

type TopicSource = Extract<ProbeConfig['source'], { topic: string }>;

/** What a message of a wireless probe says. */
export interface Spoken {
	/** Undefined where the message speaks of something else, such as a button. */
	readonly look: Look | undefined;
	/** When it was measured, milliseconds since 1970; undefined where it doesn't say. */
	readonly atMs: number | undefined;
	/** What Zigbee2MQTT says besides. */
	readonly batteryPercent?: number;
	readonly linkQuality?: number;
}

/** Larger numbers of a time are milliseconds since 1970, smaller ones seconds. */
const SECONDS_END = 1e11;

/** Reads a message of a probe that speaks on a topic of its own. */
export function readSpoken(source: TopicSource, text: string): Spoken {
	const figure = (path: string | undefined, name: string, least: number, most: number) => {
		const value = path === undefined && name !== 'temperatureC' ? undefined : numberAt(text, path);
		return value === undefined ? [] : [{ name, value, right: value >= least && value <= most }];
	};
	const figures = [
		...figure(source.temperature, 'temperatureC', -55, 125),
		...figure(source.humidity, 'humidityPercent', 0, 100),
		...figure(source.pressure, 'pressureHPa', 300, 1_200),
	];
	const wrong = figures.find(({ right }) => !right);
	const aside = (path: string, name: string, most: number): Record<string, number> => {
		const value = numberAt(text, path);
		return value !== undefined && value >= 0 && value <= most ? { [name]: value } : {};
	};
	return {
		look: lookOf(figures, wrong),
		atMs: source.time === undefined ? undefined : momentAt(text, source.time),
		...aside('battery', 'batteryPercent', 100),
		...aside('linkquality', 'linkQuality', 255),
	};
}

interface Figure {
	readonly name: string;
	readonly value: number;
}

function lookOf(figures: readonly Figure[], wrong: Figure | undefined): Look | undefined {
	if (wrong !== undefined) return { ok: false, fault: 'range', received: `${wrong.name} ${wrong.value}` };
	if (figures.length === 0) return undefined;
	return { ok: true, ...Object.fromEntries(figures.map(({ name, value }) => [name, value])) };
}

function momentAt(text: string, path: string): number | undefined {
	const value = valueAt(text, path);
	const number = numberAt(text, path);
	if (number !== undefined) return number < SECONDS_END ? number * 1_000 : number;
	const parsed = typeof value === 'string' ? Date.parse(value) : Number.NaN;
	return Number.isNaN(parsed) ? undefined : parsed;
}
