import * as z from 'zod/mini';
import { amperes, count, instant, phase, voltAmperes, watts } from './common.ts';

/** Voltage of a phase against neutral, V. */
const volts = z.number().check(z.nonnegative(), z.lte(1_000));

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
			/**
			 * The meter's own alert (ADPS, ADIRn, STGE bit 7) says this phase is over. STGE doesn't name the phase: then it
			 * is the one nearest to its limit, or those that are over.
			 */
			alert: z.boolean(),
			/** The phase has no voltage (PPOT); absent where it has. */
			missing: z.optional(z.boolean()),
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
	/** Groups refused by checksum, width or form, at the right speed. */
	groupsBad: count,
	/** Figures refused although their checksum was right. */
	implausible: count,
	framesPerMinute: z.number(),
	/** When the last right group came, if the line has been silent since. */
	silentSince: z.optional(instant),
	/** Samples that waited for the broker and had to be dropped, since the service started. */
	samplesLost: z.optional(count),
	/** What is wrong and what to do, in a sentence. */
	problem: z.optional(z.string()),
});
export type LinkState = z.infer<typeof linkState>;

/** The meter's clock: local legal time, not UTC. Between two equal hours in October only `season` tells which it is. */
const meterTime = z.object({
	local: z
		.string()
		.check(z.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/, 'expected local time such as 2026-01-31T22:00:00')),
	season: z.optional(z.enum(['winter', 'summer'])),
	/** The meter's clock is not to be trusted. */
	degraded: z.boolean(),
});
export type MeterTime = z.infer<typeof meterTime>;

const perPhase = <Schema extends z.ZodMiniType>(schema: Schema) => z.readonly(z.array(z.nullable(schema)));
const datedVA = z.object({ apparentPowerVA: voltAmperes, at: z.optional(meterTime) });
const datedW = z.object({ powerW: watts, at: z.optional(meterTime) });
const datedV = z.object({ voltageV: volts, at: z.optional(meterTime) });
const colour = z.enum(['blue', 'white', 'red']);
const registers = z.record(z.string().check(z.regex(/^[A-Z0-9]{2,10}$/, 'expected a register name')), count);
const profile = z.readonly(
	z.array(z.object({ startMinute: count, index: count, dryContact: z.string(), action: count })),
);

/**
 * `meter/<id>/reading/state`: one whole frame that came without a fault, decoded. A field that is absent was not in it.
 * Registers never fall. Who the meter belongs to (its address, the delivery point) is not published.
 */
export const readingState = z.object({
	at: instant,
	mode: z.enum(['historic', 'standard']),
	phases: z.union([z.literal(1), z.literal(3)]),
	/** Tells this meter from another in its place; made with a secret, so that it says nothing of its address. */
	identity: z.optional(z.string().check(z.regex(/^[0-9a-f]{16}$/, 'expected 16 hexadecimal digits'))),
	/** Registers of active energy under the meter's own names, Wh. */
	energyWh: registers,
	/** Registers of reactive energy, VArh. */
	reactiveEnergyVArh: registers,
	drawnEnergyWh: z.optional(count),
	injectedEnergyWh: z.optional(count),
	clock: z.optional(meterTime),
	contract: z.optional(z.object({ kind: z.string(), text: z.string() })),
	tariffPeriod: z.optional(z.object({ name: z.string(), colour: z.optional(colour), text: z.string() })),
	/** Supplier register in use, 1 to 10. */
	tariffIndex: z.optional(count),
	colourToday: z.optional(colour),
	colourTomorrow: z.optional(colour),
	/** Minutes until an EJP peak begins. */
	peakNoticeMin: z.optional(count),
	offPeakProgramme: z.optional(z.string()),
	calendarDay: z.optional(count),
	calendarDayTomorrow: z.optional(count),
	profileTomorrow: z.optional(profile),
	profilePeakDay: z.optional(profile),
	mobilePeaks: z.optional(
		z.readonly(z.array(z.object({ number: count, start: z.optional(meterTime), end: z.optional(meterTime) }))),
	),
	/** Per phase on a three-phase meter. */
	subscribedCurrentA: z.optional(amperes),
	referencePowerKVA: z.optional(count),
	breakingPowerKVA: z.optional(count),
	/** Unsigned: feeding in shows as current too. Phase 1 first; null where the frame doesn't say it. */
	currentA: z.optional(perPhase(amperes)),
	voltageV: z.optional(perPhase(volts)),
	/** Drawn on all phases together. */
	apparentPowerVA: z.optional(voltAmperes),
	phaseApparentPowerVA: z.optional(perPhase(voltAmperes)),
	injectedApparentPowerVA: z.optional(voltAmperes),
	overloadCurrentA: z.optional(perPhase(amperes)),
	maximumCurrentA: z.optional(perPhase(amperes)),
	maximumPowerW: z.optional(watts),
	drawnMaximumToday: z.optional(datedVA),
	drawnMaximumYesterday: z.optional(datedVA),
	phaseDrawnMaximumToday: z.optional(perPhase(datedVA)),
	phaseDrawnMaximumYesterday: z.optional(perPhase(datedVA)),
	injectedMaximumToday: z.optional(datedVA),
	injectedMaximumYesterday: z.optional(datedVA),
	/** Mean of the last interval of the load curve, and of the one before. */
	drawnMean: z.optional(datedW),
	drawnMeanBefore: z.optional(datedW),
	injectedMean: z.optional(datedW),
	injectedMeanBefore: z.optional(datedW),
	meanVoltage: z.optional(perPhase(datedV)),
	status: z.optional(
		z.object({
			dryContactOpen: z.boolean(),
			/** `closed`, or why the breaker inside the meter is open. */
			breaker: z.string(),
			coverOpen: z.boolean(),
			overvoltage: z.boolean(),
			aboveReferencePower: z.boolean(),
			producer: z.boolean(),
			activeEnergyNegative: z.boolean(),
			clockDegraded: z.boolean(),
			/** Mobile peak announced, and running, 1 to 3; 0 for none. */
			mobilePeakNotice: count,
			mobilePeak: count,
		}),
	),
	closedRelays: z.optional(z.readonly(z.array(count))),
	/** Phases without voltage. */
	missingPhases: z.optional(z.readonly(z.array(count))),
	message: z.optional(z.string()),
	shortMessage: z.optional(z.string()),
});
export type ReadingState = z.infer<typeof readingState>;
