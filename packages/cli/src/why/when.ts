// Moments and spans as people write them.
import { Calendar } from '@pilotwire/calendar';

const DAY_MS = 86_400_000;

/** The clock on the wall of a house. */
export class HouseClock {
	readonly #calendar: Calendar;

	/** @param zone the house's IANA zone */
	constructor(zone: string) {
		this.#calendar = new Calendar(zone);
	}

	/** `2026-01-15 18:00:00`, local time. */
	dayAndTime(ms: number): string {
		const local = new Date(ms + this.#calendar.offsetMs(ms)).toISOString();
		return `${local.slice(0, 10)} ${local.slice(11, 19)}`;
	}

	/** `18:00:00`, local time. */
	timeOf(ms: number): string {
		return this.dayAndTime(ms).slice(-8);
	}

	/**
	 * The moment that a person means: `now`, `19:30` (the last time that it was), `2026-01-15 19:30` in local time, or ISO 8601
	 * with an offset. Undefined where it is none.
	 */
	momentOf(text: string, nowMs: number): number | undefined {
		if (text === 'now') return nowMs;
		const clock = /^(\d{1,2}):(\d\d)(?::(\d\d))?$/.exec(text);
		if (clock !== null) {
			const [hour = '', minute = '', second = '00'] = clock.slice(1);
			const time = `${hour.padStart(2, '0')}:${minute}:${second ?? '00'}`;
			const today = this.#instantOf(this.#dayOf(nowMs), time);
			return today !== undefined && today > nowMs ? this.#instantOf(this.#dayOf(nowMs - DAY_MS), time) : today;
		}
		const dated = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d)(:\d\d)?$/.exec(text);
		if (dated !== null) return this.#instantOf(dated[1] ?? '', `${dated[2]}${dated[3] ?? ':00'}`);
		if (!/^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(text)) return undefined;
		const ms = Date.parse(text);
		return Number.isNaN(ms) ? undefined : ms;
	}

	#dayOf(ms: number): string {
		return this.dayAndTime(ms).slice(0, 10);
	}

	/** A local time as ms since 1970 UTC; undefined where clocks never show it. */
	#instantOf(date: string, time: string): number | undefined {
		const asUtc = Date.parse(`${date}T${time}Z`);
		if (Number.isNaN(asUtc)) return undefined;
		// The offset that holds there is one of those of the days around it.
		for (const near of [asUtc - DAY_MS, asUtc + DAY_MS]) {
			const ms = asUtc - this.#calendar.offsetMs(near);
			if (this.dayAndTime(ms) === `${date} ${time}`) return ms;
		}
		return undefined;
	}
}
