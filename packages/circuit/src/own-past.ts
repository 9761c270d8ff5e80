/** Which retained states on the bus are this actuator's own leavings. */

/** Names remembered; more than any house has. */
const MOST = 1_000;

/**
 * What one installation of an actuator has published under its name: two of them on one broker call themselves alike, so
 * that only memory tells whose state lies there. Only what is remembered and configured no longer is cleared.
 */
export class OwnPast {
	readonly #present: ReadonlySet<string>;
	readonly #former = new Set<string>();

	constructor(present: Iterable<string>) {
		this.#present = new Set(present);
	}

	/** Takes back what `memory` gave; anything else is left out. */
	recall(memory: unknown): void {
		if (!Array.isArray(memory)) return;
		for (const name of memory.slice(0, MOST) as unknown[]) {
			if (typeof name === 'string' && !this.#present.has(name)) this.#former.add(name);
		}
	}

	/** Whether a state under this name is left over from an earlier configuration; afterwards it is no longer its own. */
	takeLeftOver(name: string): boolean {
		return this.#former.delete(name);
	}

	/** All names it has or may still have to clear, in one order only. */
	memory(): string[] {
		return [...this.#present, ...this.#former].sort();
	}
}
