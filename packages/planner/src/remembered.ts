import { type Logger, messageOf } from '@pilotwire/runtime';
import type { KnownHouse } from './core/known-house.ts';
import type { LearnedHours } from './core/learned-hours.ts';
import type { PlanBook } from './core/plan-book.ts';
import type { Memory } from './io/memory.ts';

/** Whose knowledge outlives the planner. */
interface Knowing {
	readonly book: PlanBook;
	readonly hours: LearnedHours;
	readonly house: KnownHouse;
}

/** Programmes, absence, the tariff's hours and what circuits follow of their own, as an earlier life knew them. */
export class Remembered {
	readonly #memory: Memory;
	readonly #knowing: Knowing;
	readonly #log: Logger;

	constructor(memory: Memory, knowing: Knowing, log: Logger) {
		this.#memory = memory;
		this.#knowing = knowing;
		this.#log = log;
	}

	/** Hands everybody what was written down last; nothing where that can't be read. */
	async recall(): Promise<void> {
		const { book, hours, house } = this.#knowing;
		const memory = await this.#memory.read().catch(() => undefined);
		book.recall(memory);
		const known = (memory ?? {}) as { hours?: unknown; standing?: unknown };
		hours.recall(known.hours);
		house.recall(known.standing);
	}

	/** Writes everything down. What can't be written stays in force, and is said in the log. */
	async write(): Promise<void> {
		const { book, hours, house } = this.#knowing;
		try {
			await this.#memory.write({ ...book.memory(), hours: hours.memory(), standing: house.memory() });
		} catch (error) {
			this.#log.warn({ err: error }, `programmes could not be written down: ${messageOf(error)}`);
		}
	}
}
