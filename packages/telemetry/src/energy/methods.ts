import { Calendar } from '@pilotwire/calendar';
import type { CostAnswer, TariffPrices } from '@pilotwire/contract';
import { type Clock, type RemoteMethod, remoteMethod } from '@pilotwire/runtime';
import * as z from 'zod';
import { LATEST_MS } from '../core/point.ts';
import type { HistoryReader } from '../core/store.ts';
import { emptyRange } from '../errors.ts';
import { exportPage } from '../export/export-page.ts';
import { tariffPage } from '../export/tariff-page.ts';
import { bounded } from '../methods.ts';
import { costAnswerOf } from './cost.ts';
import { type Asked, askedOf, energyAnswerOf, momentsOf } from './energy.ts';
import { periodsOf } from './periods.ts';
import { PriceList } from './prices.ts';
import { readMeters } from './read-meters.ts';

/** What the questions are answered from. */
export interface EnergyParts {
	readonly reader: HistoryReader;
	readonly clock: Clock;
	readonly timeZone: string;
	readonly prices: () => TariffPrices;
}

/** A moment, or a date, whose midnight in the house's time is meant. */
const momentParameter = z.union([z.iso.date(), z.iso.datetime({ offset: true })], {
	error: 'a date such as 2026-01-31, or ISO 8601 such as 2026-01-31T22:00:00Z',
});
const meterParameter = z.string().regex(/^[a-z0-9-]{1,64}$/, 'the id of a meter');

const question = z.strictObject({
	from: momentParameter,
	to: momentParameter,
	by: z.enum(['hour', 'day', 'week', 'month', 'year', 'total']),
	meter: meterParameter.optional(),
	compare: z.enum(['day', 'week', 'month', 'year']).optional(),
});

const exportQuestion = z.strictObject({
	series: z.array(z.string().max(64)).max(100).default([]),
	tags: z.record(z.string().max(64), z.string().max(100)).default({}),
	from: momentParameter,
	to: momentParameter,
	format: z.enum(['csv', 'jsonl']),
	by: z.literal('tariff').optional(),
	step: z.enum(['hour', 'day', 'week', 'month', 'year']).default('day'),
	meter: meterParameter.optional(),
	cursor: z
		.string()
		.regex(/^\d{1,9}(\.\d{1,15})?$/, 'the next of an earlier page')
		.optional(),
});

/** `history.energy`, `history.cost` and `history.export`. */
export function energyMethods(parts: EnergyParts): Readonly<Record<string, RemoteMethod>> {
	const { clock, timeZone } = parts;
	const calendar = new Calendar(timeZone);
	const ask = (asking: z.output<typeof question>): Asked =>
		askedOf(calendar, { ...rangeOf(calendar, asking), ...asking }, clock.wallMs());
	const costs = async (asked: Asked, meter: string | undefined): Promise<CostAnswer> => {
		const { currency, prices } = parts.prices();
		const list = new PriceList(calendar, prices);
		const boundaries = momentsOf(asked);
		const range = { fromMs: Math.min(...boundaries), toMs: Math.max(...boundaries) };
		const meters = await readMeters(parts.reader, { meter, moments: [...boundaries, ...list.changesMs(range)] });
		return costAnswerOf({ calendar, meters, prices: list, currency, nowMs: clock.wallMs() }, asked);
	};
	return {
		'history.energy': remoteMethod(question, async (asking) => {
			const asked = ask(asking);
			const meters = await readMeters(parts.reader, { meter: asking.meter, moments: momentsOf(asked) });
			return bounded(energyAnswerOf(calendar, meters, asked, clock.wallMs()));
		}),
		'history.cost': remoteMethod(question, async (asking) => {
			return bounded(await costs(ask(asking), asking.meter));
		}),
		'history.export': remoteMethod(exportQuestion, async ({ by, step, meter, cursor, ...asking }) => {
			const range = rangeOf(calendar, asking);
			if (by === undefined) return exportPage(parts.reader, { ...asking, ...range }, cursor);
			return tariffPage(periodsOf(calendar, step, range), asking.format, cursor, (periods) =>
				costs({ now: periods }, meter),
			);
		}),
	};
}

/** The range that two moments mean. Throws `HISTORY_RANGE_EMPTY`. */
function rangeOf(calendar: Calendar, { from, to }: { readonly from: string; readonly to: string }) {
	const momentOf = (text: string): number => {
		const atMs = text.length === 10 ? calendar.instant(text, 0) : Date.parse(text);
		return Math.min(Math.max(atMs, 0), LATEST_MS);
	};
	const [fromMs, toMs] = [momentOf(from), momentOf(to)];
	if (!(toMs > fromMs)) throw emptyRange(from, to);
	return { fromMs, toMs };
}
