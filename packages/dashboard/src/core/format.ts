// Numbers, times and lengths of time as people of a language write them.
import type { Language } from '../i18n/index.ts';

/** Writes figures in one language. All times: ms. */
export interface Format {
	/** 2.34 of 2340 VA; the unit stands beside it. */
	kilo(value: number): string;
	/** 2.3 kVA. */
	kva(va: number): string;
	/** 1,234 kWh of Wh. */
	kwh(wh: number): string;
	percent(share: number): string;
	whole(value: number): string;
	/** 18:42. */
	clock(ms: number): string;
	/** 18:42, with the day where it isn't today's. */
	moment(ms: number, nowMs: number): string;
	/** 45 s, 3 min, 2 h. */
	duration(ms: number): string;
	/** 3 min ago. */
	ago(ms: number): string;
	/** in 3 min. */
	ahead(ms: number): string;
}

const LOCALES: Readonly<Record<Language, string>> = { en: 'en-GB', fr: 'fr-FR' };
const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;

function made(language: Language): Format {
	const locale = LOCALES[language];
	const number = (options: Intl.NumberFormatOptions) => new Intl.NumberFormat(locale, options);
	const time = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, options);
	const fine = number({ minimumFractionDigits: 2, maximumFractionDigits: 2 });
	const coarse = number({ minimumFractionDigits: 1, maximumFractionDigits: 1 });
	const none = number({ maximumFractionDigits: 0 });
	const share = number({ style: 'percent', maximumFractionDigits: 0 });
	const hourMinute = time({ hour: '2-digit', minute: '2-digit' });
	const withDay = time({ weekday: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' });
	const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'always', style: 'short' });
	const units = (['second', 'minute', 'hour', 'day'] as const).map((unit) =>
		number({ style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: 0 }),
	);
	const [seconds, minutes, hours, days] = units as [
		Intl.NumberFormat,
		Intl.NumberFormat,
		Intl.NumberFormat,
		Intl.NumberFormat,
	];
	const sign = (ms: number, direction: 1 | -1): string => {
		const [value, unit] = coarseLength(ms);
		return relative.format(direction * value, unit);
	};
	return {
		kilo: (value) => (Math.abs(value) >= 9_995 ? coarse : fine).format(value / 1000),
		kva: (va) => `${coarse.format(va / 1000)} kVA`,
		kwh: (wh) => `${none.format(Math.floor(wh / 1000))} kWh`,
		percent: (value) => share.format(value),
		whole: (value) => none.format(value),
		clock: (ms) => hourMinute.format(ms),
		moment: (ms, nowMs) => (sameDay(ms, nowMs) ? hourMinute : withDay).format(ms),
		duration: (ms) => {
			if (ms < MINUTE) return seconds.format(Math.max(0, Math.round(ms / SECOND)));
			if (ms < HOUR) return minutes.format(Math.floor(ms / MINUTE));
			return ms < 2 * DAY ? hours.format(Math.floor(ms / HOUR)) : days.format(Math.floor(ms / DAY));
		},
		ago: (ms) => sign(ms, -1),
		ahead: (ms) => sign(ms, 1),
	};
}

function coarseLength(ms: number): [number, 'second' | 'minute' | 'hour' | 'day'] {
	if (ms < MINUTE) return [Math.max(0, Math.round(ms / SECOND)), 'second'];
	if (ms < HOUR) return [Math.round(ms / MINUTE), 'minute'];
	return ms < 2 * DAY ? [Math.round(ms / HOUR), 'hour'] : [Math.round(ms / DAY), 'day'];
}

function sameDay(ms: number, otherMs: number): boolean {
	return new Date(ms).toDateString() === new Date(otherMs).toDateString();
}

const formats = new Map<Language, Format>();

/** The format of a language; made once, since Intl objects are costly. */
export function formatOf(language: Language): Format {
	const format = formats.get(language) ?? made(language);
	formats.set(language, format);
	return format;
}
