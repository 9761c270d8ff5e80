// The last hours of load, in slots of equal width: filled from the history store, then by what comes live.

/** One slot of a phase: what fell into it. */
interface Slot {
	sum: number;
	count: number;
	max: number;
}

/** A point of the history store: the mean and the maximum of a stretch of time. */
export interface StoredPoint {
	readonly atMs: number;
	readonly meanVA: number;
	readonly maxVA: number;
}

/** Columns for a chart: times in seconds, one row of means and one of maxima for each phase; null where nothing is known. */
export interface Columns {
	readonly timesS: number[];
	readonly phases: readonly number[];
	readonly means: (number | null)[][];
	readonly maxima: (number | null)[][];
}

/** The load of the last `rangeMs`, in `slots` slots. */
export class LoadHistory {
	readonly rangeMs: number;
	readonly widthMs: number;
	readonly #phases = new Map<number, Map<number, Slot>>();

	constructor(rangeMs: number, slots: number) {
		this.rangeMs = rangeMs;
		this.widthMs = rangeMs / slots;
	}

	/** A load heard live. */
	add(phase: number, atMs: number, va: number): void {
		const slot = this.#slot(phase, atMs);
		slot.sum += va;
		slot.count += 1;
		slot.max = Math.max(slot.max, va);
		this.#forget(atMs);
	}

	/** What the store remembers: it takes the place of what was there in its slots. */
	fill(phase: number, points: readonly StoredPoint[]): void {
		for (const { atMs, meanVA, maxVA } of points) {
			const slot = this.#slot(phase, atMs);
			Object.assign(slot, { sum: meanVA, count: 1, max: maxVA });
		}
	}

	get empty(): boolean {
		return this.#phases.size === 0;
	}

	/** The columns up to now, empty slots at the front left out. */
	columns(nowMs: number): Columns {
		const phases = [...this.#phases.keys()].sort((a, b) => a - b);
		const last = Math.floor(nowMs / this.widthMs);
		const first = Math.floor((nowMs - this.rangeMs) / this.widthMs) + 1;
		const timesS: number[] = [];
		const means = phases.map((): (number | null)[] => []);
		const maxima = phases.map((): (number | null)[] => []);
		for (let index = first; index <= last; index += 1) {
			timesS.push((index * this.widthMs) / 1000);
			for (const [row, phase] of phases.entries()) {
				const slot = this.#phases.get(phase)?.get(index);
				means[row]?.push(slot === undefined ? null : slot.sum / slot.count);
				maxima[row]?.push(slot === undefined ? null : slot.max);
			}
		}
		return { timesS, phases, means, maxima };
	}

	#slot(phase: number, atMs: number): Slot {
		const slots = this.#phases.get(phase) ?? new Map<number, Slot>();
		this.#phases.set(phase, slots);
		const index = Math.floor(atMs / this.widthMs);
		const slot = slots.get(index) ?? { sum: 0, count: 0, max: 0 };
		slots.set(index, slot);
		return slot;
	}

	/** Memory stays bounded however long the page is open. */
	#forget(nowMs: number): void {
		const oldest = Math.floor((nowMs - this.rangeMs) / this.widthMs);
		for (const slots of this.#phases.values()) {
			for (const index of slots.keys()) {
				if (index >= oldest) break;
				slots.delete(index);
			}
		}
	}
}
