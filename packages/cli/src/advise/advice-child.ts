// The process that finds out which subscription would do: begun by `AdviceProcess`, which asks the history for it.
import { setImmediate } from 'node:timers/promises';
import type { AdviceState, AdviceTrial, HistoryAnswer } from '@pilotwire/contract';
import type { Advice, AdviceQuestion } from '@pilotwire/telemetry';
import { HistoryTooShort } from '../errors.ts';
import { type Advised, isEnough, isSure } from './advice-text.ts';
import { type OwnHouse, ownHouse, sizesOnSale, trySizes } from './own-history.ts';
import type { AskHistory, HistoryScope } from './read-history.ts';

/** What the process that finds out is begun with. */
export interface AdviceJob extends AdviceQuestion {
	readonly meter: string;
	readonly radiators: HistoryScope['radiators'];
	readonly mode: 'strict' | 'tolerant';
	readonly nowMs: number;
}

/** To the process that finds out. */
export type ToChild =
	| { readonly kind: 'begin'; readonly job: AdviceJob }
	| { readonly kind: 'answer'; readonly id: number; readonly answer?: HistoryAnswer; readonly error?: string };

/** From it. */
export type FromChild =
	| { readonly kind: 'ask'; readonly id: number; readonly question: Readonly<Record<string, unknown>> }
	| { readonly kind: 'told'; readonly progress: NonNullable<AdviceState['progress']> }
	| { readonly kind: 'done'; readonly advice: Advice }
	| { readonly kind: 'failed'; readonly problem: NonNullable<AdviceState['problem']> };

interface Asked {
	resolve(answer: HistoryAnswer): void;
	reject(error: Error): void;
}

const asked = new Map<number, Asked>();
let next = 0;

function say(message: FromChild): void {
	process.send?.(message);
}

const ask: AskHistory = (question) =>
	new Promise((resolve, reject) => {
		const id = next++;
		asked.set(id, { resolve, reject });
		say({ kind: 'ask', id, question });
	});

async function find({ meter, radiators, mode, nowMs, outsideC, days }: AdviceJob): Promise<Advice> {
	const onDay = (day: number): void => say({ kind: 'told', progress: { step: 'reading', done: day - 1, of: days } });
	const own = await ownHouse(ask, { meter, radiators, days, nowMs, onDay }, { outsideC, mode });
	const trials = await trySizes(own.house, async (number) => {
		say({ kind: 'told', progress: { step: 'trying', done: number - 1, of: sizesOnSale.length } });
		// Said before the next one keeps this process busy.
		await setImmediate();
	});
	const count = own.house.radiators.length;
	return { learned: learnedOf(own), trials: (trials ?? []).map((trial) => plain(trial, count)) };
}

function learnedOf({ from: { history, split }, house }: OwnHouse): Advice['learned'] {
	const { heatingKWhADay, heatingPlusMinusKWh, otherKWhADay } = split;
	return {
		...{ days: history.days, daysLeftOut: history.daysLeftOut, radiators: house.radiators.length },
		...{ phases: history.loadVA.length, heatingKWhADay, heatingPlusMinusKWh, otherKWhADay, sure: isSure(split) },
	};
}

function plain(trial: Advised, radiators: number): AdviceTrial {
	const { prefKVA, phases, openings, openingsWithoutHeating, minutesShed, comfortLostKh, coldestC, days } = trial;
	const figures = { prefKVA, phases, openings, openingsWithoutHeating, minutesShed, comfortLostKh, coldestC, days };
	return { ...figures, suffices: isEnough(trial, radiators) };
}

function problemOf(error: unknown): Extract<FromChild, { kind: 'failed' }>['problem'] {
	const { code = 'ADVICE_FAILED', message = String(error) } = error as { code?: string; message?: string };
	const { found: days, needed } = error instanceof HistoryTooShort ? error : {};
	return { code, text: message, ...(days === undefined || needed === undefined ? {} : { days, needed }) };
}

process.on('disconnect', () => process.exit(0));
process.on('message', (message: ToChild) => {
	if (message.kind === 'answer') {
		const { id, answer, error = 'no answer' } = message;
		if (answer === undefined) asked.get(id)?.reject(new Error(error));
		else asked.get(id)?.resolve(answer);
		asked.delete(id);
		return;
	}
	void find(message.job).then(
		(advice) => say({ kind: 'done', advice }),
		(error: unknown) => say({ kind: 'failed', problem: problemOf(error) }),
	);
});
