import * as z from 'zod/mini';
import { id, instant, order, typedInstant } from './common.ts';
import { tariffColour, tariffPeriod } from './tariff.ts';

/** A day of the week, Monday first. */
export const weekDay = z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], {
	error: 'expected days of mon, tue, wed, thu, fri, sat, sun',
});
export type WeekDay = z.infer<typeof weekDay>;

/** A time of the house's clocks, `00:00` to `23:59`. */
const timeOfDay = z.string().check(z.regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time such as 06:30'));
/** °C. */
const degrees = z.number().check(z.gte(-30), z.lte(120));
const name = z.string().check(z.minLength(1), z.maxLength(60));
const minutes = z.int().check(z.gte(0), z.lte(1440));

/** Whom a programme or rule is for. `house` is all that heats: radiators, and other circuits that have a room. */
const target = z.union(
	[z.literal('house'), z.strictObject({ circuit: id }), z.strictObject({ room: id }), z.strictObject({ zone: id })],
	{ error: 'expected "house", {"circuit": ...}, {"room": ...} or {"zone": ...}' },
);
export type PlanTarget = z.infer<typeof target>;

/** What holds from a time on, on some days, until the next change: an order, or a temperature for a thermostat. */
const change = z.strictObject({
	days: z.array(weekDay).check(z.minLength(1), z.maxLength(7)),
	at: timeOfDay,
	order: z.optional(order),
	temperatureC: z.optional(degrees),
});
export type ProgrammeChange = z.infer<typeof change>;

/**
 * A week: each change holds until the next one, over midnight and over Sunday. A circuit follows one programme: its own,
 * otherwise its room's, its zone's, the house's.
 */
export const programme = z.strictObject({
	id,
	name: z.optional(name),
	/** One programme for each target. */
	for: z.union([target, z.strictObject({ thermostat: id })], {
		error: 'expected "house", {"circuit": ...}, {"room": ...}, {"zone": ...} or {"thermostat": ...}',
	}),
	enabled: z.optional(z.boolean()),
	/** Orders, or for a thermostat temperatures; one at a time of a day. */
	changes: z.array(change).check(z.minLength(1), z.maxLength(300)),
});
export type Programme = z.infer<typeof programme>;

/** What a tariff changes in the programmes of its target. Rules apply in the order of their list. */
export const tariffRule = z.strictObject({
	id,
	name: z.optional(name),
	for: target,
	enabled: z.optional(z.boolean()),
	/** All that is given must hold. A day is the tariff's: Tempo's runs from 06:00 to 06:00. */
	when: z.strictObject({
		period: z.optional(z.array(tariffPeriod).check(z.minLength(1))),
		today: z.optional(z.array(tariffColour).check(z.minLength(1))),
		tomorrow: z.optional(z.array(tariffColour).check(z.minLength(1))),
	}),
	/** Never more than `order` (unless said otherwise), never less, or just that. */
	limit: z.optional(z.enum(['at_most', 'at_least', 'exactly'])),
	order,
	/** Before a time at which the rule will take something away, this much earlier the order is at least that (comfort). */
	preheat: z.optional(z.strictObject({ minutes, order: z.optional(order) })),
});
export type TariffRule = z.infer<typeof tariffRule>;

/** A moment with its offset, or the house's local time such as 2026-12-01T18:00. */
const moment = z.union(
	[typedInstant, z.string().check(z.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/, 'expected a local time'))],
	{ error: 'expected a moment such as 2026-12-01T18:00 (local time) or 2026-12-01T17:00:00Z' },
);

/** The house is empty: what heats gets `order` at most, and is warm again at `until`. */
export const absence = z.strictObject({
	/** Now, where absent. */
	from: z.optional(moment),
	/** The return; without it the absence ends when somebody ends it. */
	until: z.optional(moment),
	/** As configured (frost_protection) unless given. */
	order: z.optional(order),
	/** How long before the return what heats is warmed up, minutes; as configured unless given. */
	preheatMin: z.optional(minutes),
});
export type Absence = z.infer<typeof absence>;

/** Not carried out when it arrives later than this. */
const expiresAt = z.optional(typedInstant);

