import type { Point } from '@pilotwire/telemetry';

export const DAY_MS = 86_400_000;
/** When the bench's house was first measured. */
export const START_MS = Date.UTC(2025, 0, 1);
/** Tempo's registers: three colours, off-peak and peak. */
export const REGISTERS = ['BBRHCJB', 'BBRHPJB', 'BBRHCJW', 'BBRHPJW', 'BBRHCJR', 'BBRHPJR'] as const;

const SAMPLE_MS = 2_000;
const loadTags = { meter: 'main', phase: '1' };
const registerTags = REGISTERS.map((register) => ({ meter: 'main', register }));

/** One day of a house: its load every two seconds, and each minute the register that counts. */
export function* day(number: number): Generator<Point> {
	const fromMs = START_MS + number * DAY_MS;
	const colour = number % 15 === 0 ? 2 : number % 5 === 0 ? 1 : 0;
	let seed = number + 1;
	let load = 400;
	for (let after = 0; after < DAY_MS; after += SAMPLE_MS) {
		seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
		// Appliances come and go; between that, the meter's last digits move.
		if (seed % 97 === 0) load = 150 + (seed % 6_000);
		const value = load + (Math.floor(seed / 65_536) % 20);
		yield { series: 'load.apparentPowerVA', tags: loadTags, at: fromMs + after, value };
		if (after % 60_000 !== 0) continue;
		const minute = number * 1_440 + after / 60_000;
		const register = colour * 2 + (after >= 6 * 3_600_000 && after < 22 * 3_600_000 ? 1 : 0);
		const tags = registerTags[register] as Point['tags'];
		yield { series: 'reading.energyWh', tags, at: fromMs + after, value: 1_000_000 + minute * 12 };
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
