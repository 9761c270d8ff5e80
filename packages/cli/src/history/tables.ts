import type { CostAnswer, EnergyAnswer, EnergyPeriod } from '@pilotwire/contract';

/** A period's beginning as people read it, in the house's zone. */
function beginning(from: string, zone: string, by: string): string {
	const options: Intl.DateTimeFormatOptions =
		by === 'hour' || by === 'total' ? { dateStyle: 'short', timeStyle: 'short' } : { dateStyle: 'short' };
	return new Intl.DateTimeFormat('sv-SE', { timeZone: zone, ...options }).format(new Date(from));
}

const kWh = (wh: number): string => (wh / 1_000).toFixed(2);
const tariffName = ({ period, colour }: { readonly period: string; readonly colour?: string | undefined }): string =>
	colour === undefined ? period : `${period} ${colour}`;

/** Energy as a table: a line for each period, a column for each tariff. kWh; `*` marks what was not measured throughout. */
export function energyTable({ periods, zone, before }: EnergyAnswer, by: string): string {
	const tariffs = tariffsOf(periods);
	const head = ['from', 'kWh', ...tariffs, ...(periods.some(({ exportedWh }) => exportedWh) ? ['exported'] : [])];
	const rows = periods.map((period) => [
		beginning(period.from, zone, by) + (period.complete ? '' : ' *'),
		kWh(period.energyWh),
		...tariffs.map((tariff) => kWh(whOf(period, tariff))),
		...(head.includes('exported') ? [kWh(period.exportedWh ?? 0)] : []),
	]);
	const soFar = before?.soFar;
	const compared =
		soFar === undefined ? [] : [`So far ${kWh(soFar.now.energyWh)} kWh, before ${kWh(soFar.before.energyWh)} kWh.`];
	return [...aligned([head, ...rows]), ...compared, ...note(periods)].join('\n');
}

/** Costs as a table: a line for each period. */
export function costTable({ periods, zone, currency, before }: CostAnswer, by: string): string {
	const money = (amount: number): string => amount.toFixed(2);
	const head = ['from', 'kWh', 'energy', 'subscription', 'taxes', `total ${currency}`];
	const rows = periods.map(({ from, energyWh, complete, cost }) => [
		beginning(from, zone, by) + (complete ? '' : ' *'),
		...[kWh(energyWh), money(cost.energy), money(cost.subscription), money(cost.taxes), money(cost.total)],
	]);
	const soFar = before?.soFar;
	const compared =
		soFar === undefined
			? []
			: [`So far ${money(soFar.now.cost.total)} ${currency}, before ${money(soFar.before.cost.total)} ${currency}.`];
	const unpriced = periods.reduce((sum, { unpricedWh }) => sum + unpricedWh, 0);
	const told =
		unpriced === 0 ? [] : [`${kWh(unpriced)} kWh have no price: set tariff.prices, or the prices on the page.`];
	return [...aligned([head, ...rows]), ...compared, ...told, ...note(periods)].join('\n');
}

function note(periods: readonly EnergyPeriod[]): string[] {
	return periods.some(({ complete }) => !complete) ? ['* not over, or not measured throughout'] : [];
}

function tariffsOf(periods: readonly EnergyPeriod[]): string[] {
	return [...new Set(periods.flatMap(({ byTariff }) => byTariff.map(tariffName)))];
}

function whOf({ byTariff }: EnergyPeriod, tariff: string): number {
	return byTariff.find((part) => tariffName(part) === tariff)?.energyWh ?? 0;
}

/** The first column to the left, figures to the right. */
function aligned(rows: readonly (readonly string[])[]): string[] {
	const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
	return rows.map((row) =>
		row
			.map((text, column) => (column === 0 ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0)))
			.join('  ')
			.trimEnd(),
	);
}
