/** When a meter's hours begin: seen on the meter day after day, so that rules can warm up before the dear ones. */
import type { Calendar } from '@pilotwire/calendar';
import type { TariffPeriodName, TariffState } from '@pilotwire/contract';

/** A period that begins at the same time of each day. */
export interface DailyPeriod {
	/** Minutes after local midnight. */
	readonly minute: number;
	readonly period: TariffPeriodName;
}

interface Seen extends DailyPeriod {
	readonly atMs: number;
}

/** A meter's change is seen within this of where it was seen before, minutes. */
const SAME_MINUTES = 10;
/** Hours that were not seen for so long are other ones now. Milliseconds. */
const FORGET_MS = 10 * 86_400_000;
/** More changes in a day than any contract has. */
const MOST = 12;

/** Learns the hours of peak and off-peak contracts. */
export class LearnedHours {
	readonly #calendar: Calendar;
	#former: TariffPeriodName | undefined;
	#seen: Seen[] = [];

	constructor(calendar: Calendar) {
		this.#calendar = calendar;
	}

	/** Takes a state that came live; answers whether it taught anything. */
	hear({ period, colour }: Pick<TariffState, 'period' | 'colour'>, atMs: number): boolean {
		const former = this.#former;
		this.#former = period;
		if (former === undefined || former === period || colour !== undefined) return false;
		if (period !== 'peak' && period !== 'off_peak') return false;
		const { minute } = this.#calendar.local(atMs);
		const others = this.#seen.filter((one) => atMs - one.atMs < FORGET_MS && !isSame(one, { minute, period }));
		this.#seen = [...others, { minute, period, atMs }].slice(-MOST);
		return true;
	}

	/** The hours of a day, in the order of the clock; none until a beginning and an end were seen. */
	daily(nowMs: number): DailyPeriod[] {
		// What was seen by a clock that was years ahead is yet to come.
		const recent = this.#seen.filter(({ atMs }) => Math.abs(nowMs - atMs) < FORGET_MS);
		if (new Set(recent.map(({ period }) => period)).size < 2) return [];
		return recent.map(({ minute, period }) => ({ minute, period })).sort((one, other) => one.minute - other.minute);
	}

	/** For a file. */
	memory(): readonly Seen[] {
		return this.#seen;
	}

	/** From a file; what is none of it is left out. */
	recall(memory: unknown): void {
		if (!Array.isArray(memory)) return;
		this.#seen = (memory as Partial<Seen>[])
			.filter((one): one is Seen => {
				if (typeof one !== 'object' || one === null) return false;
				const { minute, atMs, period } = one;
				const isMinute = Number.isInteger(minute) && Number(minute) >= 0 && Number(minute) < 1440;
				return isMinute && typeof atMs === 'number' && (period === 'peak' || period === 'off_peak');
			})
			.slice(-MOST);
	}
}

function isSame(one: DailyPeriod, other: DailyPeriod): boolean {
	const apart = Math.abs(one.minute - other.minute);
	return one.period === other.period && Math.min(apart, 1440 - apart) <= SAME_MINUTES;
}
