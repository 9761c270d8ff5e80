import * as z from 'zod/mini';
import { amperes, count, id, instant, voltAmperes } from './common.ts';

/** One value for each phase, phase 1 first; null where nothing says it. */
const perPhase = <Schema extends z.ZodMiniType>(schema: Schema) =>
	z.array(z.nullable(schema)).check(z.minLength(1), z.maxLength(3));

/**
 * `home-assistant/meters/<id>/state`: the meter's figures as Home Assistant reads them. Thinned, so that its database
 * stays small. Registers here are never 0, partial or falling; one that has counted nothing yet is absent.
 */
export const homeAssistantMeter = z.object({
	at: instant,
	/** Registers of active energy under the meter's own names, Wh; `DRAWN` is their sum where the meter has none. */
	energyWh: z.record(z.string(), z.int().check(z.positive())),
	apparentPowerVA: z.optional(voltAmperes),
	phaseApparentPowerVA: z.optional(perPhase(voltAmperes)),
	injectedApparentPowerVA: z.optional(voltAmperes),
	currentA: z.optional(perPhase(amperes)),
	voltageV: z.optional(perPhase(z.number().check(z.nonnegative(), z.lte(1_000)))),
});
export type HomeAssistantMeter = z.infer<typeof homeAssistantMeter>;

/** `home-assistant/shedder/state`: what the shedder says, its figures thinned, its words at once. */
export const homeAssistantShedder = z.object({
	at: instant,
	mode: z.string(),
	/** Whether any circuit is held among the shed. */
	shedding: z.boolean(),
	/** The circuits that are. */
	shed: z.array(id),
	pausedUntil: z.optional(instant),
	/** Limit minus load; negative while over. VA. */
	headroomVA: perPhase(z.number()),
	/** Share of the breaker's tolerance that is left: 0 opens it. Percent. */
	marginPercent: perPhase(z.number()),
	/** Seconds at this load until the breaker opens; null where it never would. */
	tripInS: perPhase(z.number()),
});
export type HomeAssistantShedder = z.infer<typeof homeAssistantShedder>;

/** `home-assistant/state`: what is announced to Home Assistant. */
export const homeAssistantState = z.object({
	at: instant,
	/** This program's version. */
	version: z.string(),
	/** One message for each device, or one for each entity. */
	discovery: z.enum(['device', 'entity']),
	devices: count,
	entities: count,
	/** What Home Assistant last said of itself; absent while it has said nothing. */
	homeAssistant: z.optional(z.enum(['online', 'offline'])),
});
export type HomeAssistantState = z.infer<typeof homeAssistantState>;
