import { act } from './action.ts';
import { copyOfPhase, phaseWith } from './copies.ts';
import { echoWith, firstEcho } from './echo.ts';
import type { BreakerEvent, LoadEvent } from './event.ts';
import { branchVA, filterBound, filterWith } from './margin.ts';

import { NOT_OVER, withdrawInFlight } from './shed.ts';
import { type Draft, type Phase, putPhase } from './state.ts';
import { PEAK_MS, shareOf } from './usage.ts';

/** An alert without a figure above the limit comes near 1.15 times the subscription; 1.1 is surely not too much. */
const ALERT_FACTOR = 1.1;

/** Takes a phase's load. A figure that is none changes nothing. */
export function hearLoad(draft: Draft, event: LoadEvent): void {
	const { now, settings } = draft;
	if (!(event.apparentPowerVA >= 0 && event.limitVA > 0 && Number.isFinite(event.apparentPowerVA + event.limitVA)))
		return;
	const loadVA = isAlert(event) ? event.limitVA * ALERT_FACTOR : event.apparentPowerVA;
	const before = draft.phases.get(event.phase);
	const phase = before === undefined || before.silentSince !== null ? heardAgain(draft, event, loadVA, before) : before;
	const share = shareOf(phase, now, settings);
	const away = loadVA - phase.meanVA;
	const peakEnds = now - phase.peakSince >= PEAK_MS;
	const next = copyOfPhase(phase);
	next.loadVA = loadVA;
	next.limitVA = Math.min(event.limitVA, branchVA(settings));
	next.referenceVA = event.limitVA;
	next.filterY = filterWith(phase, loadVA / event.limitVA, now);
	next.loadAt = now;
	next.highestVA = Math.max(phase.highestVA, loadVA);
	next.meanVA += share * away;
	next.varianceVA2 = (1 - share) * (phase.varianceVA2 + share * away * away);
	const kept = 1 - share;
	next.recentVA += (1 - kept * kept * kept) * (loadVA - phase.recentVA);
	next.peakVA = peakEnds ? loadVA : Math.max(loadVA, phase.peakVA);
	if (peakEnds) {
		next.peakBeforeVA = phase.peakVA;
		next.peakSince = now;
	}
	next.echo = echoWith(phase, loadVA, now, settings);
	next.ceilingVA = phase.falling.length === 0 ? loadVA : Math.max(phase.ceilingVA, loadVA);
	next.floorVA = phase.rising.length === 0 ? loadVA : Math.min(phase.floorVA, loadVA);
	putPhase(draft, next);
}

/** Whether only the meter's alert says over. A phase that draws nothing isn't over: its current is fed in. */
export function isAlert({ sureOver, apparentPowerVA, limitVA }: LoadEvent): boolean {
	return sureOver === true && apparentPowerVA > 0 && apparentPowerVA <= limitVA;
}

/** Takes what the meter says of a breaker: its maximum bounds a filter that nobody watched from its beginning. */
export function hearBreaker(draft: Draft, { phase, linky, peakVA }: BreakerEvent): void {
	const known = peakVA !== undefined && peakVA >= 0 ? peakVA : null;
	draft.breakers = new Map(draft.breakers).set(phase, { linky, peakVA: known });
	const heard = draft.phases.get(phase);
	if (heard === undefined || !heard.unbounded || known === null) return;
	const highestVA = Math.max(known, heard.highestVA);
	const filterY = Math.min(heard.filterY, filterBound(highestVA, heard.referenceVA));
	putPhase(draft, phaseWith(heard, { filterY, unbounded: false }));
}

/** After a gap nothing that was expected before can be read from the meter: headroom is measured anew. */
function heardAgain(draft: Draft, event: LoadEvent, loadVA: number, before: Phase | undefined): Phase {
	const { phase, limitVA } = event;
	const { now, settings } = draft;
	// What the meter's own maximum says of a gap comes too late to be sure of it.
	const peakVA = before === undefined ? (draft.breakers.get(phase)?.peakVA ?? null) : null;
	return copyOfPhase({
		phase,
		loadVA,
		limitVA,
		referenceVA: limitVA,
		filterY: filterBound(peakVA, limitVA),
		unbounded: before === undefined && peakVA === null,
		strictUntil: before === undefined ? Number.NEGATIVE_INFINITY : now + settings.strictAfterGapS * 1000,
		loadAt: now,
		silentSince: null,
		heardSince: now,
		highestVA: loadVA,
		meanVA: loadVA,
		varianceVA2: 0,
		recentVA: loadVA,
		peakVA: loadVA,
		peakBeforeVA: loadVA,
		peakSince: now,
		echo: firstEcho(loadVA, now, settings),
		caution: settings.caution,
		cautionAt: now,
		falling: [],
		rising: [],
		ceilingVA: loadVA,
		floorVA: loadVA,
		rotation: null,
		lastRaisedAt: Number.NEGATIVE_INFINITY,
		...NOT_OVER,
	});
}

/** No decision rests on an old load; what was admitted without having been carried out is taken back. */
export function fallSilent(draft: Draft, phase: Phase): void {
	if (phase.silentSince !== null) return;
	const figures = { loadVA: phase.loadVA, limitVA: phase.limitVA, afterS: (draft.now - phase.loadAt) / 1000 };
	act(draft, { kind: 'silence', phase: phase.phase, reason: 'silence', figures });
	const current = withdrawInFlight(draft, phase, 'silence');
	const nothing = { falling: [], rising: [], rotation: null, ...NOT_OVER };
	putPhase(draft, phaseWith(current, { silentSince: draft.now, ...nothing }));
}
