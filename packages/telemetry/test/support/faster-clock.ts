import type { Clock } from '@pilotwire/runtime';

/** A clock whose time runs so many times faster. */
export function fasterClock(clock: Clock, speed: number): Clock {
	const [monotonicMs, wallMs] = [clock.monotonicMs(), clock.wallMs()];
	return {
		monotonicMs: () => monotonicMs + (clock.monotonicMs() - monotonicMs) * speed,
		wallMs: () => wallMs + (clock.wallMs() - wallMs) * speed,
		after: (delayMs, action) => clock.after(delayMs / speed, action),
		every: (periodMs, action) => clock.every(periodMs / speed, action),
	};
}
