import * as z from 'zod/mini';
import { amperes, count, instant, phase, voltAmperes } from './common.ts';

/** `meter/<id>/load/state`: load per phase, published the moment a group that says it has arrived. */
export const loadState = z.object({
	at: instant,
	/** Whether any phase is over its limit, by its figure or by the meter's own alert. */
	over: z.boolean(),
	phases: z.array(
		z.object({
			phase,
			/** When this phase's figure arrived. */
			at: instant,
			apparentPowerVA: voltAmperes,
			currentA: z.optional(amperes),
			/** What may be drawn on this phase, VA: the subscription's share. */
			limitVA: voltAmperes,
			over: z.boolean(),
			/** The meter's own alert (ADPS, ADIRn, STGE bit 7) says this phase is over. */
			alert: z.boolean(),
			/** The label the figure comes from, such as IINST1 or SINSTS. */
			label: z.string(),
		}),
	),
});
export type LoadState = z.infer<typeof loadState>;

/** `meter/<id>/load/log`: ten seconds of numbered samples. */
export const loadLog = z.object({
	at: instant,
	/** Number of the first sample; numbers go on by one, so that a gap shows. */
	first: count,
	samples: z.array(z.object({ at: instant, phase, apparentPowerVA: voltAmperes, currentA: z.optional(amperes) })),
});
export type LoadLog = z.infer<typeof loadLog>;

/** `meter/<id>/link/state`: how the meter's line does. */
export const linkState = z.object({
	at: instant,
	source: z.string(),
	connected: z.boolean(),
	mode: z.enum(['historic', 'standard', 'unknown']),
	baud: z.optional(z.int()),
	groupsGood: count,
	groupsBad: count,
	framesPerMinute: z.number(),
	/** When the last right group came, if the line has been silent since. */
	silentSince: z.optional(instant),
	problem: z.optional(z.string()),
});
export type LinkState = z.infer<typeof linkState>;
