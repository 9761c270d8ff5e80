/** Characters of a date: `SYYMMDDhhmmss`. */
export const DATE_LENGTH = 13;

/**
 * A date of a standard group, in local legal time and not in UTC. The caller converts it, knowing the zone: between
 * two readings of the same hour on the last Sunday of October only `season` tells which one it is.
 */
export interface TicDate {
	/** As the meter wrote it, 13 characters. */
	readonly raw: string;
	/** Absent where the meter left a space, as on DPM and FPM. */
	readonly season?: 'winter' | 'summer';
	/** The meter's clock runs degraded (the season stands in lower case): don't set another clock by it. */
	readonly degraded: boolean;
	/** Four digits. */
	readonly year: number;
	/** 1 to 12; 0 in a date that was never set. */
	readonly month: number;
	/** 1 to 31; 0 in a date that was never set. */
	readonly day: number;
	readonly hour: number;
	readonly minute: number;
	readonly second: number;
}

/** Whether a date names a day: meters fill dates of what has not happened yet with zeros. */
export function isDateSet(date: TicDate): boolean {
	return date.month > 0 && date.day > 0;
}

/** Reads `SYYMMDDhhmmss`; undefined where the text is not a date. */
export function parseDate(raw: string): TicDate | undefined {
	const letter = raw.charAt(0);
	if (raw.length !== DATE_LENGTH || !'HEhe '.includes(letter)) return undefined;
	for (let at = 1; at < DATE_LENGTH; at++) {
		const code = raw.charCodeAt(at);
		if (code < 0x30 || code > 0x39) return undefined;
	}
	const month = twoDigits(raw, 3);
	const day = twoDigits(raw, 5);
	const hour = twoDigits(raw, 7);
	const minute = twoDigits(raw, 9);
	const second = twoDigits(raw, 11);
	if (month > 12 || day > 31 || hour > 23 || minute > 59 || second > 59) return undefined;
	const year = 2000 + twoDigits(raw, 1);
	const degraded = letter === 'h' || letter === 'e';
	if (letter === ' ') return { raw, degraded, year, month, day, hour, minute, second };
	const season = letter === 'H' || letter === 'h' ? 'winter' : 'summer';
	return { raw, season, degraded, year, month, day, hour, minute, second };
}

function twoDigits(text: string, at: number): number {
	return (text.charCodeAt(at) - 0x30) * 10 + text.charCodeAt(at + 1) - 0x30;
}
