import type { AdviceLearned, AdviceState, AdviceTrial, HistoryAnswer } from '@pilotwire/contract';

/** What is asked of an adviser. */
export interface AdviceQuestion {
	/** Mean outside on those days, °C. */
	readonly outsideC: number;
	/** Whole days of history to try, at most. */
	readonly days: number;
}

/** What an adviser found out. */
export interface Advice {
	readonly learned: AdviceLearned;
	readonly trials: AdviceTrial[];
}

/** One question to the history, as `history.query` takes it. */
export type AdviceHistoryQuestion = Readonly<Record<string, unknown>>;

/** What an adviser hears of and says to whoever asked. */
export interface AdviceParts {
	/** Asks the history. */
	readonly ask: (question: AdviceHistoryQuestion) => Promise<HistoryAnswer>;
	readonly told: (progress: NonNullable<AdviceState['progress']>) => void;
}

/** A question that is being answered. */
export interface AdviceRun {
	/** Rejects where it can't be answered; `AdviceFailed` where it is known why. */
	readonly advice: Promise<Advice>;
	/** Ends it at once; `advice` then rejects. */
	stop(): void;
}

/**
 * Finds out which subscription would do: minutes of computing, so never in the process that keeps the history.
 * One question at a time.
 */
export interface Adviser {
	begin(question: AdviceQuestion, parts: AdviceParts): AdviceRun;
}

/** Why there is no advice. */
export class AdviceFailed extends Error {
	override readonly name = 'AdviceFailed';
	readonly problem: NonNullable<AdviceState['problem']>;

	constructor(problem: NonNullable<AdviceState['problem']>) {
		super(problem.text);
		this.problem = problem;
	}
}
