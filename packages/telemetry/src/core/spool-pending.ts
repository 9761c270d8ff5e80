import type { Logger } from '@pilotwire/runtime';
import type { Point } from './point.ts';

/** Points that are not on the disk yet, and what is called once they are. */
interface Pending {
	readonly points: readonly Point[];
	readonly acknowledge: () => void;
}

/** What came since the last write to the disk, in order. Bounded: at the bound the oldest are given up, and counted. */
export class PendingPoints {
	readonly #log: Logger;
	readonly #most: number;
	#waiting: Pending[] = [];
	#count = 0;
	#givenUp = 0;

	/** @param most points that are held in memory */
	constructor(log: Logger, most: number) {
		this.#log = log;
		this.#most = most;
	}

	get count(): number {
		return this.#count;
	}

	/** Points that nobody will ever have. */
	get givenUp(): number {
		return this.#givenUp;
	}

	add(points: readonly Point[], acknowledge: () => void): void {
		this.#waiting.push({ points, acknowledge });
		this.#count += points.length;
		while (this.#count > this.#most) this.#giveUp();
	}

	/** All that waits at this moment. */
	get batch(): readonly Pending[] {
		return [...this.#waiting];
	}

	/** A batch is on the disk. What came while the disk was busy waits on. */
	settle(batch: readonly Pending[]): void {
		// What was given up meanwhile is gone from the front.
		const written = new Set(batch);
		this.#waiting = this.#waiting.filter((each) => !written.has(each));
		this.#count = this.#waiting.reduce((sum, each) => sum + each.points.length, 0);
		for (const { acknowledge } of batch) acknowledge();
	}

	#giveUp(): void {
		const oldest = this.#waiting.shift();
		if (oldest === undefined) return;
		if (this.#givenUp === 0) this.#log.error({}, 'the disk takes nothing for too long: the oldest points are lost');
		this.#count -= oldest.points.length;
		this.#givenUp += oldest.points.length;
		oldest.acknowledge();
	}
}
