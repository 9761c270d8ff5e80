import { type AdviceHouse, type LoadCurve, SIZES_KVA, SubscriptionAdvisor } from '@pilotwire/house';
import type { Advised } from './advice-text.ts';
import { type AskHistory, type HistoryScope, readHistory } from './read-history.ts';
import type { RecordedHouse } from './recorded-house.ts';
import { type SplitLoad, splitHeating } from './split-heating.ts';

/** The house that asks, and where its load came from. */
export interface OwnHouse {
	readonly house: AdviceHouse;
	readonly from: { readonly history: RecordedHouse; readonly split: SplitLoad };
}

/** Reads what a house drew, and takes its radiators out of it. Rejects with `HISTORY_TOO_SHORT`. */
export async function ownHouse(
	ask: AskHistory,
	scope: HistoryScope,
	{ outsideC, mode }: Pick<AdviceHouse, 'outsideC' | 'mode'>,
): Promise<OwnHouse> {
	const history = await readHistory(ask, scope);
	const split = splitHeating(history, outsideC);
	const radiators = history.circuits.map(({ powerW, phase }) => ({ powerW, phase }));
	return { house: { curve: curveOf(split), radiators, outsideC, days: history.days, mode }, from: { history, split } };
}

/** What is left without the radiators, as a curve that begins at midnight. */
function curveOf({ otherVA }: SplitLoad): LoadCurve {
	const apparentVA = new Float64Array(otherVA[0]?.length ?? 0);
	for (const values of otherVA) {
		for (const [minute, va] of values.entries()) apparentVA[minute] = (apparentVA[minute] as number) + va;
	}
	const none = new Float64Array(apparentVA.length);
	const subMeters = { kitchenW: none, laundryW: none, waterHeaterW: none };
	return { startMinute: 0, apparentVA, phasesVA: otherVA, ...subMeters, emptyRows: 0 };
}

/** Every size on sale, single-phase and three-phase, from the smallest on. */
export const sizesOnSale = ([1, 3] as const).flatMap((phases) => SIZES_KVA.map((prefKVA) => ({ phases, prefKVA })));

/** Tries every size. `before`: told the number of each, from 1, and may wait; fewer than a whole day: undefined. */
export async function trySizes(
	house: AdviceHouse,
	before: (number: number, size: (typeof sizesOnSale)[number]) => Promise<void>,
): Promise<Advised[] | undefined> {
	const advisor = new SubscriptionAdvisor(house);
	if (advisor.days < 1) return undefined;
	const trials: Advised[] = [];
	for (const [index, size] of sizesOnSale.entries()) {
		await before(index + 1, size);
		trials.push(advisor.try(size.prefKVA, size.phases));
	}
	return trials;
}
