// What this day has cost so far, asked for while somebody looks.
import { costNow } from '../core/glance.ts';
import { ask, isOpen } from './bus.ts';
import * as store from './store.ts';

/** The cost of this hour is asked for this often while somebody looks. Milliseconds. */
const COST_EVERY_MS = 60_000;

let askedMs = 0;

/** Asks where it is due. */
export function followCost(nowMs: number): void {
	const watching = store.screen.value === 'now' && document.visibilityState === 'visible';
	if (watching && isOpen() && store.link.value.kind === 'up' && nowMs - askedMs > COST_EVERY_MS) void askCost();
}

/** Makes it due. */
export function forgetCost(): void {
	askedMs = 0;
}

/** Asks what this day has cost so far, by the hour. */
async function askCost(): Promise<void> {
	const nowMs = Date.now();
	askedMs = nowMs;
	const { clockAheadMs = 0 } = store.house.value;
	const houseMs = nowMs - clockAheadMs;
	// In Sweden a date is written as the history understands it: 2026-01-31.
	const today = new Intl.DateTimeFormat('sv-SE', { timeZone: store.zone.value }).format(houseMs);
	try {
		const params = { from: today, to: new Date(houseMs).toISOString(), by: 'hour' };
		store.cost.value = costNow(await ask('telemetry', 'history.cost', params), houseMs);
	} catch {
		store.cost.value = undefined;
	}
}
