import * as z from 'zod/mini';
import { id, instant } from './common.ts';

/** `probes/<id>/state`: what a probe last measured. A probe that failed or fell silent says so and gives no figure. */
export const probeState = z.object({
	at: instant,
	name: z.string(),
	/** The room it stands in, where that is known. */
	room: z.optional(id),
	/** °C; absent while there is no right figure. */
	temperatureC: z.optional(z.number().check(z.gte(-55), z.lte(125))),
	/** Relative humidity, percent. */
	humidityPercent: z.optional(z.number().check(z.gte(0), z.lte(100))),
	/** What is wrong with it, in words. */
	problem: z.optional(z.string()),
});
export type ProbeState = z.infer<typeof probeState>;
