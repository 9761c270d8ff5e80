import type { Point } from '@pilotwire/telemetry';

export const DAY_MS = 86_400_000;
/** When the bench's house was first measured. */
export const START_MS = Date.UTC(2025, 0, 1);
/** Tempo's registers: three colours, off-peak and peak. */
export const REGISTERS = ['BBRHCJB', 'BBRHPJB', 'BBRHCJW', 'BBRHPJW', 'BBRHCJR', 'BBRHPJR'] as const;

const SAMPLE_MS = 2_000;
/** What rests is written again, as telemetry does. Milliseconds. */
const REMINDER_MS = 600_000;
const loadTags = { meter: 'main', phase: '1' };
const registerTags = REGISTERS.map((register) => ({ meter: 'main', register }));
const identityTags = { meter: 'main' };
const noTags = {};

/** Where the register stands that counted until a day: only one does at a time. */
const stands = REGISTERS.map(() => 1_000_000);

/** One day of a house, to be asked for in order: its load every two seconds, and its six registers. */
export function* day(number: number): Generator<Point> {
	const fromMs = START_MS + number * DAY_MS;
	const colour = number % 15 === 0 ? 2 : number % 5 === 0 ? 1 : 0;
	if (number === 0) stands.fill(1_000_000);
	let seed = number + 1;
	let load = 400;
	for (let after = 0; after < DAY_MS; after += SAMPLE_MS) {
		seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
		// Appliances come and go; between that, the meter's last digits move.
		if (seed % 97 === 0) load = 150 + (seed % 6_000);
		const value = load + (Math.floor(seed / 65_536) % 20);
		const at = fromMs + after;
		yield { series: 'load.apparentPowerVA', tags: loadTags, at, value };
		if (after % 60_000 !== 0) continue;
		const isPeak = after >= 6 * 3_600_000 && after < 22 * 3_600_000;
		const counting = colour * 2 + (isPeak ? 1 : 0);
		stands[counting] = (stands[counting] as number) + 12;
		for (const [index, tags] of registerTags.entries()) {
			if (index !== counting && after % REMINDER_MS !== 0) continue;
			yield { series: 'reading.energyWh', tags, at, value: stands[index] as number };
		}
		if (after % REMINDER_MS !== 0) continue;
		yield { series: 'reading.identity', tags: identityTags, at, value: 'linky-1' };
		yield { series: 'tariff.period', tags: noTags, at, value: isPeak ? 'peak' : 'off_peak' };
		yield { series: 'tariff.colour', tags: noTags, at, value: ['blue', 'white', 'red'][colour] as string };
	}
}

/** Points of so many days, in writes of at most so many. */
export function* writes(days: number, most: number): Generator<Point[]> {
	let batch: Point[] = [];
	for (let number = 0; number < days; number += 1) {
		for (const point of day(number)) {
			batch.push(point);
			if (batch.length < most) continue;
			yield batch;
			batch = [];
		}
	}
	if (batch.length > 0) yield batch;
}
