/** A house's local time: days, weeks, months and years as its clocks have them, also where these change. */
import { DAY_MS, dateOfDay, knownDay, type Weekday, weekdayOfDay } from './dates.ts';
import { Offsets } from './offsets.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** No zone has ever been this far from UTC, ms. */
const FARTHEST_MS = 16 * HOUR_MS;
/** A Tempo day begins at 06:00 (design: domain, customer tele-information). */
const TEMPO_HOUR = 6;

/** A span of the local calendar; weeks begin on Monday. */
export type CalendarUnit = 'hour' | 'day' | 'week' | 'month' | 'year';

/** What the house's clocks and calendars show at an instant. */
export interface LocalTime {
	/** Such as `2026-03-29`. */
	readonly date: string;
	readonly weekday: Weekday;
	/** Whole minutes after midnight as the clock shows them, 0 to 1439. */
	readonly minute: number;
}

/** A span of time from one instant to another, which is not part of it; ms since 1970. */
export interface Span {
	readonly fromMs: number;
	readonly toMs: number;
}

/**
 * The local calendar of one IANA zone. Instants are ms since 1970 UTC, years 1000 to 9999. What it reads from Intl is
 * remembered: keep one for each zone.
 */
export class Calendar {
	readonly zone: string;
	readonly #offsets: Offsets;

	/** Throws a RangeError for a name that is no IANA zone. */
	constructor(zone: string) {
		this.zone = zone;
		this.#offsets = new Offsets(zone);
	}

	/** Local time minus UTC at an instant, ms. */
	offsetMs(atMs: number): number {
		return this.#offsets.at(atMs);
	}

	/** Date, weekday and minute of an instant. */
	local(atMs: number): LocalTime {
		const localMs = atMs + this.#offsets.at(atMs);
		const day = Math.floor(localMs / DAY_MS);
		const minute = Math.floor((localMs - day * DAY_MS) / MINUTE_MS);
		return { date: dateOfDay(day), weekday: weekdayOfDay(day), minute };
	}

	/**
	 * The instant at which clocks show so many minutes after midnight on a date (parts of a minute, and 1440 or more, may be
	 * given). A time that is left out in spring is the moment at which clocks go on after it; one that occurs twice in autumn
	 * is the first, or the `last` where that is asked for. So a later local time is never an earlier instant. Throws a
	 * RangeError for a text that is no date.
	 */
	instant(date: string, minute: number, which: 'first' | 'last' = 'first'): number {
		return this.#instant(knownDay(date) * DAY_MS + Math.round(minute * MINUTE_MS), which);
	}

	/** The beginning of the local hour, day, week (Monday), month or year that an instant lies in. */
	startOf(unit: CalendarUnit, atMs: number): number {
		return this.spanOf(unit, atMs).fromMs;
	}

	/** The beginning of the one after that. */
	next(unit: CalendarUnit, atMs: number): number {
		return this.spanOf(unit, atMs).toMs;
	}

	/** The local hour, day, week, month or year that an instant lies in: spans of a unit follow each other without a gap. */
	spanOf(unit: CalendarUnit, atMs: number): Span {
		if (unit === 'hour') return this.#hourOf(atMs);
		const day = Math.floor((atMs + this.#offsets.at(atMs)) / DAY_MS);
		let [first, after] = daysOf(unit, day);
		let [fromMs, toMs] = [this.#midnight(first), this.#midnight(after)];
		// Where clocks go back over midnight, what they show for the second time still belongs to the day that had begun.
		while (toMs <= atMs) {
			[first, after] = daysOf(unit, after);
			[fromMs, toMs] = [toMs, this.#midnight(after)];
		}
		return { fromMs, toMs };
	}

	/** The Tempo day of an instant: from 06:00 on its date to 06:00 on the next. */
	tempoDay(atMs: number): Span & { readonly date: string } {
		const today = Math.floor((atMs + this.#offsets.at(atMs)) / DAY_MS);
		const sixOClock = (day: number): number => this.#instant(day * DAY_MS + TEMPO_HOUR * HOUR_MS, 'first');
		const day = atMs < sixOClock(today) ? today - 1 : today;
		return { date: dateOfDay(day), fromMs: sixOClock(day), toMs: sixOClock(day + 1) };
	}

	/** A clock hour is cut where clocks change within it, as on Lord Howe Island. */
	#hourOf(atMs: number): Span {
		const offsetMs = this.#offsets.at(atMs);
		const start = Math.floor((atMs + offsetMs) / HOUR_MS) * HOUR_MS - offsetMs;
		const end = start + HOUR_MS;
		const before = this.#offsets.changeBetween(start - 1, atMs + 1);
		return { fromMs: before ?? start, toMs: this.#offsets.changeBetween(atMs, end) ?? end };
	}

	#midnight(day: number): number {
		return this.#instant(day * DAY_MS, 'first');
	}

	/** `localMs`: what clocks show, as if it were UTC. */
	#instant(localMs: number, which: 'first' | 'last'): number {
		const early = this.#offsets.at(localMs - FARTHEST_MS);
		const late = this.#offsets.at(localMs + FARTHEST_MS);
		const [one, other] = [localMs - early, localMs - late];
		if (early === late) return one;
		const fits = [one, other].filter((atMs) => atMs + this.#offsets.at(atMs) === localMs);
		if (fits.length > 0) return which === 'first' ? Math.min(...fits) : Math.max(...fits);
		return this.#offsets.changeBetween(localMs - FARTHEST_MS, localMs + FARTHEST_MS) ?? one;
	}
}

/** The first day of a unit that holds a day, and the first after it. */
function daysOf(unit: Exclude<CalendarUnit, 'hour'>, day: number): [number, number] {
	if (unit === 'day') return [day, day + 1];
	if (unit === 'week') {
		const monday = day + 1 - weekdayOfDay(day);
		return [monday, monday + 7];
	}
	const date = new Date(day * DAY_MS);
	const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
	if (unit === 'month') return [Date.UTC(year, month) / DAY_MS, Date.UTC(year, month + 1) / DAY_MS];
	return [Date.UTC(year, 0) / DAY_MS, Date.UTC(year + 1, 0) / DAY_MS];
}
