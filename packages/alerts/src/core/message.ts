import type { AlertSeverity } from '@pilotwire/contract';
import { en } from '../words/en.ts';
import { fr } from '../words/fr.ts';
import type { Language, Words } from '../words/words.ts';
import type { Alert, Notice } from './alert.ts';
import type { Batch } from './outbox.ts';

const dictionaries: Readonly<Record<Language, Words>> = { en, fr };
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** One alert within a message, for programs. */
export interface MessageAlert {
	readonly id: string;
	readonly kind: Alert['kind'];
	readonly subject: string;
	readonly name?: string;
	readonly severity: AlertSeverity;
	readonly state: 'on' | 'over' | 'unknown';
	/** ms since 1970. */
	readonly sinceMs: number;
	readonly untilMs?: number;
}

/** A message to people, whatever carries it. */
export interface Message {
	/** The same each time it is tried again. */
	readonly id: string;
	readonly title: string;
	readonly text: string;
	/** The gravest that it tells of; `info` where all is over. */
	readonly severity: AlertSeverity;
	/** Everything that it tells of is over. */
	readonly isOver: boolean;
	/** Without a sound. */
	readonly isQuiet: boolean;
	/** Somebody asked for it, to see whether it arrives. */
	readonly isTest?: true;
	readonly alerts: readonly MessageAlert[];
}

/** Says things in one language and the house's time. */
export class Speaker {
	readonly #words: Words;
	readonly #time: Intl.DateTimeFormat;
	readonly #dayTime: Intl.DateTimeFormat;
	readonly #day: Intl.DateTimeFormat;

	/** @param timeZone an IANA zone */
	constructor(language: Language, timeZone: string) {
		this.#words = dictionaries[language];
		const locale = language === 'en' ? 'en-GB' : 'fr-FR';
		const time = { timeZone, hour: '2-digit', minute: '2-digit' } as const;
		this.#time = new Intl.DateTimeFormat(locale, time);
		this.#dayTime = new Intl.DateTimeFormat(locale, { ...time, weekday: 'long', day: 'numeric', month: 'long' });
		this.#day = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' });
	}

	/** An alert that is on: its title, and what it means. */
	alert(alert: Alert, nowMs: number): { readonly title: string; readonly text: string } {
		const kind = this.#words.kinds[alert.kind];
		const since = this.#words.since(this.#moment(alert.sinceMs, nowMs));
		return { title: kind.begin(alert), text: sentences(since, kind.advice(alert)) };
	}

	/** A batch as one message. */
	message({ notices, lost, quiet }: Batch, nowMs: number): Message {
		const told = notices.map((notice) => ({ notice, ...this.#notice(notice, nowMs) }));
		const news = notices.filter(({ phase }) => phase === 'begin');
		const [one] = told;
		const common = {
			id: notices.map((notice) => `${notice.alert.id} ${notice.phase}`).join(', '),
			severity:
				(['alarm', 'warning'] as const).find((grave) => news.some(({ alert }) => alert.severity === grave)) ?? 'info',
			isOver: news.length === 0,
			isQuiet: quiet,
			alerts: notices.map(facts),
		} as const;
		const more = lost > 0 ? [this.#words.lost(lost)] : [];
		if (told.length === 1 && one !== undefined)
			return { ...common, title: one.title, text: sentences(one.text, ...more) };
		const lines = told.map(({ title, text }) => `• ${title}. ${text}`);
		return { ...common, title: this.#words.several(notices.length), text: [...lines, ...more].join('\n') };
	}

	/** A message that somebody asks for, to see whether it arrives. */
	test(nowMs: number): Message {
		const [title, text] = this.#words.test;
		const common = { severity: 'info', isOver: true, isQuiet: false, isTest: true, alerts: [] } as const;
		return { ...common, id: `test ${nowMs}`, title, text };
	}

	#notice({ alert, phase, untilMs }: Notice, nowMs: number): { readonly title: string; readonly text: string } {
		const kind = this.#words.kinds[alert.kind];
		const since = this.#moment(alert.sinceMs, nowMs);
		switch (phase) {
			case 'begin':
				return this.alert(alert, nowMs);
			case 'unknown':
				return { title: kind.past(alert), text: this.#words.unknown(since) };
			case 'end':
			case 'past': {
				const title = phase === 'end' ? kind.end(alert) : kind.past(alert);
				const advice = alert.severity === 'alarm' && phase === 'past' ? kind.advice(alert) : '';
				return { title, text: sentences(this.#span(alert.sinceMs, untilMs, nowMs), advice) };
			}
		}
	}

	#span(fromMs: number, untilMs: number | undefined, nowMs: number): string {
		const from = this.#moment(fromMs, nowMs);
		if (untilMs === undefined) return this.#words.unknown(from);
		if (untilMs <= fromMs) return this.#words.at(from);
		const sameDay = this.#day.format(fromMs) === this.#day.format(untilMs);
		const to = sameDay ? this.#time.format(untilMs) : this.#moment(untilMs, nowMs);
		return this.#words.span(from, to, this.#length(untilMs - fromMs));
	}

	/** A time, with its date where that isn't today's. */
	#moment(atMs: number, nowMs: number): string {
		const isToday = this.#day.format(atMs) === this.#day.format(nowMs);
		return (isToday ? this.#time : this.#dayTime).format(atMs);
	}

	#length(ms: number): string {
		const { seconds, minutes, hours, days } = this.#words;
		if (ms < 2 * MINUTE_MS) return seconds(Math.round(ms / SECOND_MS));
		if (ms < HOUR_MS) return minutes(Math.round(ms / MINUTE_MS));
		if (ms >= 2 * DAY_MS) return days(Math.round(ms / DAY_MS));
		const whole = Math.round(ms / MINUTE_MS);
		return hours(Math.floor(whole / 60), whole % 60);
	}
}

const sentences = (...parts: readonly string[]): string =>
	parts
		.map((part) => part.trim())
		.filter(Boolean)
		.join(' ');

function facts({ alert, phase, untilMs }: Notice): MessageAlert {
	const { id, kind, subject, name, severity, sinceMs } = alert;
	return {
		...{ id, kind, subject, severity, sinceMs },
		...(name === undefined ? {} : { name }),
		state: phase === 'begin' ? 'on' : phase === 'unknown' ? 'unknown' : 'over',
		...(untilMs === undefined ? {} : { untilMs }),
	};
}
