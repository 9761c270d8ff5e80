import type { Cell, Sample } from '../core/cell.ts';
import { EXPORT_REGISTER, IMPORTED_REGISTER, isTelling, meaningOf, setOf } from './register-sets.ts';
import { firstAfter, Rise, type Stretch } from './rise.ts';
import type { TariffKey } from './tariff-key.ts';
import type { Timeline } from './timeline.ts';

/** A reading this near to a moment stands for it: a register that rests is written again after ten minutes. Milliseconds. */
const NEAR_MS = 900_000;

/** What the history holds of one meter. */
export interface MeterHistory {
	readonly meter: string;
	/** Cells of each register, in order. */
	readonly registers: ReadonlyMap<string, readonly Cell[]>;
	/** What each of the supplier's registers stood for, as the meter said. */
	readonly meanings: ReadonlyMap<string, Timeline<TariffKey>>;
	/** When another meter was first read in the place of this one: its registers are its own. Ms since 1970 UTC, in order. */
	readonly replacedMs: readonly number[];
	/** What a register stood at when the house's tariff changed, in order: hours alone would not say it. */
	readonly marks: ReadonlyMap<string, readonly Sample[]>;
}

interface Counter {
	readonly rise: Rise;
	readonly meaning: TariffKey | undefined;
	readonly meanings: Timeline<TariffKey> | undefined;
	/** From before this history: the tariffs that it knows say nothing of it. */
	readonly isImported: boolean;
}

/** The energy that one meter counted. */
export class MeterEnergy {
	readonly meter: string;
	readonly #counters: readonly Counter[];
	readonly #exported: Rise | undefined;
	readonly #tariffs: Timeline<TariffKey>;

	/** @param tariffs the tariff in force in the house, for registers that don't say theirs */
	constructor({ meter, registers, meanings, replacedMs, marks }: MeterHistory, tariffs: Timeline<TariffKey>) {
		const wasReplaced = ({ fromMs, toMs }: Stretch) => (replacedMs[firstAfter(replacedMs, fromMs)] ?? Infinity) <= toMs;
		this.meter = meter;
		this.#tariffs = tariffs;
		this.#counters = drawnRises({ registers, marks }, wasReplaced).map(([register, rise]) => ({
			rise,
			meaning: meaningOf(register),
			meanings: meanings.get(register),
			isImported: register === IMPORTED_REGISTER,
		}));
		const exported = registers.get(EXPORT_REGISTER);
		this.#exported = exported === undefined ? undefined : new Rise(exported, wasReplaced);
	}

	/** Drawn in a stretch, by tariff, whole Wh. */
	between(fromMs: number, toMs: number): Map<TariffKey, number> {
		const amounts = new Map<TariffKey, number>();
		for (const counter of this.#counters) {
			if (counter.rise.between(fromMs, toMs) === 0) continue;
			for (const [tariff, wh] of this.#parts(counter, fromMs, toMs)) {
				amounts.set(tariff, (amounts.get(tariff) ?? 0) + wh);
			}
		}
		return amounts;
	}

	/** Fed in, whole Wh; undefined where the meter doesn't count it. */
	exportedBetween(fromMs: number, toMs: number): number | undefined {
		return this.#exported?.between(fromMs, toMs);
	}

	/** Whether it was read all the time, without a gap of an hour. */
	wasHeard({ fromMs, toMs }: Stretch): boolean {
		return this.#counters.some(({ rise }) =>
			rise.heard.some((heard) => heard.fromMs <= fromMs + NEAR_MS && heard.toMs >= toMs - NEAR_MS),
		);
	}

	*#parts(
		{ rise, meaning, meanings, isImported }: Counter,
		fromMs: number,
		toMs: number,
	): Generator<[TariffKey, number]> {
		if (meaning !== undefined && (isTelling(meaning) || isImported)) {
			yield [meaning, rise.between(fromMs, toMs)];
			return;
		}
		const own = meanings?.isEmpty === false ? meanings.parts(fromMs, toMs, 'same') : [{ fromMs, toMs, value: meaning }];
		for (const part of own) {
			if (part.value !== undefined && isTelling(part.value)) yield [part.value, rise.between(part.fromMs, part.toMs)];
			else {
				for (const inForce of this.#tariffs.parts(part.fromMs, part.toMs, 'unknown')) {
					yield [inForce.value ?? part.value ?? 'other', rise.between(inForce.fromMs, inForce.toMs)];
				}
			}
		}
	}
}

/**
 * The registers of drawn energy, without counting anything twice: the total counts only where there are no others, and a set
 * of registers that was away (the meter spoke the other mode, the contract was another) doesn't count what another set did.
 */
function drawnRises(
	{ registers, marks }: Pick<MeterHistory, 'registers' | 'marks'>,
	wasReplaced: (stretch: Stretch) => boolean,
): [string, Rise][] {
	const drawn = [...registers].flatMap(([register, cells]) => {
		const set = setOf(register);
		return set === undefined || cells.length === 0 ? [] : [{ register, cells, set }];
	});
	const parts = drawn.filter(({ set }) => set !== 'total');
	const chosen = withoutMeasured(parts.length > 0 ? parts : drawn);
	const counting = chosen.map((counter) => ({
		...counter,
		rise: new Rise(counter.cells, wasReplaced, marks.get(counter.register)),
	}));
	if (new Set(counting.map(({ set }) => set)).size < 2) return counting.map(({ register, rise }) => [register, rise]);
	return counting.map(({ register, cells, set }) => {
		const others = counting.filter((other) => other.set !== set);
		const isOthers = (stretch: Stretch) => wasReplaced(stretch) || others.some(({ rise }) => rise.wasRead(stretch));
		return [register, new Rise(cells, isOthers, marks.get(register))];
	});
}

/** What was imported counts until the meter itself was read. */
function withoutMeasured<Counter extends { readonly register: string; readonly cells: readonly Cell[] }>(
	counters: readonly Counter[],
): Counter[] {
	const measured = counters.filter(({ register }) => register !== IMPORTED_REGISTER);
	const firstMs = Math.min(...measured.map(({ cells }) => cells[0]?.firstAtMs ?? Infinity));
	return counters.map((counter) =>
		counter.register === IMPORTED_REGISTER
			? { ...counter, cells: counter.cells.filter(({ lastAtMs }) => lastAtMs <= firstMs) }
			: counter,
	);
}
