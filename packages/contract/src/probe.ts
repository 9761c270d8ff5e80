import * as z from 'zod/mini';
import { id, instant, seconds } from './common.ts';

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
	/** What is left of its battery, percent. */
	batteryPercent: z.optional(z.number().check(z.gte(0), z.lte(100))),
	/** How well its radio is heard, 0 to 255, as Zigbee counts it. */
	linkQuality: z.optional(z.number().check(z.gte(0), z.lte(255))),
	/** The service that reads it and clears this topic when the probe is gone. */
	owner: z.optional(id),
	/** Air pressure, hPa. */
	pressureHPa: z.optional(z.number().check(z.gte(300), z.lte(1_200))),
	/** How often the machine reads it, s; absent where it speaks by itself. */
	everyS: z.optional(seconds),
	/** When it last gave a right figure; absent where it never has. */
	measuredAt: z.optional(instant),
	/** What is wrong with it, as a word that screens translate; stands beside `problem`. */
	fault: z.optional(z.enum(['missing', 'unreadable', 'checksum', 'power_on', 'jump', 'range', 'silent'])),
	/** What is wrong with it, in words. */
	problem: z.optional(z.string()),
});
export type ProbeState = z.infer<typeof probeState>;

/** `probes/<id>/set`: looks at the probe at once, or reads it at another rhythm from now on. */
export const probeSet = z.union(
	[z.literal('read'), z.strictObject({ everyS: z.number().check(z.gte(1), z.lte(3_600)) })],
	{ error: 'expected read, or {"everyS": 1 to 3600}' },
);
export type ProbeSet = z.infer<typeof probeSet>;
