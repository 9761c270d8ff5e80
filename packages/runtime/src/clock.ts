/** A running timer; `cancel` may be called at any time, more than once. */
export interface Timer {
	cancel(): void;
}

/** Time as services see it. Leases, waits and filters use the monotonic clock; only what people read uses the wall clock. */
export interface Clock {
	/** Milliseconds since some fixed moment; never steps. */
	monotonicMs(): number;
	/** Milliseconds since 1970 UTC; may step when NTP sets it. */
	wallMs(): number;
	/** Runs once after so many milliseconds. */
	after(delayMs: number, action: () => void): Timer;
	/** Runs every so many milliseconds. */
	every(periodMs: number, action: () => void): Timer;
}

/** The machine's own clocks. */
export const systemClock: Clock = {
	monotonicMs: () => performance.now(),
	wallMs: () => Date.now(),
	after: (delayMs, action) => {
		const handle = setTimeout(action, delayMs);
		return { cancel: () => clearTimeout(handle) };
	},
	every: (periodMs, action) => {
		const handle = setInterval(action, periodMs);
		return { cancel: () => clearInterval(handle) };
	},
};

/** A wall-clock moment as the bus writes it. */
export function instantOf(wallMs: number): string {
	return new Date(wallMs).toISOString();
}