/** `programmes/set`: one change to what the planner keeps. A programme or rule of the same id is replaced in its place. */
export const programmesSet = z.union(
	[
		z.strictObject({ put: programme, expiresAt }),
		z.strictObject({ delete: id, expiresAt }),
		z.strictObject({ putRule: tariffRule, expiresAt }),
		z.strictObject({ deleteRule: id, expiresAt }),
	],
	{ error: 'expected {"put": programme}, {"delete": id}, {"putRule": rule} or {"deleteRule": id}' },
);
export type ProgrammesSet = z.infer<typeof programmesSet>;

/** `absence/set`: an absence, which replaces another one, or `end`. */
export const absenceSet = z.union([z.literal('end'), z.extend(absence, { expiresAt })], {
	error: 'expected "end" or {"from": ..., "until": ..., "order": ..., "preheatMin": ...}',
});
export type AbsenceSet = z.infer<typeof absenceSet>;

/** `programmes/state`: all that the planner keeps, at once. */
export const programmesState = z.object({
	at: instant,
	/** The house's time zone, in which times of day are meant. */
	zone: z.string(),
	/** Whose time counts: this machine's, or the meter's while this machine's is not set. */
	clock: z.enum(['system', 'meter']),
	zones: z.array(z.object({ id, name: z.string(), rooms: z.array(id), circuits: z.array(id) })),
	programmes: z.array(
		z.extend(programme, {
			/** The circuits that follow it now; none where another programme is nearer to them, or they are not there. */
			followers: z.array(id),
		}),
	),
	rules: z.array(z.extend(tariffRule, { followers: z.array(id) })),
	/** The last command of the bus that was refused, and nothing has been changed since: when it came, and why. */
	refused: z.optional(z.object({ at: instant, topic: z.enum(['programmes/set', 'absence/set']), why: z.string() })),
});
export type ProgrammesState = z.infer<typeof programmesState>;

/** `absence/state`: whether people are away. Moments are the programmes' time, right also where this machine's isn't. */
export const absenceState = z.object({
	at: instant,
	/** Nobody is away; announced; under way; warming up for the return. */
	phase: z.enum(['none', 'planned', 'away', 'returning']),
	from: z.optional(instant),
	until: z.optional(instant),
	order: z.optional(order),
	preheatMin: z.optional(minutes),
});
export type AbsenceState = z.infer<typeof absenceState>;

/** Why a programme's order is what it is; the other fields say which and when. */
export const programmeWhy = z.enum(['programme', 'absence', 'return', 'rule', 'preheat', 'thermostat']);
export type ProgrammeWhy = z.infer<typeof programmeWhy>;

/** The figures behind an order, for screens that say it in their own language. */
export const programmeFigures = {
	/** In a sentence: which rule of precedence made it so. */
	sentence: z.optional(z.string()),
	/** The order from `until` on. */
	next: z.optional(order),
	/** The programme that is followed, and the rule that changed its order. */
	programme: z.optional(id),
	rule: z.optional(id),
	/** The thermostat that says so: it is the programme of what it runs. */
	thermostat: z.optional(id),
	/** The return from an absence, or the beginning of the dear time that it warms up for. */
	for: z.optional(instant),
	/** The tariff under which the rule applies. */
	period: z.optional(tariffPeriod),
	colour: z.optional(tariffColour),
} as const;

/** `planner/<thermostat>/target/state`: the temperature that a programme or an absence asks for. */
export const targetState = z.object({
	at: instant,
	temperatureC: degrees,
	until: z.optional(instant),
	/** The temperature from `until` on. */
	next: z.optional(degrees),
	/** The programme that is followed; absent where an absence lowers a thermostat without one. */
	programme: z.optional(id),
	/** What made it so; absent where the planner is an older one. */
	why: z.optional(z.enum(['programme', 'absence', 'return'])),
});
export type TargetState = z.infer<typeof targetState>;

/** The answer to `programme.preview` {circuit, days?}: what is foreseen, without a gap. */
export const programmePreview = z.object({
	zone: z.string(),
	circuit: id,
	spans: z.array(
		z.object({
			from: instant,
			to: instant,
			/** Absent where neither programme, rule nor absence says anything: the circuit's own order holds. */
			order: z.optional(order),
			why: z.optional(programmeWhy),
			programme: z.optional(id),
			rule: z.optional(id),
		}),
	),
});
export type ProgrammePreview = z.infer<typeof programmePreview>;
