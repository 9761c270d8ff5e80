import { setTimeout as pause } from 'node:timers/promises';

const lookAgainMs = 10;

/**
 * Looks until something is there, and gives it: for what another process or the disk does, of which no event tells. It
 * fails with `what` it waited for after `withinMs`, which only a broken program needs.
 */
export async function until<Found>(
	what: string,
	look: () => Found | undefined | false | Promise<Found | undefined | false>,
	withinMs = 30_000,
): Promise<Found> {
	const endMs = performance.now() + withinMs;
	for (;;) {
		const found = await look();
		if (found !== undefined && found !== false) return found;
		if (performance.now() > endMs) throw new Error(`not within ${withinMs / 1_000} s: ${what}`);
		await pause(lookAgainMs);
	}
}
