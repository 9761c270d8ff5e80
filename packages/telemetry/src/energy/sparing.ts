import { type Cell, HEARD_WITHIN_MS, joined } from '../core/cell.ts';
import { firstAfter } from './rise.ts';

/**
 * Joins cells of a counter, which come in order, where nobody asks what stood between: what was counted until each of the
 * moments stays as exact as the cells say, and a year is a few of them. A gap of an hour stays, as what it is.
 */
export class Sparing {
	readonly #moments: readonly number[];
	readonly #made: Cell[] = [];

	/** @param moments ms since 1970 UTC, in order */
	constructor(moments: readonly number[]) {
		this.#moments = moments;
	}

	add(cell: Cell): void {
		const open = this.#made.at(-1);
		if (open === undefined || !this.#canJoin(open, cell)) {
			this.#made.push(cell);
			return;
		}
		const lengthMs = cell.atMs + cell.lengthMs - open.atMs;
		this.#made[this.#made.length - 1] = joined(open, cell, { atMs: open.atMs, lengthMs, counter: true });
	}

	get cells(): readonly Cell[] {
		return this.#made;
	}

	#canJoin(open: Cell, { firstAtMs, lastAtMs }: Cell): boolean {
		if (firstAtMs - open.lastAtMs > HEARD_WITHIN_MS) return false;
		const next = this.#moments[firstAfter(this.#moments, open.firstAtMs)];
		return next === undefined || next > lastAtMs;
	}
}
