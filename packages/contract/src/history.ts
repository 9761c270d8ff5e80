import * as z from 'zod/mini';
import { count, instant } from './common.ts';

/** `telemetry/state`: what the history has taken, and what is wrong with a store. Counts are since the service started. */
export const telemetryState = z.object({
	at: instant,
	stores: z.array(
		z.object({
			/** `sqlite` or `influxdb`. */
			store: z.string(),
			/** Points that the store confirmed. */
			written: count,
			/** Points in memory that wait for the store. */
			waiting: count,
			/** Points given up because too many waited. */
			dropped: count,
			/** Points that the store would not take. */
			refused: count,
			/** What is wrong and what to do, in a sentence. */
			problem: z.optional(z.string()),
		}),
	),
	/** Numbered samples of the load that never arrived. */
	missedSamples: count,
	/** Figures that could not be points: no date that a calendar has, no finite number, one series too many. */
	refused: count,
	/** The black box; absent where it is switched off. */
	blackBox: z.optional(
		z.object({
			/** What its ring holds, whole minutes and bytes on disk. */
			minutes: count,
			bytes: count,
			/** Times it wrote to the disk, and the bytes, since the service started. */
			appends: count,
			appendedBytes: count,
			/** The newest box that was saved, by its file's name. */
			saved: z.optional(z.string()),
			/** What is wrong and what to do, in a sentence. */
			problem: z.optional(z.string()),
		}),
	),
});
export type TelemetryState = z.infer<typeof telemetryState>;

const tags = z.record(z.string(), z.string());
const milliseconds = z.array(z.int());
const before = <Value extends z.ZodMiniType>(value: Value) => z.optional(z.object({ atMs: z.int(), value }));

/** Numbers of one series over a range, a column for each figure. Buckets without a point are left out. */
const numberLine = z.object({
	kind: z.literal('number'),
	series: z.string(),
	tags,
	/** Where each bucket begins, ms since 1970 UTC. */
	atMs: milliseconds,
	min: z.array(z.number()),
	max: z.array(z.number()),
	mean: z.array(z.number()),
	count: z.array(count),
	/** The last point of the day before the range: what held when it began. */
	before: before(z.number()),
});

/** Texts of one series over a range: the last of each bucket. */
const textLine = z.object({
	kind: z.literal('text'),
	series: z.string(),
	tags,
	atMs: milliseconds,
	text: z.array(z.string()),
	count: z.array(count),
	before: before(z.string()),
});

/** A series over a range, as `query` of telemetry's remote calls answers it. */
const historyLine = z.discriminatedUnion('kind', [numberLine, textLine]);
export type HistoryLine = z.infer<typeof historyLine>;

/** The answer to `query`. */
export const historyAnswer = z.object({
	/** How long each bucket is, ms. */
	bucketMs: z.int(),
	lines: z.array(historyLine),
});
export type HistoryAnswer = z.infer<typeof historyAnswer>;

/** One series that the history holds. */
export interface HistorySeries {
	readonly series: string;
	readonly tags: Readonly<Record<string, string>>;
	readonly kind: 'number' | 'text';
}
