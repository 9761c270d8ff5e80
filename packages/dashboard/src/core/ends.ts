// Until when an order may hold: the choices of the quick menu. Times: browser's clock, ms, in its own zone.

/** `open`: until it is changed. */
export type EndChoice = 'open' | 'hour' | 'three_hours' | 'evening' | 'morning' | 'custom';

/** A choice and the moment it means; `open` and `custom` have none of their own. */
export interface End {
	readonly choice: EndChoice;
	readonly atMs: number | undefined;
}

const EVENING_HOUR = 22;
const MORNING_HOUR = 7;
/** An end nearer than this is left out: it would be over before it began. */
const WORTH_IT_MS = 30 * 60_000;

/** The choices at a moment. The evening is offered while it lies ahead; the morning is the next one. */
export function ends(nowMs: number): End[] {
	const evening = nextAt(nowMs, EVENING_HOUR);
	const morning = nextAt(nowMs, MORNING_HOUR);
	const isToday = new Date(evening).getDate() === new Date(nowMs).getDate();
	return [
		{ choice: 'open', atMs: undefined },
		{ choice: 'hour', atMs: nowMs + 3_600_000 },
		{ choice: 'three_hours', atMs: nowMs + 3 * 3_600_000 },
		...(isToday && evening - nowMs > WORTH_IT_MS ? [{ choice: 'evening', atMs: evening } as const] : []),
		{ choice: 'morning', atMs: morning },
		{ choice: 'custom', atMs: undefined },
	];
}

function nextAt(nowMs: number, hour: number): number {
	const date = new Date(nowMs);
	date.setHours(hour, 0, 0, 0);
	if (date.getTime() <= nowMs) date.setDate(date.getDate() + 1);
	return date.getTime();
}

/** A time as `<input type="datetime-local">` writes it, such as 2026-01-31T22:00. */
export function toInput(ms: number): string {
	const date = new Date(ms);
	const two = (value: number): string => String(value).padStart(2, '0');
	const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
	return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** Reads such an input; undefined where it is empty, no time, or not in the future. */
export function fromInput(text: string, nowMs: number): number | undefined {
	const ms = text === '' ? Number.NaN : new Date(text).getTime();
	return Number.isFinite(ms) && ms > nowMs ? ms : undefined;
}
