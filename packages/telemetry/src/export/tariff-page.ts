import type { CostAnswer, ExportPage } from '@pilotwire/contract';
import type { Stretch } from '../energy/rise.ts';
import { csvLine, type ExportFormat, TARIFF_HEAD } from './rows.ts';

/** Periods of one page. */
const PERIODS = 200;

/** One page of energy and money by tariff, a line for each period and tariff. */
export async function tariffPage(
	periods: readonly Stretch[],
	format: ExportFormat,
	cursor: string | undefined,
	costsOf: (periods: readonly Stretch[]) => Promise<CostAnswer>,
): Promise<ExportPage> {
	const first = Number(cursor ?? 0);
	const asked = periods.slice(first, first + PERIODS);
	const head = cursor === undefined && format === 'csv' ? TARIFF_HEAD : '';
	if (asked.length === 0) return { text: head };
	const { currency, periods: costs } = await costsOf(asked);
	const lines = costs.flatMap(({ from, to, byTariff }) =>
		byTariff.map(({ period, colour, energyWh, cost }) =>
			format === 'csv'
				? csvLine([from, to, period, colour ?? '', energyWh, cost, currency])
				: `${JSON.stringify({ from, to, period, colour, energyWh, cost, currency })}\n`,
		),
	);
	const next = first + PERIODS;
	return { text: head + lines.join(''), ...(next < periods.length ? { next: String(next) } : {}) };
}
