/** Local dates without a zone: `2026-03-29`, and their number, days since 1970-01-01. */

export const DAY_MS = 86_400_000;

/** Years that a date has four digits for. */
const FIRST_MS = Date.UTC(1000, 0, 1);
const LAST_MS = Date.UTC(9999, 11, 31);

/** Monday is 1, Sunday 7 (ISO 8601). */
export type Weekday = 1 | 2 | 3 | 4 | 5 | 6 | 7;

/** The number of a date, or undefined for a text that is none, such as `2026-02-30`. */
export function dayNumberOf(date: string): number | undefined {
	const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(date);
	if (match === null) return undefined;
	const ms = Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3]));
	return ms >= FIRST_MS && ms <= LAST_MS && dateOfDay(ms / DAY_MS) === date ? ms / DAY_MS : undefined;
}

/** The date of a number. */
export function dateOfDay(day: number): string {
	return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** The weekday of a number; 1970-01-01 was a Thursday. */
export function weekdayOfDay(day: number): Weekday {
	return (((((day + 3) % 7) + 7) % 7) + 1) as Weekday;
}

/** The date so many days later (or earlier). Throws a RangeError for a text that is no date. */
export function addDays(date: string, days: number): string {
	return dateOfDay(knownDay(date) + days);
}

/** The weekday of a date. Throws a RangeError for a text that is no date. */
export function weekdayOf(date: string): Weekday {
	return weekdayOfDay(knownDay(date));
}

/** The number of a date. Throws a RangeError for a text that is none. */
export function knownDay(date: string): number {
	const day = dayNumberOf(date);
	if (day === undefined) throw new RangeError(`expected a date such as 2026-03-29, got "${date}"`);
	return day;
}
