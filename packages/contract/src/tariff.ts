import * as z from 'zod/mini';
import { instant } from './common.ts';

/** The hours of a contract, whatever its supplier calls them; `other` is a name of a supplier's own. */
export const tariffPeriod = z.enum(['all_hours', 'off_peak', 'peak', 'normal', 'mobile_peak', 'weekend', 'other'], {
	error: 'expected one of all_hours, off_peak, peak, normal, mobile_peak, weekend, other',
});
export type TariffPeriodName = z.infer<typeof tariffPeriod>;

/** What a day is in its contract: a Tempo colour, or for EJP whether it is one of the peak days. */
export const tariffColour = z.enum(['blue', 'white', 'red', 'normal', 'peak'], {
	error: 'expected one of blue, white, red (Tempo), normal, peak (EJP)',
});
export type TariffColour = z.infer<typeof tariffColour>;

/** `tariff/state`: the tariff period in force in the house, and the days' colours. */
export const tariffState = z.object({
	at: instant,
	/** What says so: the meter itself, the configured hours, or a topic of somebody else's. */
	source: z.enum(['meter', 'schedule', 'topic']),
	/** Absent while nothing is known: no frame yet, or a topic that is silent. */
	period: z.optional(tariffPeriod),
	/** Colour of the period in force: a Tempo day's hours until 06:00 still have the colour of the day before. */
	colour: z.optional(tariffColour),
	/** The meter's or the topic's own word for the period, such as HPJW. */
	label: z.optional(z.string()),
	/** When this period began, as far as is known. */
	since: z.optional(instant),
	/** When the schedule says that the next period begins, and which. */
	next: z.optional(z.object({ at: instant, period: tariffPeriod })),
	/** Of the tariff day that runs now (Tempo: 06:00 to 06:00) and of the one after it, once known. */
	colourToday: z.optional(tariffColour),
	colourTomorrow: z.optional(tariffColour),
	/** What is wrong and what to do, in a sentence. */
	problem: z.optional(z.string()),
});
export type TariffState = z.infer<typeof tariffState>;

/** A local date such as 2026-01-31. */
export const localDate = z.string().check(z.regex(/^\d{4}-\d\d-\d\d$/, 'expected a date such as 2026-01-31'));

const money = z.number().check(z.gte(-1_000_000), z.lte(1_000_000));
const percent = z.number().check(z.gte(0), z.lte(100));

/** Prices that hold from a local day on, until the next entry's. All money in the currency of the whole. */
export const priceEntry = z.object({
	/** The first day, in the house's time, that they hold. */
	from: localDate,
	/** What it is, such as the contract's name. */
	name: z.optional(z.string().check(z.maxLength(100))),
	/**
	 * Price of a kWh by period and colour. The one with both counts first, then the one of the period in any colour, then
	 * `all_hours`.
	 */
	energy: z
		.array(z.object({ period: tariffPeriod, colour: z.optional(tariffColour), perKWh: money }))
		.check(z.minLength(1), z.maxLength(30)),
	/** What is paid for a kWh that is fed in. */
	exportedPerKWh: z.optional(money),
	/** The subscription's fee. A month's or a year's is shared out evenly over its days. */
	subscription: z.optional(z.object({ amount: money, per: z.enum(['month', 'year']) })),
	/** Taxes; all absent where the prices above contain them. */
	taxes: z.optional(
		z.object({
			/** Such as the excise on electricity, for each kWh drawn. */
			perKWh: z.optional(money),
			/** Such as the CTA, which goes with the subscription. */
			fixed: z.optional(z.object({ amount: money, per: z.enum(['month', 'year']) })),
			/** VAT on energy and its taxes, and on the subscription and the fixed taxes, percent. */
			energyVatPercent: z.optional(percent),
			subscriptionVatPercent: z.optional(percent),
		}),
	),
});
export type PriceEntry = z.infer<typeof priceEntry>;

const currency = z.string().check(z.regex(/^[A-Z]{3}$/, 'expected a currency such as EUR (ISO 4217)'));
/** Oldest first, each from a day of its own; may be empty. */
const priceEntries = z.array(priceEntry).check(z.maxLength(200));

/** `tariff/prices/set`: the whole list at once, which replaces what there was. */
export const tariffPricesSet = z.object({ currency: z.optional(currency), prices: priceEntries });
export type TariffPricesSet = z.infer<typeof tariffPricesSet>;

/** `tariff/prices/state`: the dated prices that telemetry counts with. */
export const tariffPrices = z.object({ at: instant, currency, prices: priceEntries });
export type TariffPrices = z.infer<typeof tariffPrices>;
