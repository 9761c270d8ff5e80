/** What a commissioning run hears and knows. Times are the caller's monotonic clock, ms. */
import type { AttemptLevels } from './attempt.ts';
import type { PhaseLoad, TrialCircuit } from './circuit.ts';
import type { Attempt } from './verdict.ts';

/** What a run hears. */
export type RunEvent =
	| { readonly kind: 'circuit'; readonly circuit: TrialCircuit }
	| { readonly kind: 'gone'; readonly id: string }
	| { readonly kind: 'load'; readonly load: PhaseLoad }
	| { readonly kind: 'tick' }
	| { readonly kind: 'stop'; readonly why: string };

/** What is being done with the circuit whose turn it is. */
export type Step = 'waits' | 'off' | 'room' | 'raising' | 'comfort' | 'rests';

/** The circuit whose turn it is. */
export interface Turn {
	readonly id: string;
	readonly step: Step;
	/** When the step began. */
	readonly sinceMs: number;
	/** When the order of the step was seen in force. */
	readonly shownMs: number | undefined;
	/** What it waits for, in words. */
	readonly waitsFor: string | undefined;
	readonly levels: Partial<AttemptLevels>;
}

/** All that a run knows. Never changed in place. */
export interface RunState {
	readonly nowMs: number;
	readonly startedMs: number;
	readonly expectedEndMs: number;
	readonly latestEndMs: number;
	/** The circuits to try, in the order of their wires. */
	readonly targets: readonly string[];
	readonly circuits: ReadonlyMap<string, TrialCircuit>;
	/** Each circuit as it was when the run began: who gives it another order since then has it back. */
	readonly began: ReadonlyMap<string, TrialCircuit>;
	/** Those that are left alone from now on, and why. */
	readonly letGo: ReadonlyMap<string, string>;
	readonly phases: ReadonlyMap<number, PhaseLoad>;
	/** The loads since the last change of orders, of the last while. */
	readonly samples: readonly PhaseLoad[];
	/** Since when the loads show what is asked for now. */
	readonly steadyMs: number;
	readonly round: number;
	/** Who has still to come in this round, and how many it began with. */
	readonly queue: readonly string[];
	readonly roundOf: number;
	readonly turn: Turn | undefined;
	readonly attempts: ReadonlyMap<string, readonly Attempt[]>;
	readonly ended: { readonly atMs: number; readonly why: string | undefined } | undefined;
}
