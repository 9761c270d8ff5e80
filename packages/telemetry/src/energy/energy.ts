import type { Calendar } from '@pilotwire/calendar';
import type { EnergyAnswer, EnergyPeriod } from '@pilotwire/contract';
import { instantOf } from '@pilotwire/runtime';
import type { MeterEnergy } from './meter-energy.ts';
import { type Back, earlier, periodsOf, type Step } from './periods.ts';
import type { Stretch } from './rise.ts';
import { compareTariffs, type TariffKey, tariffOf } from './tariff-key.ts';

/** A question about energy. Moments: ms since 1970 UTC. */
export interface EnergyQuestion extends Stretch {
	readonly by: Step;
	readonly compare?: Back | undefined;
}

/** The stretches that a question is about: its own, and those it is compared with. */
export interface Asked {
	readonly now: readonly Stretch[];
	readonly before?: {
		readonly periods: readonly Stretch[];
		/** The same part of both, as far as the later one has come. */
		readonly soFar: { readonly now: Stretch; readonly before: Stretch };
	};
}

/** Cuts a question into local periods. */
export function askedOf(calendar: Calendar, { by, compare, ...range }: EnergyQuestion, nowMs: number): Asked {
	const now = periodsOf(calendar, by, range);
	if (compare === undefined) return { now };
	const whole = wholeOf(now);
	const before = {
		fromMs: earlier(calendar, compare, whole.fromMs),
		toMs: earlier(calendar, compare, whole.toMs),
	};
	const untilMs = Math.max(whole.fromMs, Math.min(whole.toMs, nowMs));
	const beforeUntilMs = Math.min(before.toMs, Math.max(before.fromMs, earlier(calendar, compare, untilMs)));
	return {
		now,
		before: {
			periods: periodsOf(calendar, by, before),
			soFar: {
				now: { fromMs: whole.fromMs, toMs: untilMs },
				before: { fromMs: before.fromMs, toMs: beforeUntilMs },
			},
		},
	};
}

/** From the first of some stretches in order to the end of the last. */
export function wholeOf(stretches: readonly Stretch[]): Stretch {
	return { fromMs: stretches[0]?.fromMs ?? 0, toMs: stretches.at(-1)?.toMs ?? 0 };
}

/** All moments between which a question asks for energy. */
export function momentsOf({ now, before }: Asked): number[] {
	const stretches = [...now, ...(before?.periods ?? []), ...(before === undefined ? [] : Object.values(before.soFar))];
	return stretches.flatMap(({ fromMs, toMs }) => [fromMs, toMs]);
}

/** Drawn by all these meters in a stretch, by tariff, whole Wh. */
export function drawnBetween(meters: readonly MeterEnergy[], { fromMs, toMs }: Stretch): Map<TariffKey, number> {
	const all = new Map<TariffKey, number>();
	for (const meter of meters) {
		for (const [tariff, wh] of meter.between(fromMs, toMs)) all.set(tariff, (all.get(tariff) ?? 0) + wh);
	}
	return all;
}

/** Fed in past all these meters in a stretch, whole Wh; undefined where none counts it. */
export function exportedBetween(meters: readonly MeterEnergy[], { fromMs, toMs }: Stretch): number | undefined {
	const all = meters.map((meter) => meter.exportedBetween(fromMs, toMs)).filter((wh) => wh !== undefined);
	return all.length === 0 ? undefined : all.reduce((sum, wh) => sum + wh, 0);
}

/** One period of an answer. */
export function energyPeriod(meters: readonly MeterEnergy[], period: Stretch, nowMs: number): EnergyPeriod {
	const exportedWh = exportedBetween(meters, period);
	const byTariff = [...drawnBetween(meters, period)]
		.filter(([, wh]) => wh > 0)
		.map(([tariff, energyWh]) => ({ ...tariffOf(tariff), energyWh }))
		.sort(compareTariffs);
	return {
		from: instantOf(period.fromMs),
		to: instantOf(period.toMs),
		energyWh: byTariff.reduce((sum, { energyWh }) => sum + energyWh, 0),
		...(exportedWh === undefined ? {} : { exportedWh }),
		complete: period.toMs <= nowMs && meters.length > 0 && meters.every((meter) => meter.wasHeard(period)),
		byTariff,
	};
}

/** The answer to `history.energy`. */
export function energyAnswerOf(
	calendar: Calendar,
	meters: readonly MeterEnergy[],
	asked: Asked,
	nowMs: number,
): EnergyAnswer {
	const periodsIn = (stretches: readonly Stretch[]) => stretches.map((stretch) => energyPeriod(meters, stretch, nowMs));
	const answer = {
		zone: calendar.zone,
		meters: meters.map(({ meter }) => meter),
		periods: periodsIn(asked.now),
	};
	if (asked.before === undefined) return answer;
	const { periods, soFar } = asked.before;
	const { fromMs, toMs } = wholeOf(periods);
	const energyWh = (stretch: Stretch) => energyPeriod(meters, stretch, nowMs).energyWh;
	return {
		...answer,
		before: {
			from: instantOf(fromMs),
			to: instantOf(toMs),
			periods: periodsIn(periods),
			soFar: { now: { energyWh: energyWh(soFar.now) }, before: { energyWh: energyWh(soFar.before) } },
		},
	};
}
