import * as z from 'zod';
import { foreignTopicSetting, jsonPathSetting } from './foreign-topic.ts';

const periodSetting = z.enum(['all_hours', 'off_peak', 'peak', 'normal', 'mobile_peak', 'weekend', 'other']);
const colourSetting = z.enum(['blue', 'white', 'red', 'normal', 'peak']);
const timeSetting = z.string().regex(/^([01][0-9]|2[0-3]):[0-5][0-9]$/, 'a time such as 22:30');
const dateSetting = z.iso.date({ error: 'a date such as 2026-02-01' });

const said = <Word extends z.ZodType>(word: Word) =>
	z.strictObject({
		topic: foreignTopicSetting.describe('The topic that says it.'),
		path: jsonPathSetting.optional(),
		words: z
			.record(z.string().max(100), word)
			.default({})
			.describe("The topic's own words and what they mean. The usual ones (HC, HP, BLEU, RED, 1, 2, 3) are known."),
	});

const feeSetting = z.strictObject({
	amount: z.number().min(-1_000_000).max(1_000_000).describe('Money, in the currency.'),
	per: z.enum(['month', 'year']).describe('For how long that is.'),
});
const money = z.number().min(-1_000_000).max(1_000_000);
const percent = z.number().min(0).max(100);

const priceSetting = z.strictObject({
	from: dateSetting.describe('First day, in local time, on which these prices hold.'),
	name: z.string().max(100).optional().describe('Name of the contract, for people.'),
	energy: z
		.array(
			z.strictObject({
				period: periodSetting.describe('The tariff period; all_hours where there is one price.'),
				colour: colourSetting.optional().describe('Its colour (Tempo). Without it the price is that of every colour.'),
				perKWh: money.describe('Price of a kWh, in the currency.'),
			}),
		)
		.min(1)
		.max(30)
		.describe('Price of energy, by tariff period and colour.'),
	exportedPerKWh: money.optional().describe('What is paid for a kWh that is fed in.'),
	subscription: feeSetting.optional().describe("The subscription's fee."),
	taxes: z
		.strictObject({
			perKWh: money.optional().describe('Taxes on each kWh, such as the excise.'),
			fixed: feeSetting.optional().describe('Taxes that go with the subscription, such as the CTA.'),
			energyVatPercent: percent.optional().describe('VAT on energy and its taxes, percent.'),
			subscriptionVatPercent: percent.optional().describe('VAT on the subscription and the fixed taxes, percent.'),
		})
		.optional()
		.describe('Taxes, where the prices above do not contain them.'),
});

/** The tariff, which meter-reader (what is in force) and telemetry (what it costs) read. */
export const tariffSections = {
	tariff: z
		.strictObject({
			source: z
				.enum(['meter', 'schedule', 'topic'])
				.default('meter')
				.describe('What says the tariff period: the meter, the hours below, or MQTT topics.'),
			offPeak: z
				.array(
					z.strictObject({
						from: timeSetting.describe('When they begin, local time.'),
						to: timeSetting.describe('When they end.'),
					}),
				)
				.max(10)
				.default([{ from: '22:00', to: '06:00' }])
				.describe('Off-peak hours, for source: schedule, and for source: topic without topic.period. None: one price.'),
			topic: z
				.strictObject({
					period: said(periodSetting).optional().describe('What says the period in force.'),
					colourToday: said(colourSetting).optional().describe("What says today's colour."),
					colourTomorrow: said(colourSetting).optional().describe("What says tomorrow's colour."),
				})
				.default({})
				.describe('Topics of somebody else, for source: topic.'),
			currency: z
				.string()
				.regex(/^[A-Z]{3}$/, 'a currency such as EUR (ISO 4217)')
				.default('EUR')
				.describe('Currency of the prices.'),
			prices: z
				.array(priceSetting)
				.max(200)
				.default([])
				.describe('Prices by the day from which they hold. They are taken once; later ones are set on the dashboard.'),
		})
		.prefault({})
		.describe('The electricity contract: its hours and its prices.'),
};

export type TariffConfig = z.output<typeof tariffSections.tariff>;
/** A topic that says a word, and what its words mean. */
export type TariffTopic = NonNullable<TariffConfig['topic']['period' | 'colourToday' | 'colourTomorrow']>;

/** The topics outside `pilotwire/` that say the tariff. */
export function tariffTopics({ source, topic }: TariffConfig): string[] {
	if (source !== 'topic') return [];
	const all = [topic.period, topic.colourToday, topic.colourTomorrow];
	return [...new Set(all.flatMap((one) => (one === undefined ? [] : [one.topic])))];
}
