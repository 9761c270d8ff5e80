/** What all attempts on a circuit show together. */
import type { CommissioningOutcome } from '@pilotwire/contract';
import { agrees, fits, isPower, type Sight } from './attempt.ts';
import type { TrialCircuit } from './circuit.ts';

/** An attempt that ran to its end, with how coarse the meter was, VA; or why it didn't. */
export type Attempt = { readonly sight: Sight; readonly stepVA: number } | { readonly failed: string };

/** What a circuit turned out to be. */
export interface Verdict {
	readonly outcome: CommissioningOutcome;
	/** Another attempt could not make it surer. */
	readonly settled: boolean;
	/** What was seen where it drew. */
	readonly seen:
		| { readonly phase: number; readonly powerVA: number; readonly alsoPhases: readonly number[] }
		| undefined;
	/** Why it could not be tried, where none of the attempts ran to its end. */
	readonly failed: string | undefined;
	readonly tries: number;
}

type Whole = Extract<Attempt, { readonly sight: Sight }>;
type Drawing = Extract<Sight, { readonly phase: number }>;

/** What is not as configured counts only where attempts show the same again. */
export function verdictOf(circuit: TrialCircuit, attempts: readonly Attempt[]): Verdict {
	const tries = attempts.length;
	const whole = attempts.filter((attempt) => 'sight' in attempt);
	const base = { seen: undefined, failed: undefined, tries };
	if (whole.length === 0) {
		const last = attempts.at(-1);
		return {
			...base,
			outcome: 'not_tested',
			settled: false,
			failed: last && 'failed' in last ? last.failed : undefined,
		};
	}
	const right = expected(whole, circuit);
	if (right !== undefined) return { ...base, outcome: 'fine', settled: true, seen: right };
	const sure = repeated(whole, circuit);
	if (sure !== undefined && 'phase' in sure) {
		const isFine = whole.some(({ sight, stepVA }) => sight === sure && fits(sight, circuit, stepVA));
		return { ...base, outcome: isFine ? 'fine' : outcomeOf(sure, circuit), settled: true, seen: sure };
	}
	if (sure?.kind === 'nothing') return { ...base, outcome: 'silent', settled: true };
	const last = whole.findLast(({ sight }) => 'phase' in sight)?.sight as Drawing | undefined;
	return { ...base, outcome: 'unsettled', settled: false, seen: last };
}

/**
 * What fits the configuration: once where it was steady, or twice, since by itself a thermostat may begin just then. A radiator
 * that no signal reaches fits at times too: where another attempt shows nothing, or heat while it is held, only what was
 * steady counts, twice.
 */
function expected(whole: readonly Whole[], circuit: TrialCircuit): Drawing | undefined {
	const right = whole.filter(({ sight, stepVA }) => fits(sight, circuit, stepVA)).map(({ sight }) => sight as Drawing);
	const sure = right.filter(({ steady, byEdges }) => steady && byEdges !== true);
	// What was drawn elsewhere, or more, is another appliance's.
	const isDoubt = ({ sight }: Whole): boolean =>
		sight.kind === 'nothing' || ('phase' in sight && sight.kind !== 'draws' && sight.phase === circuit.phase);
	if (!whole.some(isDoubt)) return sure[0] ?? (right.length > 1 ? right[0] : undefined);
	return sure.length > 1 ? sure[0] : undefined;
}

/**
 * What was seen twice and nothing else meanwhile, or three times. That nothing was drawn stands against what chopped or
 * was switched by itself: a radiator that no signal reaches does so all the time. An attempt that was disturbed stands
 * against any other power than its own, which might be the disturbance.
 */
function repeated(whole: readonly Whole[], circuit: TrialCircuit): Sight | undefined {
	for (const { sight, stepVA } of whole) {
		const same = whole.filter((other) => agrees(other.sight, sight, circuit, stepVA)).length;
		const telling = isOwn(sight, circuit, stepVA) ? whole.filter(isTelling).length : whole.length;
		const against = sight.kind === 'nothing' ? whole.filter(isSteady).length : telling - same;
		const isRare = 'phase' in sight && sight.alsoPhases.length > 0;
		if (same >= (against === 0 && !isRare ? 2 : 3)) return sight;
	}
	return undefined;
}

const isOwn = (sight: Sight, { powerVA }: TrialCircuit, stepVA: number): boolean =>
	sight.kind === 'draws' && isPower(sight.powerVA, powerVA, stepVA);

/** Whether an attempt says anything of its circuit. */
const isTelling = ({ sight }: { readonly sight: Sight }): boolean => sight.kind !== 'disturbed';
const isSteady = ({ sight }: { readonly sight: Sight }): boolean => 'phase' in sight && sight.steady;

function outcomeOf({ kind, phase, alsoPhases }: Drawing, circuit: TrialCircuit): CommissioningOutcome {
	if (kind !== 'draws') return kind;
	if (alsoPhases.length > 0) return 'several_phases';
	return phase === circuit.phase ? 'power' : 'phase';
}
