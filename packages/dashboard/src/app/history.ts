// The history screen's state: which stretch of time, of what, and what telemetry answered. It comes with the screen.
import { type HistoryAnswer, historyAnswer } from '@pilotwire/contract';
import { computed, effect, signal } from '@preact/signals';
import { type Curves, curvesOf, noCurves } from '../core/curves.ts';
import { firstMeterId } from '../core/house.ts';
import { type JournalEntry, journalOf, shedCounts, shedMinutes } from '../core/shed-time.ts';
import { earlier, follows, lastOf, pan, type SpanName, stepOf, type TimeWindow, zoom } from '../core/time-window.ts';
import { ask } from './bus.ts';
import { calendar } from './calendar.ts';
import { house, link, now } from './store.ts';

/** What the chart shows. */
export type Subject = 'power' | 'current' | 'temperature' | 'shed';

export const subject = signal<Subject>('power');
export const timeWindow = signal<TimeWindow>(lastOf('day', Date.now()));
export const comparing = signal(false);
export const curves = signal<Curves>(noCurves);
/** The highest of each bucket where that says something; as `curves`. */
export const highest = signal<Curves>(noCurves);
export const comparedCurves = signal<Curves>(noCurves);
/** As `highest`. */
export const comparedHighest = signal<Curves>(noCurves);
export const journal = signal<readonly JournalEntry[]>([]);
export const status = signal<'loading' | 'there' | 'missing' | 'away'>('loading');
/** Whether the bars say how long (minutes) or, over long stretches, how often. */
export const shedByTime = computed(() => timeWindow.value.toMs - timeWindow.value.fromMs <= EXACT_MS);
/** Whether the journal of this stretch can be listed. */
export const journalFits = computed(() => timeWindow.value.toMs - timeWindow.value.fromMs <= JOURNAL_MS);

/** A bucket for every two or three pixels of a phone. */
const POINTS = 300;
/** Longer than this, how long each circuit was shed is too much to ask in one answer. */
const EXACT_MS = 50 * 3_600_000;
const JOURNAL_MS = 8 * 86_400_000;
/** Gestures move the window many times a second; the house is asked when they pause. */
const SETTLE_MS = 180;
/** What follows now is asked again this often: by its bucket within bounds; soon while there is nothing yet. Milliseconds. */
const AGAIN_MS = { empty: 4_000, least: 10_000, most: 60_000 } as const;

let timer: ReturnType<typeof setTimeout> | undefined;
let serial = 0;
let askedMs = 0;

/** Shows something else over the same stretch. */
export function showSubject(next: Subject): void {
	subject.value = next;
	curves.value = noCurves;
	highest.value = noCurves;
	comparedCurves.value = noCurves;
	comparedHighest.value = noCurves;
	status.value = 'loading';
}

/** Shows the last of a stretch. */
export function showSpan(name: SpanName): void {
	timeWindow.value = lastOf(name, Date.now());
}

export function panBy(share: number): void {
	timeWindow.value = pan(timeWindow.value, share, Date.now());
}

export function zoomBy(factor: number, aroundShare = 0.5): void {
	timeWindow.value = zoom(timeWindow.value, factor, aroundShare, Date.now());
}

/** Moves the window so that it ends now. */
export function showNow(): void {
	const { fromMs, toMs } = timeWindow.value;
	const nowMs = Date.now();
	timeWindow.value = { fromMs: nowMs - (toMs - fromMs), toMs: nowMs };
}

/** Watches what is chosen while the screen is open; the result stops that. */
export function followHistory(): () => void {
	const stopAsking = effect(() => {
		void [subject.value, timeWindow.value, comparing.value, link.value.kind];
		clearTimeout(timer);
		timer = setTimeout(() => void load(), SETTLE_MS);
	});
	const stopMoving = effect(() => {
		const nowMs = now.value;
		const { fromMs, toMs } = timeWindow.peek();
		const { empty, least, most } = AGAIN_MS;
		const bucketMs = (toMs - fromMs) / POINTS;
		const againMs = curves.peek().curves.length === 0 ? empty : Math.min(most, Math.max(least, bucketMs));
		if (!follows({ fromMs, toMs }, nowMs) || nowMs - askedMs < againMs || link.peek().kind !== 'up') return;
		timeWindow.value = { fromMs: nowMs - (toMs - fromMs), toMs: nowMs };
	});
	return () => {
		stopAsking();
		stopMoving();
		clearTimeout(timer);
	};
}

