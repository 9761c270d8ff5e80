import type { Clock, Timer } from '../clock.ts';

interface Entry {
	readonly dueMs: number;
	readonly order: number;
	readonly periodMs: number | undefined;
	readonly action: () => void;
}

/** A clock that moves only when told to; timers run in the order they are due. */
export class VirtualClock implements Clock {
	#nowMs: number;
	#wallOffsetMs: number;
	#order = 0;
	readonly #entries = new Set<Entry>();

	constructor(wallStartMs = Date.UTC(2026, 0, 15, 17, 0, 0)) {
		this.#nowMs = 0;
		this.#wallOffsetMs = wallStartMs;
	}

	monotonicMs(): number {
		return this.#nowMs;
	}

	wallMs(): number {
		return this.#wallOffsetMs + this.#nowMs;
	}

	/** Steps the wall clock alone, as NTP or a person does. */
	stepWall(byMs: number): void {
		this.#wallOffsetMs += byMs;
	}

	after(delayMs: number, action: () => void): Timer {
		return this.#add(delayMs, undefined, action);
	}

	every(periodMs: number, action: () => void): Timer {
		return this.#add(periodMs, periodMs, action);
	}

	/** Moves time forward, running each timer at its moment. */
	advance(byMs: number): void {
		const end = this.#nowMs + byMs;
		for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
			this.#nowMs = Math.max(this.#nowMs, next.dueMs);
			this.#entries.delete(next);
			if (next.periodMs !== undefined) this.#entries.add({ ...next, dueMs: next.dueMs + next.periodMs });
			next.action();
		}
		this.#nowMs = end;
	}

	/** Moves time forward in steps, letting promises settle after each. */
	async advanceAsync(byMs: number, stepMs = byMs): Promise<void> {
		for (let moved = 0; moved < byMs; moved += stepMs) {
			this.advance(Math.min(stepMs, byMs - moved));
			await new Promise<void>((settle) => setImmediate(settle));
		}
	}

	/** Timers that still wait: what a stopped service must not leave. */
	get pending(): number {
		return this.#entries.size;
	}

	#add(delayMs: number, periodMs: number | undefined, action: () => void): Timer {
		const entry: Entry = { dueMs: this.#nowMs + delayMs, order: this.#order++, periodMs, action };
		this.#entries.add(entry);
		const { order } = entry;
		return {
			cancel: () => {
				for (const waiting of this.#entries) if (waiting.order === order) this.#entries.delete(waiting);
			},
		};
	}

	#next(endMs: number): Entry | undefined {
		let next: Entry | undefined;
		for (const entry of this.#entries) {
			if (entry.dueMs > endMs) continue;
			if (next === undefined || entry.dueMs < next.dueMs || (entry.dueMs === next.dueMs && entry.order < next.order)) {
				next = entry;
			}
		}
		return next;
	}
}
