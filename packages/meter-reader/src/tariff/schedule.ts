import { addDays, type Calendar } from '@pilotwire/calendar';

const DAY_MIN = 1440;
/** Looked back and ahead for the nearest change: more than a day of any length. Milliseconds. */
const AROUND_MS = 27 * 3_600_000;

/** Off-peak hours from one local time to another, over midnight where `to` comes before `from`. */
export interface Hours {
	readonly from: string;
	readonly to: string;
}

export type ScheduledPeriod = 'all_hours' | 'off_peak' | 'peak';

/** The period that the configured hours say. Moments: ms since 1970 UTC. */
export interface Scheduled {
	readonly period: ScheduledPeriod;
	/** When it began and ends; absent where it always is the same. */
	readonly sinceMs?: number;
	readonly untilMs?: number;
}

/** The period in force by the house's clocks, which count in it on both days of their change. */
export function scheduledAt(calendar: Calendar, hours: readonly Hours[], atMs: number): Scheduled {
	const periodAt = (momentMs: number) => periodOf(hours, calendar.local(momentMs).minute);
	const period = periodAt(atMs);
	if (hours.length === 0) return { period };
	const changes = edgesAround(calendar, hours, atMs).filter((edgeMs) => periodAt(edgeMs) !== periodAt(edgeMs - 1));
	const sinceMs = changes.findLast((edgeMs) => edgeMs <= atMs);
	const untilMs = changes.find((edgeMs) => edgeMs > atMs);
	return { period, ...(sinceMs === undefined ? {} : { sinceMs }), ...(untilMs === undefined ? {} : { untilMs }) };
}

function periodOf(hours: readonly Hours[], minute: number): ScheduledPeriod {
	if (hours.length === 0) return 'all_hours';
	return hours.some((part) => isWithin(part, minute)) ? 'off_peak' : 'peak';
}

function isWithin({ from, to }: Hours, minute: number): boolean {
	const [begin, end] = [minutesOf(from), minutesOf(to)];
	return begin < end ? minute >= begin && minute < end : minute >= begin || minute < end;
}

/** Moments at which the period may change: where the hours begin and end, and where clocks change within them. */
function edgesAround(calendar: Calendar, hours: readonly Hours[], atMs: number): number[] {
	const edges = new Set<number>();
	for (let hourMs = atMs - AROUND_MS; hourMs < atMs + AROUND_MS; hourMs = calendar.next('hour', hourMs)) {
		edges.add(calendar.startOf('hour', hourMs));
	}
	const today = calendar.local(atMs).date;
	for (const days of [-1, 0, 1]) {
		const date = addDays(today, days);
		for (const minute of hours.flatMap(({ from, to }) => [minutesOf(from), minutesOf(to)])) {
			edges.add(calendar.instant(date, minute % DAY_MIN));
			edges.add(calendar.instant(date, minute % DAY_MIN, 'last'));
		}
	}
	return [...edges].sort((a, b) => a - b);
}

function minutesOf(time: string): number {
	return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}