async function load(): Promise<void> {
	serial += 1;
	const mine = serial;
	if (link.value.kind !== 'up') {
		if (status.value !== 'there') status.value = 'away';
		return;
	}
	askedMs = Date.now();
	const window = timeWindow.value;
	const of = subject.value;
	if (status.value !== 'there') status.value = 'loading';
	try {
		const before = comparing.value ? compareWindow(window) : undefined;
		const [main, compared, entries] = await Promise.all([
			fetchCurves(of, window, window),
			before === undefined ? undefined : fetchCurves(of, before, window),
			journalFits.value ? fetchJournal(window) : [],
		]);
		// Something else may have been chosen a moment ago: these figures must not stand under its name.
		if (mine !== serial || of !== subject.value) return;
		curves.value = main.mean;
		highest.value = main.max;
		comparedCurves.value = compared?.mean ?? noCurves;
		comparedHighest.value = compared?.max ?? noCurves;
		journal.value = entries;
		status.value = 'there';
	} catch {
		if (mine === serial && of === subject.value) status.value = link.value.kind === 'up' ? 'missing' : 'away';
	}
}

function compareWindow({ fromMs, toMs }: TimeWindow): TimeWindow {
	const begin = earlier(fromMs, stepOf({ fromMs, toMs }), calendar.value);
	return { fromMs: begin, toMs: begin + (toMs - fromMs) };
}

const ahead = (): number => house.value.clockAheadMs ?? 0;

async function query(series: string, { fromMs, toMs }: TimeWindow, points: number, tags = {}): Promise<HistoryAnswer> {
	const instant = (ms: number): string => new Date(ms - ahead()).toISOString();
	const params = { series, tags, from: instant(fromMs), to: instant(toMs), points };
	return historyAnswer.parse(await ask('telemetry', 'query', params));
}

/** The curves of a stretch of time, drawn where another one is (the same, unless they are compared). */
async function fetchCurves(of: Subject, asked: TimeWindow, drawn: TimeWindow): Promise<{ mean: Curves; max: Curves }> {
	const shift = ahead() + drawn.fromMs - asked.fromMs;
	const points = Math.min(POINTS, Math.ceil((asked.toMs - asked.fromMs) / 10_000));
	switch (of) {
		case 'power':
		case 'current': {
			const meter = firstMeterId(house.value.loads);
			const tags = meter === undefined ? {} : { meter };
			const answer = await query(of === 'power' ? 'load.apparentPowerVA' : 'load.currentA', asked, points, tags);
			const key = (tags: Readonly<Record<string, string>>) => tags['phase'];
			return {
				mean: curvesOf(answer, drawn, shift, { key }),
				max: curvesOf(answer, drawn, shift, { key, figure: 'max' }),
			};
		}
		case 'temperature': {
			const answer = await query('probe.temperatureC', asked, points);
			const mean = curvesOf(answer, drawn, shift, { key: (tags) => tags['probe'], holds: true });
			return { mean, max: noCurves };
		}
		case 'shed': {
			const exact = asked.toMs - asked.fromMs <= EXACT_MS;
			const answer = exact
				? await query('circuit.reason', asked, 400)
				: await query('shedder.event', asked, 24, { kind: 'shed' });
			return { mean: (exact ? shedMinutes : shedCounts)(answer, drawn, shift), max: noCurves };
		}
	}
}

async function fetchJournal(window: TimeWindow): Promise<JournalEntry[]> {
	// Their times are as exact as the buckets are short.
	const points = Math.min(2_000, Math.ceil((window.toMs - window.fromMs) / 1_000));
	const [events, reasons] = await Promise.all(
		['shedder.event', 'shedder.eventReason'].map((series) => query(series, window, points)),
	);
	return events === undefined || reasons === undefined ? [] : journalOf(events, reasons, ahead());
}
