/** What the tariff is now and, as far as can be known, next. Instants are ms since 1970. */
import { addDays, type Calendar } from '@pilotwire/calendar';
import type { TariffColour, TariffPeriodName, TariffState } from '@pilotwire/contract';
import type { DailyPeriod } from './learned-hours.ts';

/** Tempo: peak hours from 06:00 to 22:00, on every day. */
const TEMPO: readonly DailyPeriod[] = [
	{ minute: 6 * 60, period: 'peak' },
	{ minute: 22 * 60, period: 'off_peak' },
];
/** EJP: a peak day's 18 dear hours begin at 07:00 and end at 01:00. */
const EJP_FROM = 7 * 60;
const EJP_TO = 25 * 60;

/** The tariff is said every hour: of hours that end, an older word says nothing any more. Milliseconds. */
const STALE_MS = 3 * 3_600_000;
/** Further apart no meter's clock and ours are; in Tempo's first and last hour the period tells its days apart. Milliseconds. */
const APART_MS = 3_600_000;
/** Nobody looks further ahead. Milliseconds. */
const AHEAD_MS = 17 * 86_400_000;
const ENDLESS: readonly TariffPeriodName[] = ['all_hours', 'normal', 'other'];

/** The tariff at one moment; what isn't known is absent. */
export interface TariffAt {
	readonly period?: TariffPeriodName | undefined;
	/** Colours of the tariff's day (Tempo: from 06:00) and of the one after it. */
	readonly today?: TariffColour | undefined;
	readonly tomorrow?: TariffColour | undefined;
}

/** What `tariff/state` says, and what a contract's hours let foresee. */
export class TariffOutlook {
	readonly #calendar: Calendar;
	readonly #state: TariffState | undefined;
	readonly #nowMs: number;
	readonly #shiftMs: number;
	readonly #colours = new Map<string, TariffColour>();
	readonly #daily: readonly DailyPeriod[];
	/** Until here what holds now goes on. */
	readonly #settledMs: number;
	/** Every edge of the days that anybody asks about, in order: an order is asked for at many instants. */
	readonly #edges: readonly number[];

	/**
	 * @param learned the hours of the day at which the meter's periods were seen to begin
	 * @param nowMs the programmes' time
	 * @param wallMs what this machine's clock shows now: the state is dated by it
	 */
	constructor(
		calendar: Calendar,
		state: TariffState | undefined,
		learned: readonly DailyPeriod[],
		nowMs: number,
		wallMs: number = nowMs,
	) {
		this.#calendar = calendar;
		this.#state = state;
		this.#nowMs = nowMs;
		this.#shiftMs = nowMs - wallMs;
		if (state !== undefined) this.#learnColours(state);
		const colours = [state?.colour, ...this.#colours.values()];
		const tempo = colours.some(isTempo);
		const ejp = colours.some((colour) => colour === 'normal' || colour === 'peak');
		this.#daily = tempo ? TEMPO : ejp ? [] : learned;
		const endMs = nowMs + AHEAD_MS;
		const changes = this.#changes(nowMs, endMs);
		this.#settledMs = changes[0] ?? Infinity;
		const all = [...changes, ...this.#days(nowMs, endMs), this.#staleMs];
		this.#edges = [...new Set(all)].sort((one, other) => one - other);
	}

	/** The tariff at an instant. */
	at(atMs: number): TariffAt {
		const { date } = this.#calendar.tempoDay(atMs);
		return {
			period: this.#periodAt(atMs),
			today: this.#colours.get(date),
			tomorrow: this.#colours.get(addDays(date, 1)),
		};
	}

	/** Every instant after `fromMs`, which is not in the past, and not after `toMs`, at which it may change, in order. */
	edges(fromMs: number, toMs: number): number[] {
		return this.#edges.filter((atMs) => atMs > fromMs && atMs <= toMs);
	}

	/** When the tariff's days begin whose colours are known, and end. */
	#days(fromMs: number, toMs: number): number[] {
		const days: number[] = [];
		if (this.#colours.size === 0) return days;
		let { toMs: dayMs } = this.#calendar.tempoDay(fromMs);
		for (; dayMs <= toMs; dayMs = this.#calendar.tempoDay(dayMs).toMs) days.push(dayMs);
		return days;
	}

	#learnColours(state: TariffState): void {
		const { colourToday, colourTomorrow } = state;
		const { date, began } = this.#dayOf(state);
		if (colourToday !== undefined) this.#colours.set(date, colourToday);
		if (colourTomorrow !== undefined) this.#colours.set(addDays(date, 1), colourTomorrow);
		// What the meter's day has brought holds already in what is left of ours.
		if (began && colourToday !== undefined) this.#colours.set(addDays(date, -1), colourToday);
	}

	/**
	 * The day that a state speaks of. A meter's clock is not ours: its Tempo day begins with its first peak hour, a little
	 * before ours (`began`) or after it.
	 */
	#dayOf({ at, source, period, colourToday, colourTomorrow }: TariffState): { date: string; began: boolean } {
		const atMs = this.#parsed(at);
		const { date, fromMs, toMs } = this.#calendar.tempoDay(atMs);
		if (source !== 'meter' || !isTempo(colourToday ?? colourTomorrow)) return { date, began: false };
		if (period === 'peak' && toMs - atMs <= APART_MS) return { date: addDays(date, 1), began: true };
		const isOld = period === 'off_peak' && atMs - fromMs <= APART_MS;
		return { date: isOld ? addDays(date, -1) : date, began: false };
	}

	get #staleMs(): number {
		const state = this.#state;
		if (state?.period === undefined || ENDLESS.includes(state.period)) return Infinity;
		return this.#parsed(state.at) + STALE_MS;
	}

