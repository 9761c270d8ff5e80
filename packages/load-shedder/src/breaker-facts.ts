import type { ReadingState } from '@pilotwire/contract';
import type { BreakerEvent } from '@pilotwire/shedding';
import type { LoadShedderConfig } from './config.ts';

/** What a reading says of each phase's breaker. The maximum of the day before counts too: midnight forgets today's. */
export function breakerFacts(reading: ReadingState, breaker: LoadShedderConfig['breaker']): BreakerEvent[] {
	const linky = breaker === 'auto' ? (reading.mode === 'standard' ? true : null) : breaker === 'linky';
	return Array.from({ length: reading.phases }, (_, index): BreakerEvent => {
		const peakVA = maximumVA(reading, index);
		return { kind: 'breaker', phase: index + 1, linky, ...(peakVA === undefined ? {} : { peakVA }) };
	});
}

function maximumVA(reading: ReadingState, index: number): number | undefined {
	const own = (today: ReadingState['phaseDrawnMaximumToday']): number | undefined => today?.[index]?.apparentPowerVA;
	const [today, yesterday] =
		reading.phases === 1
			? [reading.drawnMaximumToday?.apparentPowerVA, reading.drawnMaximumYesterday?.apparentPowerVA]
			: [own(reading.phaseDrawnMaximumToday), own(reading.phaseDrawnMaximumYesterday)];
	return today === undefined || yesterday === undefined ? undefined : Math.max(today, yesterday);
}
