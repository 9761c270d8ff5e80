// What stands in a black box: one JSON object a line. `m`: the monotonic clock of the service's life, milliseconds.

/** The first of each segment: whose life it belongs to. */
export interface BeginEntry {
	readonly k: 'begin';
	readonly m: number;
	/** The wall clock at `m`, ms since 1970 UTC. */
	readonly wall: number;
	/** One life of telemetry. */
	readonly life: string;
	/** One life of the machine; absent where the system doesn't say. */
	readonly boot?: string;
}

/** A message of the bus. */
export interface MessageEntry {
	readonly k: 'message';
	readonly m: number;
	/** Below `pilotwire/<site>/`, such as `circuits/salon/state`. */
	readonly topic: string;
	readonly payload: unknown;
	/** It was true before: a stored copy, or what held when the segment began. */
	readonly standing?: true;
}

/** Bytes of a meter's line. */
export interface LineEntry {
	readonly k: 'line';
	readonly m: number;
	readonly meter: string;
	/** Number of the first byte. */
	readonly first: number;
	/** A character for each byte (ISO 8859-1): what repeats from frame to frame stays visible to the compressor. */
	readonly text: string;
}

/** The wall clock stepped: this is what it says at `m`. */
export interface ClockEntry {
	readonly k: 'clock';
	readonly m: number;
	readonly wall: number;
}

/** The service was stopped: without it the life ended by a crash or for want of power. */
export interface EndEntry {
	readonly k: 'end';
	readonly m: number;
}

/** Why a breaker is taken to have opened. */
export type OpeningCause = 'breaker_open' | 'load_gone' | 'meter_gone';

/** The breaker opened, as far as the bus shows it. */
export interface OpeningEntry {
	readonly k: 'opening';
	readonly m: number;
	readonly cause: OpeningCause;
	/** The meter's own word for why it is open (STGE), where it says one. */
	readonly detail?: string;
}

/** Entries given up because the disk didn't take them. */
export interface LostEntry {
	readonly k: 'lost';
	readonly m: number;
	readonly entries: number;
}

/** Why a box was saved: an opening, the machine's power that went, or somebody who asked. */
export type SaveCause = OpeningCause | 'power_lost' | 'asked';

/** The first of a saved box. */
export interface SavedEntry {
	readonly k: 'saved';
	readonly cause: SaveCause;
	/** The wall clock when it was saved, ms since 1970 UTC. */
	readonly wall: number;
}

/** One line of a black box. */
export type BoxEntry =
	| BeginEntry
	| MessageEntry
	| LineEntry
	| ClockEntry
	| EndEntry
	| OpeningEntry
	| LostEntry
	| SavedEntry;

const KINDS: ReadonlySet<unknown> = new Set<BoxEntry['k']>([
	'begin',
	'message',
	'line',
	'clock',
	'end',
	'opening',
	'lost',
	'saved',
]);

export const encodeEntry = (entry: BoxEntry): string => `${JSON.stringify(entry)}\n`;

/** The entries of a block's text; a line that is none is left out. */
export function decodeEntries(text: string): BoxEntry[] {
	return text.split('\n').flatMap((line) => {
		if (line === '') return [];
		try {
			const value = JSON.parse(line) as BoxEntry | null;
			return value !== null && KINDS.has(value.k) ? [value] : [];
		} catch {
			return [];
		}
	});
}
