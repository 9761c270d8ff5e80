import { type Draft, kindOf, type Point, seriesKey, toPoint } from './point.ts';

/** A figure to be recorded, and how much of it: all, or what changed with a reminder now and then. */
export interface Recorded {
	readonly draft: Draft;
	readonly keep: 'all' | 'moving' | 'lasting';
}

/** A value that stays the same is written again after this time: a chart finds it near, a mean leans little. Milliseconds. */
const REMINDER_MS = { all: 0, moving: 10_000, lasting: 600_000 } as const;
/** Series whose last value is remembered; more would let a noisy client fill the memory. */
const MOST_SERIES = 10_000;

/**
 * Leaves out what says nothing new: states are republished every second, and an SD card has better to do. A value that
 * changed, or whose moment lies before the last one (a clock set back, a late message), always passes.
 */
export class Thinning {
	readonly #last = new Map<string, { value: Point['value']; at: number }>();
	#refused = 0;

	/** Figures that could not be points. */
	get refused(): number {
		return this.#refused;
	}

	pass(recorded: readonly Recorded[]): Point[] {
		const passed: Point[] = [];
		for (const { draft, keep } of recorded) {
			if (draft.value === undefined || draft.value === null) continue;
			const point = toPoint(draft);
			if (point === undefined) this.#refused += 1;
			else if (keep === 'all' || this.#isNews(point, REMINDER_MS[keep])) passed.push(point);
		}
		return passed;
	}

	#isNews(point: Point, reminderMs: number): boolean {
		const key = `${kindOf(point.value)} ${seriesKey(point)}`;
		const last = this.#last.get(key);
		const { at, value } = point;
		if (last !== undefined && last.value === value && at >= last.at && at - last.at < reminderMs) return false;
		this.#last.delete(key);
		this.#last.set(key, { value, at });
		const [oldest] = this.#last.keys();
		if (this.#last.size > MOST_SERIES && oldest !== undefined) this.#last.delete(oldest);
		return true;
	}
}
