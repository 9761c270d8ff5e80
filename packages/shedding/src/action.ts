import { sentence } from './explain.ts';
import type { Draft } from './state.ts';

/**
 * What was decided.
 * `shed`: must wait. `rotate`: must wait, so that another has its turn. `restore`: shed, and may come back.
 * `admit`: never shed, and may take the higher order that it wants. `withdraw`: what was admitted but not carried out is
 * taken back. `release`: no longer held among the shed; a higher order still waits for its admission.
 * `unseen`: the meter doesn't show a shed. `silence`: a phase without load, so without decisions.
 */
export type ActionKind = 'shed' | 'rotate' | 'restore' | 'admit' | 'withdraw' | 'release' | 'unseen' | 'silence';

export type Reason =
	| 'over_limit'
	| 'meter_alert'
	| 'longest_wait'
	| 'greater_need'
	| 'own_place'
	| 'headroom'
	| 'rotation'
	| 'rotation_failed'
	| 'not_obeyed'
	| 'not_drawing'
	| 'silence'
	| 'paused'
	| 'wants_less'
	| 'protected';

/** Numbers behind a decision; units in the names. */
export type Figures = Readonly<Record<string, number>>;

export interface Action {
	readonly kind: ActionKind;
	readonly phase: number;
	/** The circuit it concerns; absent for a phase. */
	readonly id?: string;
	/** A rotation: the circuit that has its turn. */
	readonly forId?: string;
	readonly reason: Reason;
	readonly figures: Figures;
	/** One sentence with its figures, in English. */
	readonly sentence: string;
}

/** Adds an action with its sentence. */
export function act(draft: Draft, action: Omit<Action, 'sentence'>): void {
	draft.actions.push({ ...action, sentence: sentence(action) });
}
