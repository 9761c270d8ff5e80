// What the tests of the pure core share.
import { Calendar } from '@pilotwire/calendar';
import type { Programme, ProgrammeChange, TariffRule, TariffState, WeekDay } from '@pilotwire/contract';
import { CircuitPlan, type Plan } from '../src/core/circuit-plan.ts';
import type { DailyPeriod } from '../src/core/learned-hours.ts';
import { TariffOutlook } from '../src/core/outlook.ts';
import type { KnownCircuit } from '../src/core/targets.ts';
import { WEEK_DAYS } from '../src/core/week.ts';

export const paris = new Calendar('Europe/Paris');

/** An instant of Paris' clocks, `2026-03-29 06:30`. */
export function local(text: string): number {
	const [date = '', time = ''] = text.split(' ');
	return paris.instant(date, Number(time.slice(0, 2)) * 60 + Number(time.slice(3)));
}

export const everyDay: WeekDay[] = [...WEEK_DAYS];
export const weekdays: WeekDay[] = everyDay.slice(0, 5);

/** `daily('06:00 comfort', '22:00 eco')` */
export function daily(...texts: string[]): ProgrammeChange[] {
	return texts.map((text) => {
		const [at = '', order = ''] = text.split(' ');
		return { days: everyDay, at, order: order as 'eco' };
	});
}

export const salon: KnownCircuit = { id: 'salon', kind: 'radiator', room: 'salon', standing: 'comfort' };

export function programme(changes: ProgrammeChange[], more: Partial<Programme> = {}): Programme {
	return { id: 'week', for: 'house', changes, ...more };
}

export function rule(when: TariffRule['when'], more: Partial<TariffRule> = {}): TariffRule {
	return { id: 'dear', for: 'house', when, order: 'eco', ...more };
}

interface Given extends Partial<Omit<Plan, 'outlook'>> {
	readonly nowMs: number;
	readonly tariff?: Omit<TariffState, 'at' | 'source'> & Partial<Pick<TariffState, 'at' | 'source'>>;
	readonly learned?: readonly DailyPeriod[];
	readonly circuit?: KnownCircuit;
}

/** The plan of one circuit. */
export function planFor({ nowMs, tariff, learned = [], circuit = salon, ...given }: Given): CircuitPlan {
	const calendar = given.calendar ?? paris;
	const state = tariff && { at: new Date(nowMs).toISOString(), source: 'meter' as const, ...tariff };
	const outlook = new TariffOutlook(calendar, state, learned, nowMs);
	return new CircuitPlan({ calendar, programmes: [], rules: [], zones: [], outlook, ...given }, circuit);
}
