import { type LinkyFilter, linkyFilterBound, linkyMargin, linkyTimeToTripS, stepLinkyFilter } from '@pilotwire/breaker';

interface Watched {
	filter: LinkyFilter;
	ratio: number;
	atMs: number;
}

/** How near a phase is to its breaker's opening. */
export interface TripMargin {
	/** Seconds at this load until it opens; absent where it never would. */
	readonly tripInS?: number;
	/** Share of the filter used, 0 to 1. */
	readonly filterUsed: number;
}

/** Runs the breaker's filter of each phase on the loads that arrive. Times: monotonic, ms. */
export class TripWatch {
	readonly #phases = new Map<number, Watched>();

	/** A phase's load over its limit, from now on. What it drew before is unknown: the filter begins just below opening. */
	hear(phase: number, ratio: number, nowMs: number): void {
		const known = this.#phases.get(phase);
		const filter = known === undefined ? linkyFilterBound(null) : this.#filterAt(known, nowMs);
		this.#phases.set(phase, { filter, ratio, atMs: nowMs });
	}

	margin(phase: number, nowMs: number): TripMargin {
		const known = this.#phases.get(phase);
		if (known === undefined) return { filterUsed: 1 };
		const filter = this.#filterAt(known, nowMs);
		const tripInS = linkyTimeToTripS(filter, known.ratio);
		const filterUsed = 1 - linkyMargin(filter);
		return Number.isFinite(tripInS) ? { tripInS, filterUsed } : { filterUsed };
	}

	#filterAt(watched: Watched, nowMs: number): LinkyFilter {
		return stepLinkyFilter(watched.filter, watched.ratio, (nowMs - watched.atMs) / 1000);
	}
}
