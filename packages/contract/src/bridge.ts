import * as z from 'zod/mini';
import { count, id, instant } from './common.ts';
import { defineTopic } from './topic.ts';

/** `bridge/state`: how the bridge to an outside broker does. */
export const bridgeState = z.object({
	at: instant,
	/** The house's name there: second level of every topic outside. */
	house: id,
	/** Address of the outside broker, without account and password. */
	broker: z.string().check(z.maxLength(300)),
	/** `asking`: whether another bridge speaks for the house; `refused`: connected or not, it may not. */
	doing: z.enum(['connecting', 'asking', 'bridging', 'refused']),
	/** Since when it does that. */
	since: instant,
	/** Why it isn't bridging, as a person reads it. */
	problem: z.optional(z.object({ code: z.string().check(z.maxLength(40)), message: z.string() })),
	/** Messages that went out, came in, came in and were refused, and were dropped for want of room; since its start. */
	sent: count,
	received: count,
	refused: count,
	dropped: count,
	/** Messages that wait to go out. */
	waiting: count,
});
export type BridgeState = z.infer<typeof bridgeState>;

/** `bridge/event`, on the outside broker: one bridge asks whether the house is taken, another says that it is. */
export const bridgeEvent = z.object({
	/** One life of one bridge. */
	instance: id,
	is: z.enum(['asking', 'here']),
});
export type BridgeEvent = z.infer<typeof bridgeEvent>;

/** The topics of the bridge: a table of their own, since no page needs it. */
export const bridgeTopics = {
	bridge: defineTopic(
		'bridge/state',
		bridgeState,
		{ qos: 0, retain: true },
		'how the bridge to an outside broker does',
	),
	bridgeEvent: defineTopic(
		'bridge/event',
		bridgeEvent,
		{ qos: 1, retain: false },
		'on the outside broker: which bridge speaks for a house',
	),
} as const;
