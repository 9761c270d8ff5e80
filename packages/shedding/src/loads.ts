import { act } from './action.ts';
import type { LoadEvent } from './event.ts';
import { withPeak } from './predict.ts';
import { withdrawInFlight } from './shed.ts';
import { type Draft, type Phase, putPhase } from './state.ts';

/** An alert without a figure above the limit comes near 1.15 times the subscription; 1.1 is surely not too much. */
const ALERT_FACTOR = 1.1;

/** Takes a phase's load. A figure that is none changes nothing. */
export function hearLoad(draft: Draft, event: LoadEvent): void {
	const { now, settings } = draft;
	if (!(event.apparentPowerVA >= 0 && event.limitVA > 0 && Number.isFinite(event.apparentPowerVA + event.limitVA)))
		return;
	const loadVA = isAlert(event) ? event.limitVA * ALERT_FACTOR : event.apparentPowerVA;
	const before = draft.phases.get(event.phase);
	const phase = before === undefined || before.silentSince !== null ? heardAgain(draft, event.phase, loadVA) : before;
	putPhase(draft, {
		...phase,
		loadVA,
		limitVA: event.limitVA,
		loadAt: now,
		peaks: withPeak(phase.peaks, now, loadVA, now - settings.maxRestoreStableS * 1000),
		ceilingVA: phase.falling.length === 0 ? loadVA : Math.max(phase.ceilingVA, loadVA),
		floorVA: phase.rising.length === 0 ? loadVA : Math.min(phase.floorVA, loadVA),
	});
}

/** Whether only the meter's alert says over. */
export function isAlert(event: LoadEvent): boolean {
	return event.sureOver === true && event.apparentPowerVA <= event.limitVA;
}

/** After a gap nothing that was expected before can be read from the meter: headroom is measured anew. */
function heardAgain(draft: Draft, phase: number, loadVA: number): Phase {
	return {
		phase,
		loadVA,
		limitVA: 0,
		loadAt: draft.now,
		silentSince: null,
		heardSince: draft.now,
		peaks: [],
		windowMs: draft.settings.restoreStableS * 1000,
		falling: [],
		rising: [],
		ceilingVA: loadVA,
		floorVA: loadVA,
		rotation: null,
		lastQuickAt: Number.NEGATIVE_INFINITY,
	};
}

/** No decision rests on an old load; what was admitted without having been carried out is taken back. */
export function fallSilent(draft: Draft, phase: Phase): void {
	if (phase.silentSince !== null) return;
	const figures = { loadVA: phase.loadVA, limitVA: phase.limitVA, afterS: (draft.now - phase.loadAt) / 1000 };
	act(draft, { kind: 'silence', phase: phase.phase, reason: 'silence', figures });
	const current = withdrawInFlight(draft, phase, 'silence');
	putPhase(draft, { ...current, silentSince: draft.now, falling: [], rising: [], rotation: null });
}
