import * as z from 'zod/mini';
import { id, instant, order, phase, typedInstant, watts } from './common.ts';

/**
 * Why the order in force is what it is: one word for each rule of who wins, or `unreachable` where the output does not
 * answer, so that nobody knows what it shows.
 */
export const orderReason = z.enum(['programme', 'override', 'shed', 'waits_for_admission', 'fallback', 'unreachable']);
export type OrderReason = z.infer<typeof orderReason>;

/** `circuits/<id>/state`: an order wanted, an order in force, and why they differ. */
export const circuitState = z.object({
	at: instant,
	/** The service that owns the circuit's output and clears this topic when the circuit is gone. */
	owner: id,
	name: z.string(),
	kind: z.enum(['radiator']),
	phase,
	/** Rated power, W. */
	powerW: watts,
	/** Power seen on the meter when orders changed, W; absent until learned. */
	learnedPowerW: z.optional(watts),
	/** 1 is the most important: it is shed last. */
	priority: z.int().check(z.gte(1), z.lte(99)),
	/** What override and programme ask for. */
	wanted: order,
	/** What the output was last confirmed to show; comfort (no signal) while it has never answered. */
	inForce: order,
	reason: orderReason,
	/** Since when the order in force holds. */
	since: instant,
	programme: order,
	override: z.optional(z.object({ order, until: z.optional(instant) })),
	/** Whether the shedder's lease is live or the fallback decides. */
	control: z.enum(['lease', 'fallback', 'none']),
	/** Where the output is, such as board `1-20`, wire 3. */
	board: z.optional(z.string()),
	wire: z.optional(z.int().check(z.gte(1), z.lte(8))),
	/** What is wrong with the output, in words. */
	problem: z.optional(z.string()),
});
export type CircuitState = z.infer<typeof circuitState>;

/** `circuits/<id>/set`: an order as a word, `auto` to end the override, or JSON with an end and an expiry. */
export const circuitSet = z.union(
	[
		order,
		z.literal('auto'),
		z.strictObject({
			order: z.union([order, z.literal('auto')]),
			/** The override ends by itself then. */
			until: z.optional(typedInstant),
			/** Not carried out when it arrives later than this. */
			expiresAt: z.optional(typedInstant),
		}),
	],
	{ error: 'expected an order, "auto", or {"order": ..., "until": ..., "expiresAt": ...}' },
);
export type CircuitSet = z.infer<typeof circuitSet>;

/** `planner/<circuit>/state`: the programme's order. */
export const programmeState = z.object({ at: instant, order, until: z.optional(instant), why: z.string() });
export type ProgrammeState = z.infer<typeof programmeState>;

/** `boards/<bus>-<address>/state`: whether a board answers and what read-back found. */
export const boardState = z.object({
	at: instant,
	bus: z.string(),
	/** I2C address, such as 32 for 0x20. */
	address: z.int().check(z.gte(0x03), z.lte(0x77)),
	phase,
	reachable: z.boolean(),
	/** When its chip registers were last read back and found right. */
	readBackAt: z.optional(instant),
	/** Times the chip was found reset since the service started. */
	resets: z.int(),
	/** Times chip registers were found changed without a reset. */
	drifts: z.int(),
	/** Failed bus operations since the service started. */
	failures: z.int(),
	problem: z.optional(z.string()),
});
export type BoardState = z.infer<typeof boardState>;
