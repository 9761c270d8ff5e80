import type { LinkState, LoadState, ReadingState } from '@pilotwire/contract';
import type { OpeningCause } from './entry.ts';

/** What is seen of an opening. */
export interface SeenOpening {
	readonly cause: OpeningCause;
	readonly detail?: string;
}

/** A house draws no less than this while its breaker is closed. VA. */
const NOTHING_VA = 50;
/** For so long the load must be nothing: less than anybody needs to close the breaker. Milliseconds. */
const GONE_MS = 8_000;
/** An opening follows a load above the limit within this. Milliseconds. */
const AFTER_OVER_MS = 30_000;

interface MeterSeen {
	breaker: string | undefined;
	overMs: number;
	/** Since when nothing is drawn, where something was over shortly before. */
	goneMs: number | undefined;
	feedsIn: boolean;
	silent: boolean;
}

/**
 * Sees a breaker open where the machine itself goes on: the meter says so (STGE); a load that was above its limit falls to
 * nothing and stays there, which a house that feeds in shows every noon; or the meter falls silent right after it.
 * Each is told once.
 */
export class OpeningWatch {
	readonly #meters = new Map<string, MeterSeen>();
	/** Whether the newest load was above its limit. */
	isOver = false;

	load(meter: string, { over, phases }: LoadState, nowMs: number): SeenOpening | undefined {
		const seen = this.#of(meter);
		this.isOver = over;
		const nothing = phases.length > 0 && phases.every(({ apparentPowerVA }) => apparentPowerVA <= NOTHING_VA);
		if (!nothing) {
			seen.goneMs = undefined;
			if (over) seen.overMs = nowMs;
			return undefined;
		}
		if (seen.feedsIn) return undefined;
		if (seen.goneMs === undefined && nowMs - seen.overMs <= AFTER_OVER_MS) seen.goneMs = nowMs;
		if (seen.goneMs === undefined || nowMs - seen.goneMs < GONE_MS) return undefined;
		this.#told(seen);
		return { cause: 'load_gone' };
	}

	reading(meter: string, { status, injectedApparentPowerVA, injectedEnergyWh }: ReadingState): SeenOpening | undefined {
		const seen = this.#of(meter);
		seen.feedsIn = (injectedApparentPowerVA ?? 0) > 0 || (injectedEnergyWh ?? 0) > 0 || status?.producer === true;
		if (status === undefined) return undefined;
		const before = seen.breaker;
		seen.breaker = status.breaker;
		// One that was open when it was first heard of opened in an earlier life.
		if (before !== 'closed' || status.breaker === 'closed') return undefined;
		this.#told(seen);
		return { cause: 'breaker_open', detail: status.breaker };
	}

	link(meter: string, { connected, silentSince }: LinkState, nowMs: number): SeenOpening | undefined {
		const seen = this.#of(meter);
		const before = seen.silent;
		// A line that is pulled out says nothing of the meter.
		seen.silent = connected && silentSince !== undefined;
		if (before || !seen.silent || nowMs - seen.overMs > AFTER_OVER_MS) return undefined;
		this.#told(seen);
		return { cause: 'meter_gone' };
	}

	/** What follows belongs to the same opening, until something is over again. */
	#told(seen: MeterSeen): void {
		seen.overMs = Number.NEGATIVE_INFINITY;
		seen.goneMs = undefined;
	}

	#of(meter: string): MeterSeen {
		const known = this.#meters.get(meter);
		if (known !== undefined) return known;
		const overMs = Number.NEGATIVE_INFINITY;
		const made: MeterSeen = { breaker: undefined, overMs, goneMs: undefined, feedsIn: false, silent: false };
		this.#meters.set(meter, made);
		return made;
	}
}
