import * as z from 'zod/mini';
import { id, instant, order, phase, seconds, typedInstant, watts } from './common.ts';
import { programmeFigures } from './planner.ts';

/**
 * Why the order in force is what it is: one word for each rule of who wins, or `unreachable` where the output does not
 * answer, so that nobody knows what it shows.
 */
export const orderReason = z.enum([
	'programme',
	'override',
	'commissioning',
	'frost_guard',
	'shed',
	'waits_for_admission',
	'fallback',
	'unreachable',
]);
export type OrderReason = z.infer<typeof orderReason>;

/**
 * What is wrong with a circuit's output, as a word: its board doesn't answer, is held by another program, or fails; the
 * bus of the boards doesn't work; a pin of its wire is stuck; a plug doesn't do what it is told; the meter shows it on
 * another phase than the configured one.
 */
export const circuitFault = z.enum([
	'board_silent',
	'board_in_use',
	'board_failed',
	'board_bus',
	'output_stuck',
	'no_answer',
	'other_phase',
]);
export type CircuitFault = z.infer<typeof circuitFault>;

/** `circuits/<id>/state`: an order wanted, an order in force, and why they differ. */
export const circuitState = z.object({
	at: instant,
	/** The service that owns the circuit's output and clears this topic when the circuit is gone. */
	owner: id,
	name: z.string(),
	/** A radiator on a pilot wire; a switch (plug, contactor); a water heater; a charger that takes a current. */
	kind: z.enum(['radiator', 'switch', 'water_heater', 'charger']),
	phase,
	/** The room it heats, where one is configured: that room's probe tells how cold it is. */
	room: z.optional(id),
	/** Rated power, W. */
	powerW: watts,
	/** Power seen on the meter when orders changed, W; absent until learned. */
	learnedPowerW: z.optional(watts),
	/** What its own output says it draws now, W, in steps of 50; absent where it doesn't say. */
	measuredPowerW: z.optional(watts),
	/** A water heater's energy since its day began (when its last cheap hours ended), Wh, in steps of 100. */
	dayEnergyWh: z.optional(z.number().check(z.nonnegative())),
	/** What it shall have had by the end of that day, Wh. */
	dayMinimumWh: z.optional(z.number().check(z.nonnegative())),
	/** 1 is the most important: it is shed last. */
	priority: z.int().check(z.gte(1), z.lte(99)),
	/** False while it must not be shed, such as a water heater that is short of its minimum for the day. */
	controllable: z.optional(z.boolean()),
	/** Minimum time on, minimum time off and longest wait of a circuit that has its own, seconds. */
	minOnS: z.optional(seconds),
	minOffS: z.optional(seconds),
	maxWaitS: z.optional(seconds),
	/** What override, programme and frost guard ask for. */
	wanted: order,
	/** Whether the frost guard asks for the order: its room is colder than its guard temperature. */
	frostGuard: z.optional(z.boolean()),
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
	/** What is wrong with the output, as a word that screens translate; stands beside `problem`. */
	fault: z.optional(circuitFault),
	/** The same in a sentence, with what to do. */
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

/**
 * `planner/<circuit>/state`: the programme's order. `until` is when it will change, as far as is known, by this machine's
 * clock; absent where it never will. `why` is one of `programmeWhy`'s words; whoever only obeys takes any.
 */
export const programmeState = z.object({
	at: instant,
	order,
	until: z.optional(instant),
	why: z.string(),
	...programmeFigures,
});
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
	/** What is wrong with it, as a word that screens translate, and in a sentence with what to do. */
	fault: z.optional(circuitFault),
	problem: z.optional(z.string()),
});
export type BoardState = z.infer<typeof boardState>;
