import type { Calendar } from '@pilotwire/calendar';
import type { AlertSeverity } from '@pilotwire/contract';

/** When nobody is told what can wait. */
export interface QuietSetting {
	/** Minutes after midnight of the house's clocks; the end may lie on the next day. */
	readonly fromMinute: number;
	readonly toMinute: number;
	/** What people are told all the same. */
	readonly passes: readonly AlertSeverity[];
}

/** The quiet hours of a house, by its own clocks. */
export class QuietHours {
	readonly #setting: QuietSetting | undefined;
	readonly #calendar: Calendar;

	constructor(setting: QuietSetting | undefined, calendar: Calendar) {
		this.#setting = setting;
		this.#calendar = calendar;
	}

	/** Until when it is quiet, ms since 1970; undefined where it isn't. */
	until(wallMs: number): number | undefined {
		if (this.#setting === undefined) return undefined;
		const { fromMinute, toMinute } = this.#setting;
		const { date, minute } = this.#calendar.local(wallMs);
		const overnight = fromMinute > toMinute;
		const isQuiet = overnight ? minute >= fromMinute || minute < toMinute : minute >= fromMinute && minute < toMinute;
		if (!isQuiet) return undefined;
		const midnight = overnight && minute >= fromMinute ? 24 * 60 : 0;
		const untilMs = this.#calendar.instant(date, toMinute + midnight);
		// In an hour that clocks show a second time, the end too comes again.
		return untilMs > wallMs ? untilMs : this.#calendar.instant(date, toMinute + midnight, 'last');
	}

	/** Whether people are told it although it is quiet. */
	passes(severity: AlertSeverity): boolean {
		return this.#setting?.passes.includes(severity) ?? true;
	}
}
