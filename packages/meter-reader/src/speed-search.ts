import type { TicMode } from '@pilotwire/teleinfo';

/** The speed of each mode, bauds (CPT_54E section 5). */
export const BAUD: Readonly<Record<TicMode, number>> = { historic: 1_200, standard: 9_600 };

/** How long a speed is listened to. The longest time between two groups, at 1200 bd, is below 0.4 s. Milliseconds. */
const LISTEN_MS = 2_000;
/** No right group for so long at a speed that was right: the meter may have changed mode. Milliseconds. */
const LOST_MS = 4_000;
/** Right groups that make a speed the right one: noise may once in a long while look like one. */
const GROUPS_TO_SETTLE = 2;

/** Finds the speed of a line by listening to each in turn, and goes on watching: a meter can change mode for good. */
export class SpeedSearch {
	readonly #speeds: readonly number[];
	#baud: number;
	#settled = false;
	#groups = 0;
	/** When this speed was set, or the last right group came. */
	#sinceMs = 0;

	/** @param first the speed to begin with, if it is among them */
	constructor(speeds: readonly number[], first: number | undefined) {
		this.#speeds = speeds;
		this.#baud = speeds.find((baud) => baud === first) ?? speeds[0] ?? BAUD.historic;
	}

	/** The speed to listen at, bauds. */
	get baud(): number {
		return this.#baud;
	}

	/** Whether right groups came at this speed. */
	get settled(): boolean {
		return this.#settled;
	}

	/** The port was opened, or set to another speed. */
	listening(nowMs: number): void {
		this.#sinceMs = nowMs;
		this.#groups = 0;
	}

	/** A right group came. Returns whether it settled the speed. */
	rightGroup(nowMs: number): boolean {
		this.#sinceMs = nowMs;
		this.#groups += 1;
		if (this.#settled || this.#groups < GROUPS_TO_SETTLE) return false;
		this.#settled = true;
		return true;
	}

	/** To be called now and then. Returns the speed to try next, where this one has had its time. */
	next(nowMs: number): number | undefined {
		if (this.#speeds.length < 2) return undefined;
		if (nowMs - this.#sinceMs < (this.#settled ? LOST_MS : LISTEN_MS)) return undefined;
		this.#settled = false;
		this.#baud = this.#speeds[(this.#speeds.indexOf(this.#baud) + 1) % this.#speeds.length] ?? this.#baud;
		this.listening(nowMs);
		return this.#baud;
	}
}
