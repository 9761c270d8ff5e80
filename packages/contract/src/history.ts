import * as z from 'zod/mini';
import { count, id, instant } from './common.ts';
import { tariffColour, tariffPeriod } from './tariff.ts';

/** `telemetry/state`: what the history has taken, and what is wrong with a store. Counts are since the service started. */
export const telemetryState = z.object({
	at: instant,
	stores: z.array(
		z.object({
			/** `sqlite` or `influxdb`. */
			store: z.string(),
			/** Points that the store confirmed. */
			written: count,
			/** Points that wait for the store. */
			waiting: count,
			/** Points given up because too many waited. */
			dropped: count,
			/** Points that the store would not take. */
			refused: count,
			/** What is wrong and what to do, in a sentence. */
			problem: z.optional(z.string()),
		}),
	),
	/** What was measured and is on its way to the stores, on the disk; absent where the service is an older one. */
	spool: z.optional(
		z.object({
			/** What it takes on the disk. */
			bytes: count,
			/** Points in memory that are not on the disk yet. */
			pending: count,
			/** Times it wrote to the disk since the service started. */
			commits: count,
			/** What is wrong and what to do, in a sentence. */
			problem: z.optional(z.string()),
		}),
	),
	/** Numbered samples of the load that never arrived. */
	missedSamples: count,
	/** Figures that could not be points: no date that a calendar has, no finite number, one series too many. */
	refused: count,
	/** The black box; absent where it is switched off. */
	blackBox: z.optional(
		z.object({
			/** What its ring holds, whole minutes and bytes on disk. */
			minutes: count,
			bytes: count,
			/** Times it wrote to the disk, and the bytes, since the service started. */
			appends: count,
			appendedBytes: count,
			/** The newest box that was saved, by its file's name. */
			saved: z.optional(z.string()),
			/**
			 * The last opening of a breaker that was seen since the service started: the meter says so, its load fell to
			 * nothing, it fell silent, or this machine itself had lost its power.
			 */
			opening: z.optional(
				z.object({
					at: instant,
					cause: z.enum(['breaker_open', 'load_gone', 'meter_gone', 'power_lost']),
					/** Whose breaker; absent where the whole machine was without power. */
					meter: z.optional(id),
				}),
			),
			/** What is wrong and what to do, in a sentence. */
			problem: z.optional(z.string()),
		}),
	),
});
export type TelemetryState = z.infer<typeof telemetryState>;

const tags = z.record(z.string(), z.string());
const milliseconds = z.array(z.int());
const before = <Value extends z.ZodMiniType>(value: Value) => z.optional(z.object({ atMs: z.int(), value }));

/** Numbers of one series over a range, a column for each figure. Buckets without a point are left out. */
const numberLine = z.object({
	kind: z.literal('number'),
	series: z.string(),
	tags,
	/** Where each bucket begins, ms since 1970 UTC. */
	atMs: milliseconds,
	min: z.array(z.number()),
	max: z.array(z.number()),
	mean: z.array(z.number()),
	count: z.array(count),
	/** The last point of the day before the range: what held when it began. */
	before: before(z.number()),
});

/** Texts of one series over a range: the last of each bucket. */
const textLine = z.object({
	kind: z.literal('text'),
	series: z.string(),
	tags,
	atMs: milliseconds,
	text: z.array(z.string()),
	count: z.array(count),
	before: before(z.string()),
});

/** A series over a range, as `query` of telemetry's remote calls answers it. */
const historyLine = z.discriminatedUnion('kind', [numberLine, textLine]);
export type HistoryLine = z.infer<typeof historyLine>;

/** The answer to `query`. */
export const historyAnswer = z.object({
	/** How long each bucket is, ms. */
	bucketMs: z.int(),
	lines: z.array(historyLine),
});
export type HistoryAnswer = z.infer<typeof historyAnswer>;

/** One series that the history holds. */
export interface HistorySeries {
	readonly series: string;
	readonly tags: Readonly<Record<string, string>>;
	readonly kind: 'number' | 'text';
}

/** Energy drawn, whole Wh; what the parts of a period sum up to is what its whole says. */
const wattHours = z.int();

const tariffEnergy = z.object({
	/** `other` where no source said it. */
	period: tariffPeriod,
	colour: z.optional(tariffColour),
	energyWh: wattHours,
});

const energyPeriod = z.object({
	/** A local hour, day, week, month or year, or the whole range (`total`). */
	from: instant,
	to: instant,
	energyWh: wattHours,
	/** Fed in; absent where the meter doesn't count it. */
	exportedWh: z.optional(wattHours),
	/** The period is over and was measured without a gap of an hour; what is missing is spread evenly, or 0. */
	complete: z.boolean(),
	/** What `energyWh` is made of, in the order of the contract's words; nothing where nothing was drawn. */
	byTariff: z.array(tariffEnergy),
});
export type EnergyPeriod = z.infer<typeof energyPeriod>;

/** Step back in the calendar that a range is compared with. */
const compared = <Period extends z.ZodMiniType, SoFar extends z.ZodMiniType>(period: Period, soFar: SoFar) =>
	z.optional(
		z.object({
			from: instant,
			to: instant,
			periods: z.array(period),
			/** The same part of both ranges, as far as the later one has come: what can fairly be compared. */
			soFar: z.object({ now: soFar, before: soFar }),
		}),
	);

/**
 * The answer to `history.energy` {from, to, by: hour|day|week|month|year|total, meter?, compare?: day|week|month|year}.
 * `from` and `to` are moments or local dates. Periods are whole: the first holds `from`, the last holds what is before `to`;
 * `total` alone is exactly the range. `compare` says how far back the range is that is compared with.
 */
export const energyAnswer = z.object({
	/** The house's time zone, in which periods begin and end. */
	zone: z.string(),
	/** The meters that were added up. */
	meters: z.array(z.string()),
	periods: z.array(energyPeriod),
	before: compared(energyPeriod, z.object({ energyWh: wattHours })),
});
export type EnergyAnswer = z.infer<typeof energyAnswer>;

/** Money in `currency`, to the millionth; screens round. `total` is the sum of the others. */
const cost = z.object({
	energy: z.number(),
	subscription: z.number(),
	/** Per kWh, fixed and VAT together. */
	taxes: z.number(),
	total: z.number(),
});
export type Cost = z.infer<typeof cost>;

const costPeriod = z.extend(energyPeriod, {
	cost,
	/** Paid for what was fed in; not in `cost`. */
	exportedCredit: z.optional(z.number()),
	/** Drawn while no price was known for it: in no figure of money. Wh. */
	unpricedWh: wattHours,
	/** Each with what its energy cost, taxes included, subscription not. */
	byTariff: z.array(z.extend(tariffEnergy, { cost: z.number() })),
});
export type CostPeriod = z.infer<typeof costPeriod>;

/** The answer to `history.cost`, which is asked as `history.energy` is. */
export const costAnswer = z.object({
	zone: z.string(),
	meters: z.array(z.string()),
	currency: z.string(),
	periods: z.array(costPeriod),
	before: compared(costPeriod, z.object({ energyWh: wattHours, cost })),
});
export type CostAnswer = z.infer<typeof costAnswer>;

/** The answer to `history.export` {series: [names], tags?, from, to, format: csv|jsonl, by?: tariff, cursor?}: one page. */
export const exportPage = z.object({
	/** Whole lines, the head of a CSV in the first page only. */
	text: z.string(),
	/** Asks for the next page; absent after the last one. */
	next: z.optional(z.string()),
});
export type ExportPage = z.infer<typeof exportPage>;