	#periodAt(atMs: number): TariffPeriodName | undefined {
		const { period, next } = this.#state ?? {};
		if (atMs < this.#settledMs) return atMs < this.#staleMs ? period : undefined;
		const nextMs = next === undefined ? Infinity : this.#parsed(next.at);
		const ejp = this.#ejpAt(atMs);
		if (ejp !== undefined) return ejp;
		const daily = this.#dailyAt(atMs);
		if (daily !== undefined) return daily;
		return atMs >= nextMs && nextMs > this.#nowMs ? next?.period : period;
	}

	/** The dear hours of a peak day reach into the night after it. */
	#ejpAt(atMs: number): TariffPeriodName | undefined {
		let known = false;
		const { date } = this.#calendar.local(atMs);
		for (const day of [addDays(date, -1), date]) {
			const colour = this.#colours.get(day);
			if (colour !== 'normal' && colour !== 'peak') continue;
			known = true;
			if (colour === 'peak' && atMs >= this.#instant(day, EJP_FROM) && atMs < this.#instant(day, EJP_TO)) {
				return 'mobile_peak';
			}
		}
		return known ? 'normal' : undefined;
	}

	#dailyAt(atMs: number): TariffPeriodName | undefined {
		const { date } = this.#calendar.local(atMs);
		const passed = this.#daily.findLast(({ minute }) => this.#instant(date, minute) <= atMs);
		return (passed ?? this.#daily.at(-1))?.period;
	}

	/** When periods begin or end: those that the hours of the contract say, and the one that the schedule announced. */
	#changes(fromMs: number, toMs: number): number[] {
		const found: number[] = [];
		const end = addDays(this.#calendar.local(toMs).date, 1);
		for (let date = addDays(this.#calendar.local(fromMs).date, -1); date <= end; date = addDays(date, 1)) {
			for (const { minute } of this.#daily) found.push(this.#instant(date, minute));
			if (this.#colours.get(date) === 'peak') found.push(this.#instant(date, EJP_FROM), this.#instant(date, EJP_TO));
		}
		const next = this.#state?.next;
		if (next !== undefined) found.push(this.#parsed(next.at));
		return found.filter((atMs) => atMs > fromMs && atMs <= toMs).sort((one, other) => one - other);
	}

	/** A moment of the state in the programmes' time. */
	#parsed(at: string): number {
		return Date.parse(at) + this.#shiftMs;
	}

	#instant(date: string, minute: number): number {
		return minute < 1440
			? this.#calendar.instant(date, minute)
			: this.#calendar.instant(addDays(date, 1), minute - 1440);
	}
}

function isTempo(colour: TariffColour | undefined): boolean {
	return colour === 'blue' || colour === 'white' || colour === 'red';
}
