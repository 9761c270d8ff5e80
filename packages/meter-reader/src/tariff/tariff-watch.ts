import { addDays, type Calendar } from '@pilotwire/calendar';
import type { ReadingState, TariffColour, TariffPeriodName, TariffState } from '@pilotwire/contract';
import { instantOf, type TariffConfig } from '@pilotwire/runtime';
import { scheduledAt } from './schedule.ts';
import { colourOfWord, periodOfWord, wordIn } from './topic-words.ts';

/** What is said of the period in force, by whoever says it. */
interface Said {
	readonly period: TariffPeriodName;
	readonly label?: string;
	readonly colour?: TariffColour;
}

/** Dates whose colours are remembered: yesterday's hold until 06:00. */
const MOST_DATES = 4;

/** Follows what is said of the tariff, and says what is in force. Moments: ms since 1970 UTC. */
export class TariffWatch {
	readonly #config: TariffConfig;
	readonly #calendar: Calendar;
	#said: Said | undefined;
	#sinceMs: number | undefined;
	/** Where the meter or the topics say them: by the date on which a tariff day begins. */
	readonly #colours = new Map<string, TariffColour>();
	#reading: Pick<ReadingState, 'colourToday' | 'colourTomorrow' | 'peakNoticeMin' | 'status'> = {};
	#unknownWord: string | undefined;

	constructor(config: TariffConfig, calendar: Calendar) {
		this.#config = config;
		this.#calendar = calendar;
	}

	/** Hears a whole frame. */
	hearReading(reading: ReadingState, atMs: number): void {
		if (this.#config.source !== 'meter') return;
		this.#reading = reading;
		const { tariffPeriod, colourToday } = reading;
		if (tariffPeriod === undefined) return;
		const { name, text } = tariffPeriod;
		const colour = tariffPeriod.colour ?? (name === 'peak' || name === 'off_peak' ? colourToday : undefined);
		this.#say({ period: periodOfWord(name, { words: {} }) ?? 'other', label: text, ...(colour && { colour }) }, atMs);
	}

	/** Hears one of the configured topics. */
	hearTopic(name: string, text: string, atMs: number): void {
		const { period, colourToday, colourTomorrow } = this.#config.topic;
		const { date } = this.#calendar.local(atMs);
		if (period?.topic === name) {
			const word = wordIn(text, period.path);
			const known = word === undefined ? undefined : periodOfWord(word, period);
			this.#unknownWord = known === undefined ? (word ?? text.slice(0, 40)) : undefined;
			if (known !== undefined) this.#say({ period: known, ...(word === undefined ? {} : { label: word }) }, atMs);
		}
		for (const [said, day] of [[colourToday, date] as const, [colourTomorrow, addDays(date, 1)] as const]) {
			const word = said?.topic === name ? wordIn(text, said.path) : undefined;
			const colour = word === undefined || said === undefined ? undefined : colourOfWord(word, said);
			if (said?.topic === name) this.#setColour(day, colour);
		}
	}

	/** What is in force. */
	state(atMs: number): TariffState {
		const { source, topic } = this.#config;
		const at = instantOf(atMs);
		if (source === 'meter') return { at, source, ...this.#inForce(), ...this.#meterColours() };
		const byHours = source === 'schedule' || topic.period === undefined;
		const colours = source === 'topic' ? this.#dayColours(atMs) : {};
		const colour = colours.colourToday === undefined ? {} : { colour: colours.colourToday };
		if (byHours) return { at, source, ...this.#scheduled(atMs), ...colour, ...colours };
		return { at, source, ...this.#inForce(), ...colour, ...colours, ...this.#trouble() };
	}

	#say(said: Said, atMs: number): void {
		const before = this.#said;
		const isNew = before?.period !== said.period || before.colour !== said.colour;
		// When the first one began nobody saw.
		if (isNew) this.#sinceMs = before === undefined ? undefined : atMs;
		this.#said = said;
	}

	#inForce() {
		return { ...this.#said, ...(this.#sinceMs === undefined ? {} : { since: instantOf(this.#sinceMs) }) };
	}

	#scheduled(atMs: number) {
		const { period, sinceMs, untilMs } = scheduledAt(this.#calendar, this.#config.offPeak, atMs);
		const after = period === 'peak' ? ('off_peak' as const) : ('peak' as const);
		return {
			period,
			...(sinceMs === undefined ? {} : { since: instantOf(sinceMs) }),
			...(untilMs === undefined ? {} : { next: { at: instantOf(untilMs), period: after } }),
		};
	}

	/** Tempo's are in the frame; of EJP a meter says no more than a notice, or that the peak runs. */
	#meterColours(): Pick<TariffState, 'colourToday' | 'colourTomorrow'> {
		const { colourToday, colourTomorrow, peakNoticeMin = 0, status } = this.#reading;
		const runs = this.#said?.period === 'mobile_peak' || peakNoticeMin > 0 || (status?.mobilePeak ?? 0) > 0;
		const today = colourToday ?? (runs ? ('peak' as const) : undefined);
		const tomorrow = colourTomorrow ?? ((status?.mobilePeakNotice ?? 0) > 0 ? ('peak' as const) : undefined);
		return {
			...(today === undefined ? {} : { colourToday: today }),
			...(tomorrow === undefined ? {} : { colourTomorrow: tomorrow }),
		};
	}

	/** A Tempo day begins at 06:00: until then the date before is the one that counts. */
	#dayColours(atMs: number): Pick<TariffState, 'colourToday' | 'colourTomorrow'> {
		const { date } = this.#calendar.tempoDay(atMs);
		const [today, tomorrow] = [this.#colours.get(date), this.#colours.get(addDays(date, 1))];
		return {
			...(today === undefined ? {} : { colourToday: today }),
			...(tomorrow === undefined ? {} : { colourTomorrow: tomorrow }),
		};
	}

	#setColour(date: string, colour: TariffColour | undefined): void {
		this.#colours.delete(date);
		if (colour !== undefined) this.#colours.set(date, colour);
		const [oldest] = [...this.#colours.keys()].sort();
		if (this.#colours.size > MOST_DATES && oldest !== undefined) this.#colours.delete(oldest);
	}

	#trouble(): { problem?: string } {
		if (this.#unknownWord !== undefined) {
			return { problem: `tariff.topic.period: nobody knows what "${this.#unknownWord}" means; name it in words` };
		}
		return this.#said === undefined ? { problem: 'tariff.topic.period has said nothing yet' } : {};
	}
}
