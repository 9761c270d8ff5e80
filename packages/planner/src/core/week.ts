/** A programme's week on the house's clocks. Instants are ms since 1970. */
import { addDays, type Calendar, weekdayOf } from '@pilotwire/calendar';
import type { ProgrammeChange, WeekDay } from '@pilotwire/contract';

export const WEEK_DAYS: readonly WeekDay[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** Nothing but a day that never was lies further back than a week and its last change. */
const FARTHEST_DAYS = 9;

/** One change on one day. */
interface Entry<Value> {
	readonly minute: number;
	readonly value: Value;
}

/** What a week says at any instant. */
export class Week<Value> {
	readonly #calendar: Calendar;
	/** By weekday, Monday first; each day's changes in the order of the clock. */
	readonly #days: readonly (readonly Entry<Value>[])[];

	/** @param wanted what a change asks for; changes without a value are left out */
	constructor(
		calendar: Calendar,
		changes: readonly ProgrammeChange[],
		wanted: (change: ProgrammeChange) => Value | undefined,
	) {
		this.#calendar = calendar;
		this.#days = WEEK_DAYS.map((day) =>
			changes
				.filter(({ days }) => days.includes(day))
				.flatMap((change) => {
					const value = wanted(change);
					return value === undefined ? [] : [{ minute: minuteOf(change.at), value }];
				})
				.sort((one, other) => one.minute - other.minute),
		);
	}

	/**
	 * What holds at an instant: the value of the last change before it. A change in the hour that spring leaves out comes
	 * when clocks go on; one in the hour that autumn repeats comes the first time alone. Undefined only for an empty week.
	 */
	at(atMs: number): Value | undefined {
		// Where clocks go back over midnight, changes of the next date lie behind already.
		let date = addDays(this.#calendar.local(atMs).date, 1);
		for (let back = 0; back <= FARTHEST_DAYS; back += 1) {
			const passed = this.#entries(date).findLast(({ minute }) => this.#calendar.instant(date, minute) <= atMs);
			if (passed !== undefined) return passed.value;
			date = addDays(date, -1);
		}
		return undefined;
	}

	/** Every instant after `fromMs`, and not after `toMs`, at which a change comes. */
	changes(fromMs: number, toMs: number): number[] {
		const found: number[] = [];
		const end = addDays(this.#calendar.local(toMs).date, 1);
		for (let date = this.#calendar.local(fromMs).date; date <= end; date = addDays(date, 1)) {
			for (const { minute } of this.#entries(date)) {
				const atMs = this.#calendar.instant(date, minute);
				if (atMs > fromMs && atMs <= toMs) found.push(atMs);
			}
		}
		return found;
	}

	#entries(date: string): readonly Entry<Value>[] {
		return this.#days[weekdayOf(date) - 1] ?? [];
	}
}

/** Minutes after midnight of `06:30`. */
export function minuteOf(time: string): number {
	return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
}
