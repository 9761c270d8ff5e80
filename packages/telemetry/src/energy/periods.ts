import { addDays, type Calendar, type CalendarUnit } from '@pilotwire/calendar';
import type { Stretch } from './rise.ts';

/** How energy is asked for: in local hours, days, weeks, months or years, or in one piece. */
export type Step = CalendarUnit | 'total';

/** The local periods of a range, whole: the first holds its beginning. `total` is exactly the range. */
export function periodsOf(calendar: Calendar, step: Step, { fromMs, toMs }: Stretch): Stretch[] {
	if (step === 'total') return [{ fromMs, toMs }];
	const periods: Stretch[] = [];
	for (let atMs = fromMs; atMs < toMs; ) {
		const period = calendar.spanOf(step, atMs);
		periods.push(period);
		atMs = period.toMs;
	}
	return periods;
}

/** What a range is compared with: so far back in the calendar. */
export type Back = Exclude<CalendarUnit, 'hour'>;

/** The same local time a day, a week, a month or a year earlier; the 31st of a shorter month is its last day. */
export function earlier(calendar: Calendar, back: Back, atMs: number): number {
	const { date, minute } = calendar.local(atMs);
	const within = atMs - calendar.instant(date, minute);
	const target = calendar.instant(dateBefore(date, back), minute);
	// In the second of two equal hours the minute is found in the first: what lies between is no time of day.
	return target + (within < 60_000 ? within : 0);
}

function dateBefore(date: string, back: Back): string {
	if (back === 'day') return addDays(date, -1);
	if (back === 'week') return addDays(date, -7);
	const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
	const months = year * 12 + month - 1 - (back === 'year' ? 12 : 1);
	const [toYear, toMonth] = [Math.floor(months / 12), (months % 12) + 1];
	const last = new Date(Date.UTC(toYear, toMonth, 0)).getUTCDate();
	const digits = (value: number): string => String(value).padStart(2, '0');
	return `${toYear}-${digits(toMonth)}-${digits(Math.min(day, last))}`;
}
