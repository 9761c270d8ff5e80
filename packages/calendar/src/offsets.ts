/** What is added to UTC in a zone: read from Intl once a day of the calendar, then remembered. */
import { DAY_MS } from './dates.ts';

/** Days remembered: more than ten years of them. */
const MOST_DAYS = 5_000;

/** The offset within one UTC day. */
interface Day {
	/** At its beginning, ms. */
	readonly beforeMs: number;
	/** Where it changes within the day, ms since 1970; Infinity where it doesn't. */
	readonly changeMs: number;
	/** From there on, ms. */
	readonly afterMs: number;
}

/** Offsets of one zone. A zone changes its offset at most once in a UTC day: none ever did so twice. */
export class Offsets {
	readonly #format: Intl.DateTimeFormat;
	readonly #days = new Map<number, Day>();

	/** Throws a RangeError for a name that is no IANA zone. */
	constructor(zone: string) {
		this.#format = new Intl.DateTimeFormat('en-US', {
			timeZone: zone,
			calendar: 'gregory',
			numberingSystem: 'latn',
			hourCycle: 'h23',
			year: 'numeric',
			month: 'numeric',
			day: 'numeric',
			hour: 'numeric',
			minute: 'numeric',
			second: 'numeric',
		});
	}

	/** Local time minus UTC at an instant, ms. */
	at(atMs: number): number {
		const day = this.#day(Math.floor(atMs / DAY_MS));
		return atMs < day.changeMs ? day.beforeMs : day.afterMs;
	}

	/** The first change after `fromMs` and before `toMs`, which are at most days apart; undefined where there is none. */
	changeBetween(fromMs: number, toMs: number): number | undefined {
		for (let day = Math.floor(fromMs / DAY_MS); day * DAY_MS < toMs; day += 1) {
			const { changeMs, afterMs } = this.#day(day);
			if (changeMs > fromMs && changeMs < toMs) return changeMs;
			const midnightMs = (day + 1) * DAY_MS;
			if (midnightMs < toMs && this.#day(day + 1).beforeMs !== afterMs) return midnightMs;
		}
		return undefined;
	}

	#day(day: number): Day {
		const known = this.#days.get(day);
		if (known !== undefined) return known;
		const [fromMs, toMs] = [day * DAY_MS, (day + 1) * DAY_MS];
		const [beforeMs, afterMs] = [this.#read(fromMs), this.#read(toMs - 1)];
		const changeMs = beforeMs === afterMs ? Infinity : this.#findChange(fromMs, toMs - 1, beforeMs);
		const found = { beforeMs, changeMs, afterMs };
		if (this.#days.size >= MOST_DAYS) this.#days.clear();
		this.#days.set(day, found);
		return found;
	}

	/** The first instant of the other offset; `fromMs` still has the one, `toMs` no longer. */
	#findChange(fromMs: number, toMs: number, offsetMs: number): number {
		let [still, changed] = [fromMs, toMs];
		while (changed - still > 1) {
			const middle = Math.floor((still + changed) / 2);
			if (this.#read(middle) === offsetMs) still = middle;
			else changed = middle;
		}
		return changed;
	}

	#read(atMs: number): number {
		const parts: Record<string, number> = {};
		for (const { type, value } of this.#format.formatToParts(atMs)) parts[type] = Number(value);
		const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
		const wholeSecondMs = Math.floor(atMs / 1000) * 1000;
		return Date.UTC(year, month - 1, day, hour, minute, second) - wholeSecondMs;
	}
}
