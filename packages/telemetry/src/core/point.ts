/** One figure or text at one moment: what a history store keeps. */
export interface Point {
	/** What it is, with its unit, such as `load.apparentPowerVA`. */
	readonly series: string;
	/** Whose it is, such as `{ meter: 'main', phase: '1' }`. */
	readonly tags: Readonly<Record<string, string>>;
	/** When it was true: milliseconds since 1970 UTC. */
	readonly at: number;
	readonly value: number | string;
}

/** A point before it is checked: its moment as the bus writes it, its value absent where a payload leaves it out. */
export interface Draft {
	readonly series: string;
	readonly tags: Readonly<Record<string, string>>;
	readonly at: number;
	readonly value: number | string | boolean | null | undefined;
}

/** No house has measured before. Milliseconds since 1970 UTC. */
const EARLIEST_MS = Date.UTC(2000, 0, 1);
/** No point is dated later: InfluxDB holds nanoseconds in 64 bits, which end in 2262. Milliseconds since 1970 UTC. */
export const LATEST_MS = Date.UTC(2200, 0, 1);
const MOST_TEXT = 1_000;
const MOST_TAG = 100;

/**
 * The point as every store keeps it alike, or undefined where it is none: no moment that a store can hold, no finite
 * number, no value. Texts lose what line protocols and databases end or escape differently: control characters, and
 * in tags the backslash.
 */
export function toPoint({ series, tags, at, value }: Draft): Point | undefined {
	if (!Number.isInteger(at) || at < EARLIEST_MS || at >= LATEST_MS) return undefined;
	if (value === undefined || value === null || (typeof value === 'number' && !Number.isFinite(value))) return undefined;
	const kept: Record<string, string> = {};
	for (const [name, text] of Object.entries(tags)) {
		const clean = cleanText(text, MOST_TAG).replaceAll('\\', '/').trim();
		if (clean !== '') kept[name] = clean;
	}
	const plain = typeof value === 'boolean' ? Number(value) : value;
	return { series, tags: kept, at, value: typeof plain === 'string' ? cleanText(plain, MOST_TEXT) : plain + 0 };
}

/** Well-formed text on one line, at most so many characters. */
function cleanText(text: string, most: number): string {
	// Cut first, so that a pair cut in two is mended too.
	return text.slice(0, most).replaceAll(/\p{Cc}|\p{Zl}|\p{Zp}|\p{Cs}/gu, ' ');
}

/** One text for a series and its tags, in any order: what stores and maps know it by. */
export function seriesKey({ series, tags }: Pick<Point, 'series' | 'tags'>): string {
	const sorted = Object.keys(tags).sort();
	return JSON.stringify([series, ...sorted.flatMap((name) => [name, tags[name]])]);
}

/** Whether a series keeps numbers or texts. */
export function kindOf(value: Point['value']): 'number' | 'text' {
	return typeof value === 'number' ? 'number' : 'text';
}
