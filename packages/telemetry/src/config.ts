import { join } from 'node:path';
import type { Fault, TariffConfig } from '@pilotwire/runtime';
import * as z from 'zod';
import type { Adviser } from './advice/adviser.ts';
import type { Storyteller } from './black-box/storyteller.ts';

const text = z.string().min(1);

/** The configuration sections that telemetry owns. */
export const telemetrySections = {
	history: z
		.strictObject({
			sqlite: z
				.strictObject({
					enabled: z.boolean().default(true).describe('Whether the history is kept in SQLite.'),
					path: text.optional().describe('The file. Default: history.db in dataDir.'),
				})
				.prefault({})
				.describe('The history in one SQLite file; questions are answered from it where there is one.'),
			influxdb: z
				.strictObject({
					url: z
						.url({ protocol: /^https?$/, error: 'an address such as http://127.0.0.1:8086' })
						.describe('Address of the server.'),
					version: z
						.union([z.literal(1), z.literal(2), z.literal(3)], { error: 'version 1, 2 or 3' })
						.optional()
						.describe('Its major version. Default: what the server says of itself.'),
					database: text.default('pilotwire').describe('Database (1.x, 3.x) or bucket (2.x); made if need be on 1.x.'),
					org: text.default('pilotwire').describe('Organisation (2.x).'),
					token: text.optional().describe('Token (2.x, 3.x); better in tokenFile.'),
					tokenFile: text.optional().describe('File that holds the token.'),
					username: text.optional().describe('Account (1.x).'),
					password: z.string().optional().describe('Its password; better in passwordFile.'),
					passwordFile: text.optional().describe('File that holds the password.'),
				})
				.optional()
				.describe('The same history in InfluxDB 1.x, 2.x or 3.x.'),
			keep: z
				.strictObject({
					points: z.int().min(1).max(36_500).default(7).describe('Every single figure, days.'),
					minutes: z.int().min(1).max(36_500).default(731).describe('Minimum, maximum and mean of each minute, days.'),
					hours: z
						.int()
						.min(1)
						.max(36_500)
						.optional()
						.describe('Those of each hour, and every text, days. Default: for ever.'),
				})
				.prefault({})
				.describe('How long the history is kept. Nothing is deleted while the clock is not synchronised.'),
			writeEveryS: z
				.int()
				.min(5)
				.max(3_600)
				.default(60)
				.describe(
					'How often what was measured goes from the spool into SQLite, seconds; a question has it done at once.',
				),
			spoolMB: z
				.number()
				.min(1)
				.max(10_000)
				.default(200)
				.describe(
					'What may wait on the disk for a store that is away, MB; beyond it the oldest is dropped and counted.',
				),
		})
		.prefault({})
		.describe('Where the history of every figure is kept.'),
	blackBox: z
		.strictObject({
			enabled: z.boolean().default(true).describe('Whether the last hour is kept in full on the disk.'),
			minutes: z.int().min(10).max(1_440).default(60).describe('How long it keeps, minutes of recorded time.'),
			maxMB: z.number().min(1).max(1_000).default(32).describe('What it may take on the disk besides saved boxes, MB.'),
			saves: z.int().min(1).max(100).default(8).describe('How many boxes saved after an opening are kept.'),
		})
		.prefault({})
		.describe("The black box: the meter's line, readings, decisions and orders of the last hour (pilotwire why)."),
};

/** The section as its schema reads it. */
export type HistorySection = z.output<typeof telemetrySections.history>;
/** The part of it that names an InfluxDB. */
export type InfluxdbSection = NonNullable<HistorySection['influxdb']>;

/** What telemetry is given. */
export interface TelemetryConfig {
	/** Folder for what must survive a restart. */
	readonly dataDir: string;
	readonly history: HistorySection;
	readonly blackBox: z.output<typeof telemetrySections.blackBox>;
	/** The contract, whose prices seed those on the bus. */
	readonly tariff?: TariffConfig;
	/** The house's zone. Default: this machine's. */
	readonly timeZone?: string;
	/** Finds out which subscription would do, outside of this process; without it nobody answers that. */
	readonly adviser?: Adviser;
	/** Tells the black box's story, outside of this process too; without it nobody does. */
	readonly storyteller?: Storyteller;
}

/** The SQLite file that a configuration means. */
export function historyFile({ dataDir, history }: Pick<TelemetryConfig, 'dataDir' | 'history'>): string {
	return history.sqlite.path ?? join(dataDir, 'history.db');
}

/** The folder of a house's black box. */
export function blackBoxPath({ dataDir }: Pick<TelemetryConfig, 'dataDir'>): string {
	return join(dataDir, 'black-box');
}

/** Where what was measured lies until every store has it. */
export function spoolPath({ dataDir }: Pick<TelemetryConfig, 'dataDir'>): string {
	return join(dataDir, 'spool');
}

/** What the sections' schemas can't see. */
export function telemetryFaults({ history }: { history: HistorySection }): Fault[] {
	const faults: Fault[] = [];
	if (!history.sqlite.enabled && history.influxdb === undefined) {
		const expected = 'a history in SQLite or, with history.influxdb, in InfluxDB';
		faults.push({ path: 'history.sqlite.enabled', expected, received: 'false' });
	}
	const { points, minutes, hours = Number.POSITIVE_INFINITY } = history.keep;
	const tooShort = (path: string, days: number, least: number): Fault[] =>
		days >= least ? [] : [{ path, expected: `at least the ${least} days of what is finer`, received: String(days) }];
	faults.push(...tooShort('history.keep.minutes', minutes, points), ...tooShort('history.keep.hours', hours, minutes));
	return faults;
}
