import * as z from 'zod/mini';
import { count, instant, typedInstant } from './common.ts';

/** °C, the mean outside on the days that are tried. */
const outsideC = z.number().check(z.gte(-40), z.lte(50));
/** Whole days of history that are tried, at most. */
const days = z.int().check(z.gte(1), z.lte(60));

/** `advice/set`: which subscription would do? `stop` ends the one that is being found out. */
export const adviceSet = z.union(
	[
		z.literal('stop'),
		z.strictObject({
			outsideC,
			/** 14 unless given. */
			days: z.optional(days),
			/** Not begun when it arrives later than this. */
			expiresAt: z.optional(typedInstant),
		}),
	],
	{ error: 'expected "stop" or {"outsideC": degrees, "days": 1 to 60}' },
);
export type AdviceSet = z.infer<typeof adviceSet>;

/** One size on sale, tried on the house's own days. */
const trial = z.object({
	prefKVA: z.number(),
	phases: z.union([z.literal(1), z.literal(3)]),
	/** Openings of the breaker on those days, and those of them that come without any radiator. */
	openings: count,
	openingsWithoutHeating: count,
	/** Minutes in which a radiator had less than it wanted, all days together. */
	minutesShed: z.number(),
	/** Below what is wanted because of the size, all rooms and days together, K h. */
	comfortLostKh: z.number(),
	/** The coldest that any room has been, °C. */
	coldestC: z.number(),
	days: count,
	/** The breaker never opens, and nobody would feel the difference. */
	suffices: z.boolean(),
});
export type AdviceTrial = z.infer<typeof trial>;

/** What the history said before sizes were tried on it. */
const learned = z.object({
	days: count,
	/** Days that were asked for and have gaps, or nothing. */
	daysLeftOut: count,
	/** Radiators that were taken out of the load. */
	radiators: count,
	/** Phases that the meter counts. */
	phases: count,
	/** What the radiators are taken to have drawn, give or take how much, and the rest of the house. kWh a day. */
	heatingKWhADay: z.number(),
	heatingPlusMinusKWh: z.number(),
	otherKWhADay: z.number(),
	/** Whether that is near enough to choose by. */
	sure: z.boolean(),
});
export type AdviceLearned = z.infer<typeof learned>;

/** `advice/state`: which subscription would do, tried on the house's own history. */
export const adviceState = z.object({
	at: instant,
	state: z.enum(['never', 'running', 'done', 'failed', 'stopped']),
	/** What was asked. */
	outsideC: z.optional(outsideC),
	days: z.optional(days),
	startedAt: z.optional(instant),
	/** How far it is: days read, then sizes tried. */
	progress: z.optional(z.object({ step: z.enum(['reading', 'trying']), done: count, of: count })),
	/** Why it failed. */
	problem: z.optional(
		z.object({
			code: z.string(),
			/** In a sentence. */
			text: z.string(),
			/** Where the history is too short: whole days that there are, and that are needed. */
			days: z.optional(count),
			needed: z.optional(count),
		}),
	),
	learned: z.optional(learned),
	/** Every size, each layout from the smallest on. */
	trials: z.optional(z.array(trial)),
});
export type AdviceState = z.infer<typeof adviceState>;
