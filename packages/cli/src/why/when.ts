// Moments and spans as people write them.
/** Meters of this kind stand in metropolitan France. The Swedish way of writing is year, month, day. */
const LEGAL = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Paris', dateStyle: 'short', timeStyle: 'medium' });

/** `2026-01-15 18:00:00`, legal time. */
export const dayAndTime = (ms: number): string => LEGAL.format(ms).replace(',', '');
/** `18:00:00`, legal time. */
export const timeOf = (ms: number): string => dayAndTime(ms).slice(-8);

const DAY_MS = 86_400_000;

/**
 * The moment that a person means: `now`, `19:30` (the last time that it was), `2026-01-15 19:30` in legal time, or ISO 8601
 * with an offset. Undefined where it is none.
 */
export function momentOf(text: string, nowMs: number): number | undefined {
	if (text === 'now') return nowMs;
	const clock = /^(\d{1,2}):(\d\d)(?::(\d\d))?$/.exec(text);
	if (clock !== null) {
		const [hour = '', minute = '', second = '00'] = clock.slice(1);
		const today = legalMs(`${dayAndTime(nowMs).slice(0, 10)} ${hour.padStart(2, '0')}:${minute}:${second ?? '00'}`);
		if (today === undefined) return undefined;
		return today > nowMs ? today - DAY_MS : today;
	}
	const dated = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d)(:\d\d)?$/.exec(text);
	if (dated !== null) return legalMs(`${dated[1]} ${dated[2]}${dated[3] ?? ':00'}`);
	if (!/^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(text)) return undefined;
	const ms = Date.parse(text);
	return Number.isNaN(ms) ? undefined : ms;
}

/** A legal time as ms since 1970 UTC: its offset is the one that holds there. */
function legalMs(text: string): number | undefined {
	const asUtc = Date.parse(`${text.replace(' ', 'T')}Z`);
	if (Number.isNaN(asUtc)) return undefined;
	for (const hours of [2, 1]) {
		const ms = asUtc - hours * 3_600_000;
		if (dayAndTime(ms) === text) return ms;
	}
	return undefined;
}
