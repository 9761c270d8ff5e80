// The load of the last hours: what the house's history knows of it, and what comes in while the page is open.
import { LoadHistory } from '../core/history.ts';
import { loadPoints, loadQuery } from '../core/history-query.ts';
import { firstMeter, firstMeterId, trueAtMs } from '../core/house.ts';
import { ask, isOpen } from './bus.ts';
import * as store from './store.ts';

/** A reload of the history is asked for again this often while none answers. Milliseconds. */
const HISTORY_AGAIN_MS = 30_000;

let askedMs = 0;

/** Keeps what the meter has just said. */
export function keepLoad(): void {
	const house = store.house.value;
	const said = firstMeter(house.loads);
	for (const { phase, at, apparentPowerVA } of said?.live === true ? said.value.phases : []) {
		const atMs = trueAtMs(house, at);
		store.history.value.add(phase, atMs, apparentPowerVA);
		store.recent.value.add(phase, atMs, apparentPowerVA);
	}
	askHistory();
}

/** Begins anew, with nothing. */
export function freshHistory(): void {
	store.history.value = new LoadHistory(store.hours.value * 3_600_000, store.CHART_SLOTS);
	store.historyStatus.value = 'loading';
	askedMs = 0;
}

/** Asks anew what the house knows: some may have been missed meanwhile. */
export function askHistoryAnew(): void {
	askedMs = 0;
	askHistory();
}

/** Shows another stretch of time. */
export function showHours(hours: 1 | 6 | 24): void {
	store.hours.value = hours;
	freshHistory();
	askHistory();
}

/** Asks for the last hours once the meter is known; again later where nobody answered. */
function askHistory(): void {
	const nowMs = Date.now();
	const { loads, clockAheadMs } = store.house.value;
	const meter = firstMeterId(loads);
	const soon = nowMs - askedMs < HISTORY_AGAIN_MS;
	const has = store.historyStatus.value === 'there' && askedMs !== 0;
	if (!isOpen() || meter === undefined || clockAheadMs === undefined || soon || has) return;
	askedMs = nowMs;
	void fetchHistory(meter, clockAheadMs, nowMs);
}

async function fetchHistory(meter: string, clockAheadMs: number, nowMs: number): Promise<void> {
	const history = store.history.value;
	// Whole slots, so that each bucket of the answer is one slot of the chart.
	const toMs = (Math.floor(nowMs / history.widthMs) + 1) * history.widthMs;
	const query = loadQuery(meter, toMs - history.rangeMs - clockAheadMs, toMs - clockAheadMs, store.CHART_SLOTS);
	let phases: ReturnType<typeof loadPoints>;
	try {
		phases = loadPoints(await ask('telemetry', 'query', query), clockAheadMs);
	} catch {
		phases = undefined;
	}
	// Another stretch of time may have been chosen meanwhile.
	if (history !== store.history.value) return;
	if (phases === undefined) {
		if (store.historyStatus.value === 'loading') store.historyStatus.value = 'missing';
		return;
	}
	for (const [phase, points] of phases) history.fill(phase, points);
	store.historyStatus.value = 'there';
}
