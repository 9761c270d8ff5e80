/** No breaker opens at this part of its rating or below (NF C 62-411; a Linky at 1.3), whatever its kind. */
const NEVER_OPENS_AT = 1.1;

/**
 * A pause that somebody asked for: nothing is shed, raised or rotated, and what waits goes on waiting. It ends by itself,
 * and at once where a phase draws more than every breaker carries for good. Pure: times are monotonic milliseconds.
 */
export class Pause {
	#untilMs: number | undefined;

	/** When it ends at the latest; undefined while there is none. */
	get untilMs(): number | undefined {
		return this.#untilMs;
	}

	begin(seconds: number, nowMs: number): void {
		this.#untilMs = nowMs + seconds * 1_000;
	}

	end(): void {
		this.#untilMs = undefined;
	}

	isOver(nowMs: number): boolean {
		return this.#untilMs !== undefined && nowMs >= this.#untilMs;
	}

	/** Whether a load puts an end to it. `branchVA`: what a branch breaker of the phase is rated for, VA. */
	isBrokenBy(loadVA: number, limitVA: number, isAlert: boolean, branchVA = Number.POSITIVE_INFINITY): boolean {
		if (this.#untilMs === undefined) return false;
		return isAlert || loadVA > NEVER_OPENS_AT * Math.min(limitVA, branchVA);
	}
}
