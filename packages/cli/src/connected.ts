import type { Bus, Clock } from '@pilotwire/runtime';
import { brokerAway } from './errors.ts';

/** How long the broker may take to let this command in. Milliseconds. */
const CONNECT_WITHIN_MS = 5_000;

/** Joins the bus. Rejects with `BROKER_AWAY` where it can't. */
export function connected(bus: Bus, clock: Clock, url: string): Promise<void> {
	return new Promise((resolve, reject) => {
		const late = clock.after(CONNECT_WITHIN_MS, () => reject(brokerAway(url, CONNECT_WITHIN_MS)));
		bus.onConnection((isThere) => {
			if (!isThere) return;
			late.cancel();
			resolve();
		});
		bus.start();
	});
}
