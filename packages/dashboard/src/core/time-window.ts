// The stretch of time that the history shows: from an hour to ten years, moved and scaled by touch, wheel or key.
// Times: ms since 1970.
import { addDays, type Calendar } from '@pilotwire/calendar';

/** A stretch with a name. */
export type SpanName = 'hour' | 'day' | 'week' | 'month' | 'year' | 'decade';

/** From, and up to but not including. */
export interface TimeWindow {
	readonly fromMs: number;
	readonly toMs: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** How long the named stretches are, ms. */
export const SPANS_MS: Readonly<Record<SpanName, number>> = {
	hour: HOUR_MS,
	day: DAY_MS,
	week: 7 * DAY_MS,
	month: 31 * DAY_MS,
	year: 366 * DAY_MS,
	decade: 3_653 * DAY_MS,
};
export const SPAN_NAMES = Object.keys(SPANS_MS) as SpanName[];

/** Nothing shorter is shown: a sample every second or two is no curve. */
const SHORTEST_MS = 5 * 60_000;
const LONGEST_MS = SPANS_MS.decade;
/** A window that ends this near to now, as a share of its length, goes along with now. */
const FOLLOWS_SHARE = 0.02;

/** The last of a named stretch. */
export function lastOf(name: SpanName, nowMs: number): TimeWindow {
	return { fromMs: nowMs - SPANS_MS[name], toMs: nowMs };
}

/** The named stretch that a window is as long as; undefined where it was scaled to something in between. */
export function nameOf({ fromMs, toMs }: TimeWindow): SpanName | undefined {
	return SPAN_NAMES.find((name) => Math.abs(toMs - fromMs - SPANS_MS[name]) < 1_000);
}

/** Whether a window shows what happens now, and so moves with it. */
export function follows({ fromMs, toMs }: TimeWindow, nowMs: number): boolean {
	return nowMs - toMs < (toMs - fromMs) * FOLLOWS_SHARE;
}

/** Moves a window by a share of its length, earlier where negative; never past now. */
export function pan(window: TimeWindow, share: number, nowMs: number): TimeWindow {
	const length = window.toMs - window.fromMs;
	return ending(window.toMs + share * length, length, nowMs);
}

/** Makes a window so many times as long; the moment at a share of it (0 its beginning, 1 its end) stays where it is. */
export function zoom(window: TimeWindow, factor: number, aroundShare: number, nowMs: number): TimeWindow {
	const length = window.toMs - window.fromMs;
	const next = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, length * factor));
	const around = window.fromMs + length * aroundShare;
	return ending(around + next * (1 - aroundShare), next, nowMs);
}

function ending(toMs: number, lengthMs: number, nowMs: number): TimeWindow {
	const end = Math.min(nowMs, Math.max(toMs, nowMs - LONGEST_MS + lengthMs));
	return { fromMs: end - lengthMs, toMs: end };
}

/** What a window is compared with. */
export type Step = 'day' | 'week' | 'month' | 'year';

/** The step back that makes sense for a window: an hour with the same one yesterday, a week with the week before. */
export function stepOf({ fromMs, toMs }: TimeWindow): Step {
	const length = toMs - fromMs;
	if (length <= 25 * HOUR_MS) return 'day';
	if (length <= 8 * DAY_MS) return 'week';
	return length <= 32 * DAY_MS ? 'month' : 'year';
}

/** The moment one step earlier, at the same time of the house's calendar and clock. */
export function earlier(ms: number, step: Step, calendar: Calendar): number {
	const { date, minute } = calendar.local(ms);
	return calendar.instant(dayBefore(date, step), minute + (ms % 60_000) / 60_000);
}

function dayBefore(date: string, step: Step): string {
	if (step === 'day' || step === 'week') return addDays(date, step === 'day' ? -1 : -7);
	const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
	const back = step === 'month' ? 1 : 12;
	// The 31st of a month that has none is its last day.
	const last = new Date(Date.UTC(year, month - back, 0)).getUTCDate();
	return new Date(Date.UTC(year, month - 1 - back, Math.min(day, last))).toISOString().slice(0, 10);
}
