import { digits, group, index, type MeterGroup } from './group.ts';
import type { Meter } from './meter.ts';

/** A Linky in historic mode says its own rating here, whatever was drawn (Enedis-NOI-CPT_54E, 5). */
const LINKY_IMAX = { 1: '090', 3: '060' } as const;

/** The frame of a single-phase meter, or the long one of a three-phase meter, with the values of this moment. */
export function historicFrame(meter: Meter): MeterGroup[] {
	return [...contract(meter), ...(meter.description.phases === 1 ? singlePhase(meter) : threePhases(meter))];
}

/** The short frame that a three-phase meter repeats while it is over, and for a minute after (ERDF-NOI-CPT_02E). */
export function historicShortFrame(meter: Meter): MeterGroup[] {
	const over = meter.phasesOver.map((phase) => group(`ADIR${phase}`, amps(meter, phase)));
	return [...over, group('ADCO', meter.description.adsc), ...currents(meter)];
}

function contract(meter: Meter): MeterGroup[] {
	const { description, drawnWh } = meter;
	const subscribedA = description.isouscA ?? (description.prefKVA * 1000) / description.phases / 200;
	const isPeak = description.tariff.kind === 'peak';
	return [
		group('ADCO', description.adsc),
		group('OPTARIF', isPeak ? 'HC..' : 'BASE'),
		group('ISOUSC', digits(subscribedA, 2)),
		...(isPeak
			? [group('HCHC', index(drawnWh[0] as number)), group('HCHP', index(drawnWh[1] as number))]
			: [group('BASE', index(drawnWh[0] as number))]),
		group('PTEC', isPeak ? (['HC..', 'HP..'][meter.tariff] as string) : 'TH..'),
	];
}

function singlePhase(meter: Meter): MeterGroup[] {
	const isLinky = meter.description.kind === 'linky';
	return [
		group('IINST', amps(meter, 1)),
		...(meter.phasesOver.length > 0 ? [group('ADPS', amps(meter, 1))] : []),
		group('IMAX', isLinky ? LINKY_IMAX[1] : digits(meter.maxA[0] as number, 3)),
		...(meter.description.papp ? [papp(meter)] : []),
		...closing(meter),
	];
}

function threePhases(meter: Meter): MeterGroup[] {
	const isLinky = meter.description.kind === 'linky';
	const maxima = [1, 2, 3].map((phase) =>
		group(`IMAX${phase}`, isLinky ? LINKY_IMAX[3] : digits(meter.maxA[phase - 1] as number, 3)),
	);
	const highest = isLinky ? (meter.yesterday[0]?.va ?? 0) : meter.maxW;
	return [
		...currents(meter),
		...maxima,
		group('PMAX', digits(highest, 5)),
		papp(meter),
		...closing(meter),
		group('PPOT', '00'),
	];
}

function closing(meter: Meter): MeterGroup[] {
	return [group('HHPHC', meter.description.tariff.kind === 'peak' ? 'C' : 'A'), group('MOTDETAT', '000000')];
}

function currents(meter: Meter): MeterGroup[] {
	return [1, 2, 3].map((phase) => group(`IINST${phase}`, amps(meter, phase)));
}

/** To the nearest ampere. */
function amps(meter: Meter, phase: number): string {
	return digits(meter.amps[phase - 1] as number, 3);
}

/** In steps of 10 VA. */
function papp(meter: Meter): MeterGroup {
	return group('PAPP', digits(Math.round(meter.totalVA / 10) * 10, 5));
}
