// Probes and thermostats: in which order, what may be set, and what the history says of a day.
import { addDays, type Calendar } from '@pilotwire/calendar';
import type { HistoryAnswer, ProbeState, ThermostatState } from '@pilotwire/contract';
import type { Key } from '../i18n/index.ts';
import type { House } from './house.ts';
import type { TimeWindow } from './time-window.ts';

export type Mode = ThermostatState['mode'];
export type Doing = ThermostatState['doing'];
type Fault = NonNullable<ProbeState['fault']>;

/** Bounds of what a thermostat takes, and the steps of the buttons. °C and K. */
export const TARGET = { least: -30, most: 120, step: 0.5 } as const;
export const HYSTERESIS = { least: 0.1, most: 20, step: 0.1 } as const;

/** How often the trend has a point. Minutes. */
export const RHYTHMS_MIN = [1, 10, 30, 60] as const;
export type RhythmMin = (typeof RHYTHMS_MIN)[number];

const MINUTE_MS = 60_000;

/** What is wrong with a probe, and what to do about it. */
export const faultKeys: Readonly<Record<Fault, Key>> = {
	missing: 'probes.fault.missing',
	unreadable: 'probes.fault.unreadable',
	checksum: 'probes.fault.checksum',
	power_on: 'probes.fault.power_on',
	jump: 'probes.fault.jump',
	range: 'probes.fault.range',
	silent: 'probes.fault.silent',
};

/** Those of a bus, by the names that people read. */
export function byName<Value extends { readonly name: string }>(
	of: ReadonlyMap<string, { readonly value: Value; readonly live: boolean }>,
): (readonly [id: string, value: Value])[] {
	const all = [...of].map(([id, { value }]) => [id, value] as const);
	return all.sort(([, a], [, b]) => a.name.localeCompare(b.name, undefined, { numeric: true }));
}

/** What a thermostat's circuits can do. */
export function modesOf({ heats, cools }: Pick<ThermostatState, 'heats' | 'cools'>): Mode[] {
	const modes: Mode[] = ['off'];
	if (heats !== undefined) modes.push('heat');
	if (cools !== undefined) modes.push('cool');
	if (heats !== undefined && cools !== undefined) modes.push('both');
	return modes;
}

/** A figure within bounds, on the tenth: sums of steps keep no dust. */
export function within(value: number, { least, most }: { readonly least: number; readonly most: number }): number {
	return Math.round(Math.min(most, Math.max(least, value)) * 10) / 10;
}

/** A day of the house, so many days from today's; the current one ends with its night, too. */
export function dayWindow(nowMs: number, days: number, calendar: Calendar): TimeWindow {
	const date = addDays(calendar.local(nowMs).date, days);
	return { fromMs: calendar.instant(date, 0), toMs: calendar.instant(addDays(date, 1), 0) };
}

/** How many buckets give a window a point every so many minutes. */
export function pointsFor({ fromMs, toMs }: TimeWindow, everyMin: RhythmMin): number {
	return Math.max(1, Math.round((toMs - fromMs) / (everyMin * MINUTE_MS)));
}

/** What held over a part of a window. */
export interface Stretch {
	readonly fromMs: number;
	readonly toMs: number;
	readonly what: string;
}

/** The texts of an answer as stretches: each holds until the next one. `endMs`: nothing holds beyond it, such as now. */
export function stretchesOf(
	{ lines }: Pick<HistoryAnswer, 'lines'>,
	{ fromMs, toMs }: TimeWindow,
	shiftMs: number,
	endMs: number,
): Stretch[] {
	const steps: { atMs: number; what: string }[] = [];
	for (const line of lines) {
		if (line.kind !== 'text') continue;
		if (line.before !== undefined) steps.push({ atMs: line.before.atMs + shiftMs, what: line.before.value });
		steps.push(...line.atMs.map((at, index) => ({ atMs: at + shiftMs, what: line.text[index] ?? '' })));
	}
	steps.sort((a, b) => a.atMs - b.atMs);
	const stretches: Stretch[] = [];
	for (const [index, { atMs, what }] of steps.entries()) {
		const from = Math.max(atMs, fromMs);
		const to = Math.min(steps[index + 1]?.atMs ?? endMs, toMs, endMs);
		if (to <= from) continue;
		const last = stretches.at(-1);
		if (last?.what === what) stretches[stretches.length - 1] = { ...last, toMs: to };
		else stretches.push({ fromMs: from, toMs: to, what });
	}
	return stretches;
}

/** Minutes of a window for which something held. */
export function minutesOf(
	stretches: readonly Stretch[],
	{ fromMs, toMs }: TimeWindow,
	counts: (what: string) => boolean,
) {
	const parts = stretches.map(({ fromMs: from, toMs: to, what }) =>
		counts(what) ? Math.max(0, Math.min(to, toMs) - Math.max(from, fromMs)) : 0,
	);
	return Math.round(parts.reduce((sum, one) => sum + one, 0) / MINUTE_MS);
}

/** What heats and cools where a probe is: its thermostats with their circuits; else what heats its room. */
export function rowsUnder(
	house: House,
	probe: string,
): { readonly thermostats: string[]; readonly circuits: string[] } {
	const own = [...house.thermostats].filter(([, { value }]) => value.probe === probe);
	if (own.length > 0) {
		const circuits = own.flatMap(([, { value }]) => [value.heats, value.cools].filter((id) => id !== undefined));
		return { thermostats: own.map(([id]) => id), circuits };
	}
	const room = house.probes.get(probe)?.value.room;
	const circuits = [...house.circuits].filter(([, { value }]) => room !== undefined && value.room === room);
	return { thermostats: [], circuits: circuits.map(([id]) => id).sort() };
}
