import type { AdviceHouse, SubscriptionTrial } from '@pilotwire/house';
import type { RecordedHouse } from './recorded-house.ts';
import type { SplitLoad } from './split-heating.ts';

/** A trial with what it would cost. */
export interface Advised extends SubscriptionTrial {
	/** More (or, below 0, less) a year than the subscription compared with. */
	readonly yearlyDifference?: number;
}

/** A room that lost less than this on the mean is as warm as before, K. */
const UNNOTICED_K = 0.1;
const HOURS_A_DAY = 24;
/** An estimate of the heating that may be off by more than this share of it is called unsure. */
const SURE_SHARE = 0.3;

/** How the radiators were taken out of the house's own load, and how sure that is. */
export function splitText(history: RecordedHouse, split: SplitLoad, outsideC: number): string {
	const { days, daysLeftOut, circuits } = history;
	const { exactShare, usedShare, heatingKWhADay, heatingPlusMinusKWh, otherKWhADay } = split;
	const learned = circuits.filter((circuit) => circuit.learned).length;
	const left = daysLeftOut === 0 ? '' : `; ${daysLeftOut} more had gaps and are left out`;
	const lines = [
		`History: ${days} whole days${left}. ${circuits.length} radiators, ${learned} with the power that the meter showed, the others as configured.`,
		`Estimated, with ${outsideC} °C outside: they drew ${heatingKWhADay.toFixed(1)} kWh a day, give or take ${heatingPlusMinusKWh.toFixed(1)}; the rest of the house ${otherKWhADay.toFixed(1)}.`,
		`In ${percent(exactShare)} of the time none could heat, and the rest is known exactly. The estimate learned from ${percent(usedShare)}, in which`,
		'programme or person had chosen every order: load = base of the hour + duty x power of those that may heat + appliances.',
	];
	if (!isSure(split)) {
		lines.push(
			'Not sure: heating and house were hardly ever apart. A few hours with every radiator off (an absence will do), then ask',
			'again; and give --outside as it was.',
		);
	}
	return lines.join('\n');
}

/** Whether the estimate of the heating is near enough to choose by. */
export function isSure({ heatingKWhADay, heatingPlusMinusKWh }: SplitLoad): boolean {
	return heatingPlusMinusKWh <= SURE_SHARE * heatingKWhADay;
}

const percent = (of: number): string => `${Math.round(of * 100)} %`;

/** Whether a size never opens and nobody would feel it. */
export function isEnough(trial: SubscriptionTrial, radiators: number): boolean {
	return trial.openings === 0 && trial.comfortLostKh <= UNNOTICED_K * radiators * trial.days * HOURS_A_DAY;
}

/** The smallest size that is enough. */
export function suffices(trials: readonly Advised[], phases: 1 | 3, radiators: number): Advised | undefined {
	return trials.find((trial) => trial.phases === phases && isEnough(trial, radiators));
}

/** On what the sizes were tried, and what the columns mean. `whose`: whose radiators these are, where that needs saying. */
export function triedText(
	{ radiators, outsideC, mode }: Pick<AdviceHouse, 'radiators' | 'outsideC' | 'mode'>,
	{ days, from, whose }: { readonly days: number; readonly from: string; readonly whose: string },
): string {
	const watts = radiators.reduce((sum, { powerW }) => sum + powerW, 0);
	return [
		`Tried on ${days === 1 ? '1 day' : `${days} days`} of ${from}, with ${radiators.length} radiators of ${watts} W together${whose}, ${outsideC} °C outside, ${mode}.`,
		'Openings of the breaker in that time, and how many of them come without any radiator; comfort lost is degrees below',
		'what is wanted times hours, all rooms together.',
	].join('\n');
}

/** The smallest size of each layout that would do; prices are compared with `comparedKVA`. */
export function sentences(smallest: readonly (Advised | undefined)[], comparedKVA: number | undefined): string[] {
	return smallest.map((trial, at) => {
		const kind = at === 0 ? 'Single-phase' : 'Three-phase';
		if (trial === undefined) return `${kind}: no size on sale would do.`;
		const { prefKVA, minutesShed, days, yearlyDifference } = trial;
		const money = yearlyDifference === undefined ? '' : `, ${moneyText(prefKVA, yearlyDifference, comparedKVA)}`;
		return `${kind}: ${prefKVA} kVA would do; radiators would wait during ${Math.round(minutesShed / days)} minutes a day${money}.`;
	});
}

function moneyText(prefKVA: number, yearlyDifference: number, comparedKVA: number | undefined): string {
	if (prefKVA === comparedKVA) return 'the size that prices are compared with';
	const amount = Math.abs(yearlyDifference).toFixed(2);
	return `${amount} a year ${yearlyDifference < 0 ? 'less' : 'more'} than ${comparedKVA} kVA`;
}

const signed = (value: number): string => `${value > 0 ? '+' : ''}${value.toFixed(2)}`;

export function tableOf(trials: readonly Advised[]): string {
	const head = [
		'size',
		'phases',
		'openings',
		'without heating',
		'minutes shed a day',
		'comfort lost',
		'coldest',
		'a year',
	];
	const rows = trials.map((trial) => [
		`${trial.prefKVA} kVA`,
		`${trial.phases}`,
		`${trial.openings}`,
		`${trial.openingsWithoutHeating}`,
		(trial.minutesShed / trial.days).toFixed(0),
		`${trial.comfortLostKh.toFixed(0)} K h`,
		`${trial.coldestC.toFixed(1)} °C`,
		trial.yearlyDifference === undefined ? '' : signed(trial.yearlyDifference),
	]);
	const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
	return [head, ...rows]
		.map((row) => row.map((cell, column) => cell.padStart(widths[column] ?? 0)).join('  '))
		.join('\n');
}
