// How long circuits were shed, and the journal of what the shedder did.
import type { HistoryAnswer } from '@pilotwire/contract';
import { type Curves, noCurves } from './curves.ts';
import { type EventReason, eventReason } from './event-reasons.ts';
import type { TimeWindow } from './time-window.ts';

/** Bars across the range. */
const BARS = 24;
const MINUTE_MS = 60_000;

/** Time shed of each circuit that was shed at all, minutes, in bars of equal length. */
export function shedMinutes(answer: HistoryAnswer, { fromMs, toMs }: TimeWindow, shiftMs: number): Curves {
	const barMs = (toMs - fromMs) / BARS;
	const timesS = Array.from({ length: BARS }, (_, bar) => (fromMs + bar * barMs) / 1000);
	const curves = answer.lines.flatMap((line) => {
		if (line.kind !== 'text') return [];
		const values = timesS.map(() => 0);
		const steps = line.atMs.map((at, index) => [at + shiftMs, line.text[index]] as const);
		let shedFrom = line.before?.value === 'shed' ? fromMs : undefined;
		for (const [atMs, reason] of steps) {
			if (reason === 'shed') shedFrom ??= atMs;
			else if (shedFrom !== undefined) {
				addSpan(values, shedFrom - fromMs, atMs - fromMs, barMs);
				shedFrom = undefined;
			}
		}
		if (shedFrom !== undefined) addSpan(values, shedFrom - fromMs, toMs - fromMs, barMs);
		return values.some((minutes) => minutes > 0) ? [{ key: line.tags['circuit'] ?? '', values }] : [];
	});
	return answer.lines.length === 0 ? noCurves : { timesS, bucketMs: barMs, curves };
}

/** Adds a span to the bars that it touches, in minutes; ms from the beginning of the first bar. */
function addSpan(bars: number[], fromMs: number, toMs: number, barMs: number): void {
	for (let bar = Math.max(0, Math.floor(fromMs / barMs)); bar < bars.length && bar * barMs < toMs; bar += 1) {
		const overlap = Math.min(toMs, (bar + 1) * barMs) - Math.max(fromMs, bar * barMs);
		bars[bar] = (bars[bar] ?? 0) + Math.max(0, overlap) / MINUTE_MS;
	}
}

/** How often circuits were shed, in bars of equal length; each answer's line is one kind of event of one circuit. */
export function shedCounts(answer: HistoryAnswer, { fromMs, toMs }: TimeWindow, shiftMs: number): Curves {
	const barMs = (toMs - fromMs) / BARS;
	const timesS = Array.from({ length: BARS }, (_, bar) => (fromMs + bar * barMs) / 1000);
	const curves = answer.lines.flatMap((line) => {
		if (line.tags['kind'] !== 'shed') return [];
		const values = timesS.map(() => 0);
		for (const [index, at] of line.atMs.entries()) {
			const bar = Math.floor((at + shiftMs - fromMs) / barMs);
			if (bar >= 0 && bar < BARS) values[bar] = (values[bar] ?? 0) + (line.count[index] ?? 0);
		}
		return [{ key: line.tags['circuit'] ?? '', values }];
	});
	return { timesS, bucketMs: barMs, curves };
}

/** Something that the shedder did; several of one kind close together are one entry. */
export interface JournalEntry {
	readonly atMs: number;
	readonly kind: string;
	readonly circuit: string;
	readonly phase: string;
	/** The shedder's own sentence, which is English; of several the last. */
	readonly text: string;
	/** The same in a word and figures; undefined where it was written down by an earlier version. */
	readonly reason: EventReason | undefined;
	readonly count: number;
}

/** The journal, newest first. `reasons`: the words of the same events, in the same buckets. */
export function journalOf(answer: HistoryAnswer, reasons: HistoryAnswer, shiftMs: number): JournalEntry[] {
	const words = new Map<string, string>();
	const keyOf = (tags: Readonly<Record<string, string>>, atMs: number): string =>
		JSON.stringify([tags['kind'], tags['circuit'], tags['phase'], atMs]);
	for (const line of reasons.lines) {
		if (line.kind !== 'text') continue;
		for (const [index, at] of line.atMs.entries()) words.set(keyOf(line.tags, at), line.text[index] ?? '');
	}
	const entries = answer.lines.flatMap((line) => {
		if (line.kind !== 'text') return [];
		const { kind = '', circuit = '', phase = '' } = line.tags;
		return line.atMs.map((at, index) => ({
			...{ atMs: at + shiftMs, kind, circuit, phase },
			...{ text: line.text[index] ?? '', count: line.count[index] ?? 1 },
			reason: eventReason(words.get(keyOf(line.tags, at))),
		}));
	});
	return entries.sort((a, b) => b.atMs - a.atMs || a.circuit.localeCompare(b.circuit));
}
