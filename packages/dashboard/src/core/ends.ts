// Until when an order may hold: the choices of the quick menu. Times: browser's clock, ms; days and hours: the house's.
import { addDays, type Calendar } from '@pilotwire/calendar';

/** `open`: until it is changed. */
export type EndChoice = 'open' | 'hour' | 'three_hours' | 'evening' | 'morning' | 'custom';

/** A choice and the moment it means; `open` and `custom` have none of their own. */
export interface End {
	readonly choice: EndChoice;
	readonly atMs: number | undefined;
}

const EVENING_MIN = 22 * 60;
const MORNING_MIN = 7 * 60;
/** An end nearer than this is left out: it would be over before it began. */
const WORTH_IT_MS = 30 * 60_000;

/** The choices at a moment. The evening is offered while it lies ahead; the morning is the next one. */
export function ends(nowMs: number, calendar: Calendar): End[] {
	const { date } = calendar.local(nowMs);
	const evening = calendar.instant(date, EVENING_MIN);
	const today = calendar.instant(date, MORNING_MIN);
	const morning = today > nowMs ? today : calendar.instant(addDays(date, 1), MORNING_MIN);
	const later = [
		...(evening - nowMs > WORTH_IT_MS ? [{ choice: 'evening', atMs: evening } as const] : []),
		{ choice: 'morning', atMs: morning } as const,
	];
	return [
		{ choice: 'open', atMs: undefined },
		{ choice: 'hour', atMs: nowMs + 3_600_000 },
		{ choice: 'three_hours', atMs: nowMs + 3 * 3_600_000 },
		...later.sort((a, b) => a.atMs - b.atMs),
		{ choice: 'custom', atMs: undefined },
	];
}

/** A time as `<input type="datetime-local">` writes it, such as 2026-01-31T22:00. */
export function toInput(ms: number, calendar: Calendar): string {
	return new Date(ms + calendar.offsetMs(ms)).toISOString().slice(0, 16);
}

/** Reads such an input; undefined where it is empty, no time, or not in the future. */
export function fromInput(text: string, nowMs: number, calendar: Calendar): number | undefined {
	const [, date = '', hour, minute] = /^(\d{4}-\d\d-\d\d)T(\d\d):(\d\d)/.exec(text) ?? [];
	if (date === '') return undefined;
	const ms = calendar.instant(date, Number(hour) * 60 + Number(minute));
	return ms > nowMs ? ms : undefined;
}
