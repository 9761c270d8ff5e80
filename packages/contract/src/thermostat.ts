import * as z from 'zod/mini';
import { id, instant, seconds } from './common.ts';

/** °C of a target; a probe may measure more. */
const target = z.number().check(z.gte(-30), z.lte(120));
/** K. */
const hysteresis = z.number().check(z.gte(0.1), z.lte(20));
const mode = z.enum(['off', 'heat', 'cool', 'both'], { error: 'expected one of off, heat, cool, both' });

/** `thermostats/<id>/state`: a probe, a target, and what its heater or cooler is told. */
export const thermostatState = z.object({
	at: instant,
	name: z.string(),
	probe: id,
	/** °C by its probe; absent while that gives no right figure. */
	temperatureC: z.optional(z.number()),
	/** The circuits that it runs; their own state says what they do. */
	heats: z.optional(id),
	cools: z.optional(id),
	mode,
	/** °C that holds now, the programme's where one runs. */
	targetC: target,
	/** What people set, °C: what holds while no programme says another. */
	setC: target,
	hysteresisC: hysteresis,
	minOnS: seconds,
	minOffS: seconds,
	longestRunS: z.optional(seconds),
	doing: z.enum(['rest', 'heat', 'cool']),
	/** Why, as a word that screens translate. */
	why: z.enum([
		'off',
		'no_temperature',
		'at_target',
		'below_target',
		'above_target',
		'least_on',
		'least_off',
		'longest_run',
	]),
	/** Since when it does that. */
	since: instant,
	/** Whether what it runs has to wait, as load shedding says. */
	waits: z.boolean(),
	/** What is wrong, and what to do, in words. */
	problem: z.optional(z.string()),
});
export type ThermostatState = z.infer<typeof thermostatState>;

/** `thermostats/<id>/set`: what is given changes and is kept; the rest stays. */
export const thermostatSet = z
	.strictObject({
		mode: z.optional(mode),
		targetC: z.optional(target),
		hysteresisC: z.optional(hysteresis),
	})
	.check(z.refine((value) => Object.keys(value).length > 0, 'expected mode, targetC or hysteresisC'));
export type ThermostatSet = z.infer<typeof thermostatSet>;
