import { unpack } from './block.ts';
import { type BoxEntry, decodeEntries } from './entry.ts';

/** The entries of a box, oldest first: of segments as they stand on disk, or of a saved file. Never throws. */
export function* entriesOf(bytes: Buffer): Generator<BoxEntry> {
	for (const text of unpack(bytes)) yield* decodeEntries(text);
}

/** What is known of a segment, or of several of one life. */
export interface SegmentFacts {
	readonly life: string;
	readonly boot: string | undefined;
	/** How long it records, milliseconds. */
	readonly lastedMs: number;
	/** It ends with the mark of a service that was stopped. */
	readonly ended: boolean;
}

/** Reads what a segment is, or undefined where nothing of it is whole. */
export function segmentFacts(bytes: Buffer): SegmentFacts | undefined {
	let begin: Extract<BoxEntry, { k: 'begin' }> | undefined;
	let lastMs = 0;
	let ended = false;
	for (const text of unpack(bytes)) {
		// The first line and the last are enough, of texts that hold thousands.
		const [first] = decodeEntries(text.slice(0, text.indexOf('\n') + 1));
		const [last] = decodeEntries(text.slice(text.lastIndexOf('\n', text.length - 2) + 1));
		if (first?.k === 'begin') begin ??= first;
		if (last !== undefined && 'm' in last) lastMs = last.m;
		ended = last?.k === 'end';
	}
	if (begin === undefined) return undefined;
	return { life: begin.life, boot: begin.boot, lastedMs: Math.max(0, lastMs - begin.m), ended };
}
