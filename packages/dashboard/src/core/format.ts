// Numbers, times and lengths of time as people of a language write them.
import type { Language } from '../i18n/index.ts';

/** Writes figures in one language. All times: ms. */
export interface Format {
	/** As Intl names the language. */
	readonly locale: string;
	/** 2.34 of 2340 VA; the unit stands beside it. */
	kilo(value: number): string;
	/** 2.3 kVA. */
	kva(va: number): string;
	/** 1,234 kWh of Wh. */
	kwh(wh: number): string;
	/** 19.5 °C. */
	celsius(degrees: number): string;
	/** 12.3 MB. */
	bytes(count: number): string;
	/** 12.3 kB: a figure with a unit that Intl knows. */
	unit(value: number, unit: string): string;
	percent(share: number): string;
	whole(value: number): string;
	/** 12.3; whole numbers without a fraction. */
	upTo1(value: number): string;
	/** 12.34 € of an amount in a currency (ISO 4217). */
	money(amount: number, currency: string): string;
	/** 0.2516 €: a price of one kWh. */
	price(amount: number, currency: string): string;
	/** 12.3 kWh of Wh. */
	kwhFine(wh: number): string;
	/** From one moment to another, as short as both can be told. */
	range(fromMs: number, toMs: number): string;
	/** A moment with its date. */
	date(ms: number): string;
	/** A mark on an axis of time whose marks are so far apart. */
	tick(ms: number, stepMs: number): string;
	/** A local date such as 2026-01-31, in words. */
	day(date: string): string;
	/** Mon, or Monday, of 0; Sun of 6. */
	weekday(index: number, form?: 'short' | 'long'): string;
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

function made(language: Language, timeZone: string | undefined): Format {
	const locale = LOCALES[language];
	const number = (options: Intl.NumberFormatOptions) => new Intl.NumberFormat(locale, options);
	const time = (options: Intl.DateTimeFormatOptions) =>
		new Intl.DateTimeFormat(locale, timeZone === undefined ? options : { ...options, timeZone });
	const fine = number({ minimumFractionDigits: 2, maximumFractionDigits: 2 });
	const coarse = number({ minimumFractionDigits: 1, maximumFractionDigits: 1 });
	const megabytes = number({ style: 'unit', unit: 'megabyte', unitDisplay: 'short', maximumFractionDigits: 1 });
	const oneAtMost = number({ maximumFractionDigits: 1 });
	const none = number({ maximumFractionDigits: 0 });
	const share = number({ style: 'percent', maximumFractionDigits: 0 });
	const hourMinute = time({ hour: '2-digit', minute: '2-digit' });
	const withDay = time({ weekday: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' });
	const shortRange = time({ weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
	const longRange = time({ day: 'numeric', month: 'long', year: 'numeric' });
	const whole = time({ dateStyle: 'medium', timeStyle: 'short' });
	const dayTick = time({ day: 'numeric', month: 'short' });
	const monthTick = time({ month: 'short', year: 'numeric' });
	const yearTick = time({ year: 'numeric' });
	const dayOnly = time({ dateStyle: 'short' });
	const day = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' });
	const weekdays = {
		short: new Intl.DateTimeFormat(locale, { weekday: 'short', timeZone: 'UTC' }),
		long: new Intl.DateTimeFormat(locale, { weekday: 'long', timeZone: 'UTC' }),
	};
	const moneys = new Map<string, Intl.NumberFormat>();
	const shortUnits = new Map<string, Intl.NumberFormat>();
	const moneyOf = (currency: string, digits: number): Intl.NumberFormat => {
		const key = `${currency} ${digits}`;
		const currencyDisplay = 'narrowSymbol';
		const fraction = { minimumFractionDigits: 2, maximumFractionDigits: digits };
		const format = moneys.get(key) ?? number({ style: 'currency', currency, currencyDisplay, ...fraction });
		moneys.set(key, format);
		return format;
	};
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
		locale,
		kilo: (value) => (Math.abs(value) >= 9_995 ? coarse : fine).format(value / 1000),
		kva: (va) => `${coarse.format(va / 1000)}\u00a0kVA`,
		kwh: (wh) => `${none.format(Math.floor(wh / 1000))} kWh`,
		celsius: (degrees) => `${coarse.format(degrees)}\u00a0°C`,
		bytes: (count) => megabytes.format(count / 1_000_000),
		unit: (value, unit) => {
			const format =
				shortUnits.get(unit) ?? number({ style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: 1 });
			shortUnits.set(unit, format);
			return format.format(value);
		},
		percent: (value) => share.format(value),
		whole: (value) => none.format(value),
		upTo1: (value) => oneAtMost.format(value),
		money: (amount, currency) => moneyOf(currency, 2).format(amount),
		price: (amount, currency) => moneyOf(currency, 5).format(amount),
		kwhFine: (wh) => `${(Math.abs(wh) < 100_000 ? coarse : none).format(wh / 1000)} kWh`,
		range: (fromMs, toMs) => (toMs - fromMs > 3 * DAY ? longRange : shortRange).formatRange(fromMs, toMs),
		date: (ms) => whole.format(ms),
		tick: (ms, stepMs) => {
			if (stepMs >= 360 * DAY) return yearTick.format(ms);
			if (stepMs >= 27 * DAY) return monthTick.format(ms);
			if (stepMs >= DAY || hourMinute.format(ms) === '00:00') return dayTick.format(ms);
			return hourMinute.format(ms);
		},
		day: (date) => withFirst(day.format(Date.parse(`${date}T00:00:00Z`)), locale),
		// 1 January 2024 was a Monday.
		weekday: (index, form = 'short') => weekdays[form].format(Date.UTC(2024, 0, 1 + index)),
		clock: (ms) => hourMinute.format(ms),
		moment: (ms, nowMs) => (dayOnly.format(ms) === dayOnly.format(nowMs) ? hourMinute : withDay).format(ms),
		duration: (ms) => {
			if (ms < MINUTE) return seconds.format(Math.max(0, Math.round(ms / SECOND)));
			if (ms < HOUR) return minutes.format(Math.floor(ms / MINUTE));
			return ms < 2 * DAY ? hours.format(Math.floor(ms / HOUR)) : days.format(Math.floor(ms / DAY));
		},
		ago: (ms) => sign(ms, -1),
		ahead: (ms) => sign(ms, 1),
	};
}

/** In French a month's first day is its 1er, which Intl doesn't know. */
export const withFirst = (text: string, locale: string): string =>
	locale === LOCALES.fr ? text.replace(/\b1 (?=\p{L})/u, '1er ') : text;

function coarseLength(ms: number): [number, 'second' | 'minute' | 'hour' | 'day'] {
	if (ms < MINUTE) return [Math.max(0, Math.round(ms / SECOND)), 'second'];
	if (ms < HOUR) return [Math.round(ms / MINUTE), 'minute'];
	return ms < 2 * DAY ? [Math.round(ms / HOUR), 'hour'] : [Math.round(ms / DAY), 'day'];
}

const formats = new Map<string, Format>();

/** The format of a language and a time zone, the device's own unless given; made once, since Intl objects are costly. */
export function formatOf(language: Language, timeZone?: string): Format {
	const key = `${language} ${timeZone}`;
	const format = formats.get(key) ?? made(language, timeZone);
	formats.set(key, format);
	return format;
}
