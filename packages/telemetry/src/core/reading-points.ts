import type { ReadingState } from '@pilotwire/contract';
import { IDENTITY_SERIES, MEANING_SERIES } from '../energy/series.ts';
import { periodNamed, tariffKey } from '../energy/tariff-key.ts';
import type { Draft } from './point.ts';
import type { Recorded } from './thinning.ts';

/** Figures that move all the time, and those that hold for minutes or years. */
const moving = ['apparentPowerVA', 'injectedApparentPowerVA'] as const;
const lasting = [
	'drawnEnergyWh',
	'injectedEnergyWh',
	'tariffIndex',
	'colourToday',
	'colourTomorrow',
	'peakNoticeMin',
	'offPeakProgramme',
	'calendarDay',
	'calendarDayTomorrow',
	'subscribedCurrentA',
	'referencePowerKVA',
	'breakingPowerKVA',
	'maximumPowerW',
	'message',
	'shortMessage',
] as const;
const movingPerPhase = ['currentA', 'voltageV', 'phaseApparentPowerVA'] as const;
const lastingPerPhase = ['overloadCurrentA', 'maximumCurrentA'] as const;
const dated = ['drawnMaximumToday', 'injectedMaximumToday', 'drawnMean', 'injectedMean'] as const;

/** Every figure of a frame: `reading.<field>`, per phase or register where it is one of several. */
export function readingPoints(meter: string, reading: ReadingState): Recorded[] {
	const at = Date.parse(reading.at);
	const point = (field: string, value: Draft['value'], tags: Record<string, string> = {}): Draft => ({
		series: `reading.${field}`,
		tags: { meter, ...tags },
		at,
		value,
	});
	const perPhase = (field: string, values: readonly (number | null)[] | undefined): Draft[] =>
		(values ?? []).map((value, index) => point(field, value, { phase: String(index + 1) }));
	const registers = (field: 'energyWh' | 'reactiveEnergyVArh'): Draft[] =>
		Object.entries(reading[field]).map(([register, value]) => point(field, value, { register }));
	return [
		...[
			...moving.map((field) => point(field, reading[field])),
			...movingPerPhase.flatMap((field) => perPhase(field, reading[field])),
		].map((draft): Recorded => ({ draft, keep: 'moving' })),
		...[
			...registers('energyWh'),
			...registers('reactiveEnergyVArh'),
			...lasting.map((field) => point(field, reading[field])),
			...lastingPerPhase.flatMap((field) => perPhase(field, reading[field])),
			...dated.map((field) => datedPoint(field, reading[field], point)),
			...perPhase(
				'phaseDrawnMaximumTodayVA',
				reading.phaseDrawnMaximumToday?.map((maximum) => maximum?.apparentPowerVA ?? null),
			),
			...perPhase(
				'meanVoltageV',
				reading.meanVoltage?.map((mean) => mean?.voltageV ?? null),
			),
			point('tariffPeriod', reading.tariffPeriod?.name),
			{ series: IDENTITY_SERIES, tags: { meter }, at, value: reading.identity },
			meaningPoint(meter, reading),
			point('contract', reading.contract?.text),
			...Object.entries(reading.status ?? {}).map(([field, value]) => point(`status.${field}`, value)),
			point('closedRelays', reading.closedRelays?.join(' ')),
			point('missingPhases', reading.missingPhases?.join(' ')),
		].map((draft): Recorded => ({ draft, keep: 'lasting' })),
	];
}

/** What the supplier's register in use stands for, as the meter says at this moment. */
function meaningPoint(meter: string, { at, tariffIndex, tariffPeriod, colourToday }: ReadingState): Draft {
	const register = `EASF${String(tariffIndex ?? 0).padStart(2, '0')}`;
	const name = periodNamed(tariffPeriod?.name);
	const hasColour = name === 'peak' || name === 'off_peak';
	const colour = tariffPeriod?.colour ?? (hasColour ? colourToday : undefined);
	const value = tariffIndex === undefined || name === undefined ? undefined : tariffKey(name, colour);
	return { series: MEANING_SERIES, tags: { meter, register }, at: Date.parse(at), value };
}

function datedPoint(
	field: string,
	figure: { apparentPowerVA: number } | { powerW: number } | undefined,
	point: (field: string, value: Draft['value']) => Draft,
): Draft {
	if (figure === undefined) return point(field, undefined);
	return 'powerW' in figure ? point(`${field}W`, figure.powerW) : point(`${field}VA`, figure.apparentPowerVA);
}
