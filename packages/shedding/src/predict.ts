import { phaseWith } from './copies.ts';
import type { Change, Phase } from './state.ts';

/** A change counts as shown once at most this share of it is missing. */
const SHOWN_SHARE = 0.1;

/** What the meter did not show of changes when they were last settled, VA. */
export const leftVA = (changes: readonly Change[]): number =>
	changes.reduce((total, change) => total + change.leftVA, 0);
const clip = (value: number, max: number): number => Math.min(Math.max(value, 0), max);

/** What sheds in flight will still take off the load, VA. The fall since the highest load is theirs. */
export function fallingVA(phase: Phase): number {
	if (phase.falling.length === 0) return 0;
	const total = leftVA(phase.falling);
	return total - clip(phase.ceilingVA - phase.loadVA, total);
}

/** What admitted circuits may still add, whether in flight or not yet judged, VA. The rise since the lowest load is theirs. */
export function reservedVA(phase: Phase): number {
	if (phase.rising.length === 0) return 0;
	const total = leftVA(phase.rising);
	return total - clip(phase.loadVA - phase.floorVA, total);
}

/** The admissions in flight: not carried out yet, or too short a while ago for the meter to show it. */
export function inFlight(phase: Phase, now: number): readonly Change[] {
	if (phase.rising.length === 0) return phase.rising;
	return phase.rising.filter((change) => change.inForceAt === null || now < change.dueAt);
}

/** The load once sheds and admissions in flight show, VA. */
export function predictedVA(phase: Phase, now: number): number {
	const flight = inFlight(phase, now);
	// A rise is theirs before it is that of one which the meter hasn't shown in its time: its thermostat is satisfied.
	const rising = flight.length === 0 ? 0 : Math.max(0, leftVA(flight) - Math.max(0, phase.loadVA - phase.floorVA));
	return Math.max(0, phase.loadVA - fallingVA(phase)) + rising;
}

/** What was shown so far is booked, oldest change first, and the counting starts anew from the present load. */
export function settled(phase: Phase): Phase {
	const falling = booked(phase.falling, leftVA(phase.falling) - fallingVA(phase));
	const rising = booked(phase.rising, leftVA(phase.rising) - reservedVA(phase));
	return phaseWith(phase, { falling, rising, ceilingVA: phase.loadVA, floorVA: phase.loadVA });
}

function booked(changes: readonly Change[], shownVA: number): readonly Change[] {
	let shown = shownVA;
	return changes.map((change) => {
		const part = Math.min(change.leftVA, shown);
		shown -= part;
		return part === 0 ? change : { ...change, leftVA: change.leftVA - part };
	});
}

/** Whether the meter shows the sheds in flight altogether. */
export function allFallen(phase: Phase): boolean {
	const whole = phase.falling.reduce((total, change) => total + change.powerVA, 0);
	return fallingVA(phase) <= whole * SHOWN_SHARE;
}

/** Whether the meter shows less than half of a settled change. */
export function unseen(change: Change): boolean {
	return change.powerVA > 0 && change.leftVA > change.powerVA / 2;
}
