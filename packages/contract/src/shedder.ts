import * as z from 'zod/mini';
import { count, id, instant, order, phase, voltAmperes } from './common.ts';

/**
 * `shedder/shed/state`: the complete set of circuits that must wait. A retained copy may only add to the fallback until
 * a live renewal comes.
 */
export const shedState = z.object({
	at: instant,
	/** One life of the load-shedder: a new one starts at sequence 0. */
	session: z.string().check(z.minLength(1), z.maxLength(64)),
	sequence: count,
	/** How long this holds from its arrival, seconds; 0 gives control up at once. */
	leaseS: z.number().check(z.nonnegative(), z.lte(600)),
	/** Circuits that must wait. */
	shed: z.array(id),
	/** Orders that may reach the wire although they raise the load, by circuit. */
	admitted: z.record(id, order),
	/**
	 * Orders that commissioning asks for while this set holds, by circuit: instead of programme and override, below frost
	 * guard, shedding and admission. A retained copy asks for nothing.
	 */
	trial: z.optional(z.record(id, order)),
});
export type ShedState = z.infer<typeof shedState>;

/**
 * Why a circuit waits: nothing says its phase's load; decisions are paused; it may rise and is about to; it stopped a
 * short while ago; the headroom is being measured; another circuit of its phase is changing; its output doesn't answer;
 * there is no headroom, now or for long enough.
 */
const waitReason = z.enum([
	'no_load',
	'paused',
	'may_rise',
	'too_soon',
	'measuring',
	'others_first',
	'unreachable',
	'no_headroom',
]);

/** What a phase does about the circuits that wait. */
const restoreState = z.enum([
	'silent',
	'paused',
	'over',
	'passing',
	'shedding',
	'measuring',
	'admitting',
	'rotating',
	'ready',
]);

/** `shedder/state`: what the shedder sees and thinks, once a second. */
export const shedderState = z.object({
	at: instant,
	/** `waiting_for_meter` while there is no fresh load: actuators run their fallback. */
	mode: z.enum(['shedding', 'waiting_for_meter', 'disabled']),
	/** Nothing is decided until then at the latest; absent while there is no pause. */
	pausedUntil: z.optional(instant),
	phases: z.array(
		z.object({
			phase,
			loadVA: voltAmperes,
			limitVA: voltAmperes,
			/** Limit minus load; negative while over. VA. */
			headroomVA: z.number(),
			/** Load once sheds and admissions under way show, VA. */
			predictedVA: z.number(),
			/** Seconds at this load until the breaker's filter opens it; absent where it never would. */
			tripInS: z.optional(z.number()),
			/** Share of the breaker's filter used, 0 to 1 (1 opens). */
			filterUsed: z.number(),
			/** What the phase does about those that wait: `passing` lets a peak pass. */
			restoreState: z.optional(restoreState),
			/** Every peak is shed until then, since there was a gap in the loads; absent where one may pass. */
			strictUntil: z.optional(instant),
		}),
	),
	/** Circuits that wait, longest first, each with the reason in a sentence. */
	waiting: z.array(
		z.object({
			circuit: id,
			phase,
			since: instant,
			/** Held among the shed; otherwise it waits for its admission. */
			shed: z.boolean(),
			/** The soonest at which it may heat, where that is known. */
			nextChance: z.optional(instant),
			/** The reason in a word, for screens in other languages. */
			reason: z.optional(waitReason),
			/** The reason in a sentence with its figures. */
			why: z.string(),
		}),
	),
});
export type ShedderState = z.infer<typeof shedderState>;

/** A pause of the shedder lasts at most this long, and this long where nothing else is said. Seconds. */
const MAX_PAUSE_S = 3_600;
const PAUSE_S = 900;

/**
 * `shedder/set`: `pause` stops deciding for a quarter of an hour, or for the time given; `resume` ends a pause. A pause
 * ends by itself, and early where the breaker would open.
 */
export const shedderSet = z.union(
	[z.literal('pause'), z.literal('resume'), z.strictObject({ pauseS: z.number().check(z.gte(1), z.lte(MAX_PAUSE_S)) })],
	{ error: `expected pause, resume, or {"pauseS": seconds}, at most ${MAX_PAUSE_S}` },
);
export type ShedderSet = z.infer<typeof shedderSet>;

/** How long a command pauses, seconds; undefined where it ends a pause. */
export function pauseOf(command: ShedderSet): number | undefined {
	if (command === 'resume') return undefined;
	return command === 'pause' ? PAUSE_S : command.pauseS;
}

/** Why the shedder did something, in a word; `figures` say how much. */
const eventReason = z.enum([
	'over_limit',
	'meter_alert',
	'longest_wait',
	'greater_need',
	'own_place',
	'headroom',
	'rotation',
	'rotation_failed',
	'not_obeyed',
	'not_drawing',
	'silence',
	'paused',
	'wants_less',
	'protected',
	// Of a pause: somebody asked, a phase carries too much, its time is over.
	'asked',
	'carries',
	'time_over',
]);
export type ShedderReason = z.infer<typeof eventReason>;

/** `shedder/event`: each shed, restore, admission and rotation with its reason. */
export const shedderEvent = z.object({
	at: instant,
	kind: z.string(),
	circuit: z.optional(id),
	phase: z.optional(phase),
	/** The reason in a word, for screens in other languages. */
	reason: z.optional(eventReason),
	/** The circuit for whose sake it was done. */
	for: z.optional(id),
	/** One sentence with its figures. */
	why: z.string(),
	figures: z.record(z.string(), z.number()),
});
export type ShedderEvent = z.infer<typeof shedderEvent>;
