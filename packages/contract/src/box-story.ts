import * as z from 'zod/mini';
import { count, id, instant, phase } from './common.ts';
import { shedderEvent } from './shedder.ts';

const va = z.number();

/** What a person can do after an opening, as a word that screens translate. */
export const boxAdvice = z.enum([
	// No opening was seen.
	'nothing',
	// Not by overload: the street or another breaker; the meter's own breaker for a reason of its own.
	'look_elsewhere',
	'ask_operator',
	// Load shedding: switched off, not running, without the meter.
	'switch_on',
	'start_shedder',
	'look_at_line',
	// What did not do as it was told.
	'look_at_board',
	'look_at_wire',
	// Everything that may wait waited; or the peak came too fast.
	'larger_subscription',
	'strict',
]);
export type BoxAdvice = z.infer<typeof boxAdvice>;

/** The answer to `blackBox.story` of telemetry's remote calls: what led to the last opening, or the last minutes. */
export const boxStory = z.object({
	/** How it ended, as far as the box shows; `running`: no opening was seen. */
	ending: z.enum(['overload', 'power_lost', 'other_breaker', 'asked', 'running']),
	/** What showed it. */
	cause: z.optional(z.enum(['breaker_open', 'load_gone', 'meter_gone', 'power_lost', 'asked'])),
	/** The moment that is explained. */
	at: instant,
	/** Each phase just before it. */
	phases: z.array(
		z.object({
			phase,
			lastVA: va,
			limitVA: va,
			/** The highest of the last five minutes. */
			peakVA: va,
			peakAt: instant,
			/** Since when it was above its limit, and its mean since; absent where it was not. */
			overSince: z.optional(instant),
			overMeanVA: z.optional(va),
			/** Share of the breaker's filter that was used, 0 to 1. */
			filterUsed: z.number(),
		}),
	),
	/** The phase whose breaker came nearest to its trip. */
	worst: z.optional(phase),
	/** What came on in the last five minutes; `circuit`: the name of one that had just been told to heat. */
	rises: z.array(z.object({ at: instant, phase, byVA: va, circuit: z.optional(z.string()) })),
	/** The last decisions of the load-shedder. */
	decisions: z.array(shedderEvent),
	/** Names of the circuits that had to wait, of so many. */
	waited: z.array(z.string()),
	circuits: count,
	/** Names of those that did not do as they were told, and since when. */
	disobeyed: z.array(z.object({ name: z.string(), since: instant })),
	/** Services that did not run, and boards that did not answer. */
	offline: z.array(id),
	boards: z.array(z.string()),
	advice: z.array(z.object({ what: boxAdvice, name: z.optional(z.string()) })),
});
export type BoxStory = z.infer<typeof boxStory>;
