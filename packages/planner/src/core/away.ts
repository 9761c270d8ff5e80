/** An absence with its moments resolved. Instants are ms since 1970, of the programmes' time. */
import type { AbsenceState, Order } from '@pilotwire/contract';

export interface Away {
	readonly fromMs: number;
	/** It began when it was said, by whatever a clock showed then. */
	readonly atOnce?: true | undefined;
	/** The return; undefined while nobody knows. */
	readonly untilMs?: number | undefined;
	/** What heats gets this at most. */
	readonly order: Order;
	readonly preheatMin: number;
}

/** What an absence is at an instant. */
export function phaseAt(away: Away | undefined, atMs: number): AbsenceState['phase'] {
	if (away === undefined || atMs >= (away.untilMs ?? Infinity)) return 'none';
	if (atMs < away.fromMs) return 'planned';
	return atMs >= warmUpMs(away) ? 'returning' : 'away';
}

/** When the house begins to warm up for the return; Infinity while that isn't known. */
export function warmUpMs({ fromMs, untilMs, preheatMin }: Away): number {
	return untilMs === undefined ? Infinity : Math.max(fromMs, untilMs - preheatMin * 60_000);
}
