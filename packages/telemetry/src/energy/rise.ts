import { type Cell, HEARD_WITHIN_MS, type Sample } from '../core/cell.ts';
import { riseBetween } from '../core/counter.ts';

/** From one moment to another, ms since 1970 UTC. */
export interface Stretch {
	readonly fromMs: number;
	readonly toMs: number;
}

/** Energy that a register counted between two readings of it. Wh. */
interface Counted extends Stretch {
	readonly wh: number;
}

/**
 * What one register of a meter counted, as a sum that never falls: steps that are nobody's energy (a reset, another meter)
 * are left out, and what was counted between two readings is spread evenly over the time between them.
 */
export class Rise {
	/** When it was heard without a gap of an hour, in order. */
	readonly heard: readonly Stretch[];
	readonly #atMs: number[] = [];
	/** All that was counted until each of `#atMs`, Wh. */
	readonly #total: number[] = [];

	/**
	 * @param cells of one register, in order
	 * @param isOthers says that what was counted in a stretch between two cells is not this register's
	 * @param marks readings known to the moment within cells, in order: what a cell counted is spread between them
	 */
	constructor(
		cells: Iterable<Cell>,
		isOthers: (stretch: Stretch) => boolean = () => false,
		marks: readonly Sample[] = [],
	) {
		const heard: { fromMs: number; toMs: number }[] = [];
		let total = 0;
		let last: { at: number; value: number } | undefined;
		const count = ({ fromMs, toMs, wh }: Counted): void => {
			if (this.#atMs.at(-1) !== fromMs) this.#knot(fromMs, total);
			total += wh;
			this.#knot(toMs, total);
		};
		const marksAtMs = marks.map(({ at }) => at);
		for (const cell of cells) {
			const { firstAtMs, lastAtMs } = cell;
			const gap = { fromMs: last?.at ?? firstAtMs, toMs: firstAtMs };
			if (last !== undefined && !isOthers(gap)) {
				count({ ...gap, wh: riseBetween(last, { at: firstAtMs, value: cell.first }) });
			}
			for (const part of partsOf(cell, marks.slice(firstAfter(marksAtMs, firstAtMs), firstAfter(marksAtMs, lastAtMs))))
				count(part);
			const open = heard.at(-1);
			if (open !== undefined && firstAtMs - open.toMs <= HEARD_WITHIN_MS) open.toMs = lastAtMs;
			else heard.push({ fromMs: firstAtMs, toMs: lastAtMs });
			last = { at: lastAtMs, value: cell.last };
		}
		this.heard = heard;
	}

	/** What was counted in a stretch, whole Wh. What two stretches that follow each other say is what both together say. */
	between(fromMs: number, toMs: number): number {
		return Math.floor(this.#until(toMs)) - Math.floor(this.#until(fromMs));
	}

	/** Whether it was read within a stretch, its ends left out. */
	wasRead({ fromMs, toMs }: Stretch): boolean {
		const index = firstAfter(this.#atMs, fromMs);
		return (this.#atMs[index] ?? Infinity) < toMs;
	}

	#knot(atMs: number, total: number): void {
		if (this.#atMs.at(-1) === atMs) {
			this.#total[this.#total.length - 1] = total;
			return;
		}
		this.#atMs.push(atMs);
		this.#total.push(total);
	}

	#until(atMs: number): number {
		const after = firstAfter(this.#atMs, atMs);
		if (after === 0) return 0;
		const [startMs, start] = [this.#atMs[after - 1] as number, this.#total[after - 1] as number];
		const endMs = this.#atMs[after];
		if (endMs === undefined || atMs === startMs) return start;
		const end = this.#total[after] as number;
		return start + ((end - start) * (atMs - startMs)) / (endMs - startMs);
	}
}

/** What a cell counted, cut at the marks within it that fit between its first and its last reading. */
function partsOf({ firstAtMs, lastAtMs, first, last, rise }: Cell, marks: readonly Sample[]): Counted[] {
	const parts: Counted[] = [];
	let from = { at: firstAtMs, value: first };
	// A register that was set back within the cell says nothing by its readings alone.
	for (const mark of last - first === rise ? marks : []) {
		if (mark.at <= from.at || mark.at >= lastAtMs || mark.value < from.value || mark.value > last) continue;
		parts.push({ fromMs: from.at, toMs: mark.at, wh: mark.value - from.value });
		from = mark;
	}
	parts.push({ fromMs: from.at, toMs: lastAtMs, wh: rise - (from.value - first) });
	return parts;
}

/** Index of the first moment after this one; the length where there is none. */
export function firstAfter(moments: readonly number[], atMs: number): number {
	let [low, high] = [0, moments.length];
	while (low < high) {
		const middle = (low + high) >>> 1;
		if ((moments[middle] as number) <= atMs) low = middle + 1;
		else high = middle;
	}
	return low;
}
